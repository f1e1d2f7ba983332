"""What a reconstruction spends its capacity on: the few directions of most variance, or the rest.

Balestriero & LeCun 2024 cut pixel space where the leading principal components hold 90 % of the
variance and find that what perception needs is mostly in the rest.
"""

import numpy as np

from aebench.data import Array
from aebench.metrics.reconstruction.errors import difference
from aebench.registry import metric

SHARE = 0.9
ROWS = 2000
"""Samples used at most, the first ones: the cost grows with their cube."""


@metric(
    better="lower",
    unit="share of the subspace's variance",
    value_range="[0, ∞)",
    source="Balestriero & LeCun 2024 (the subspaces)",
    reads=("inputs", "reconstructions"),
    values={"top": "top_subspace_error", "bottom": "bottom_subspace_error"},
)
def subspace_errors(x: Array, y: Array) -> dict[str, float]:
    """Squared error within the top subspace and within the rest, each over the variance there.

    ``top`` is spanned by the fewest principal components of the originals ``x`` (n, ...) that hold
    90 % of their variance, ``bottom`` is its orthogonal complement. 0 is exact, 1 as far off as the
    mean input. Of more than 2,000 samples the first 2,000 are used. Raises `ValueError` where the
    originals do not vary in one of the two.
    """
    residual = difference(x, y)[:ROWS].reshape(min(len(x), ROWS), -1)
    originals = x[:ROWS].reshape(len(residual), -1).astype(np.float64)
    centred = originals - originals.mean(0)
    axes, variance = _principal_axes(centred)
    total, held = np.square(centred).sum(), np.cumsum(variance)
    top = int(np.searchsorted(held, SHARE * held[-1] * (1 - 1e-12))) + 1
    rest = total - held[top - 1]
    if not rest > 1e-12 * total:
        raise ValueError(f"the originals vary along {top if total else 0} directions only")
    error = np.square(residual).sum()
    within = np.square(residual @ axes[:, :top]).sum()
    return {"top": float(within / held[top - 1]), "bottom": float(max(0, error - within) / rest)}


def top_subspace_error(x: Array, y: Array) -> float:
    """``subspace_errors(x, y)["top"]``."""
    return subspace_errors(x, y)["top"]


def bottom_subspace_error(x: Array, y: Array) -> float:
    """``subspace_errors(x, y)["bottom"]``."""
    return subspace_errors(x, y)["bottom"]


def _principal_axes(centred: Array) -> tuple[Array, Array]:
    """Orthonormal axes (d, r) and the sum of squares along each, largest first.

    From the smaller of the covariance (d, d) and the Gram matrix (n, n).
    """
    wide = centred.shape[1] > centred.shape[0]
    values, vectors = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    if not wide:
        return vectors, values
    kept = values > 1e-10 * values[0]  # a direction without variance has no axis here
    return centred.T @ vectors[:, kept] / np.sqrt(values[kept]), values[kept]
