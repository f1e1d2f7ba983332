"""What every score of generated samples asks of the features."""

import numpy as np

from aebench.data import Array


def checked(real: Array, generated: Array, rows: int) -> tuple[Array, Array]:
    """Both sets in double precision.

    Raises `ValueError` unless they are finite (n, f) and (m, f) with n and m at least ``rows``.
    """
    for name, features in (("real", real), ("generated", generated)):
        if features.ndim != 2 or len(features) < rows:
            raise ValueError(
                f"{name} features are {features.shape}, needed are ({rows} or more, f)"
            )
        if not np.isfinite(features).all():
            raise ValueError(f"{name} features are not finite")
    if real.shape[1] != generated.shape[1]:
        raise ValueError(f"{real.shape[1]} real features, {generated.shape[1]} generated")
    return real.astype(np.float64), generated.astype(np.float64)
