"""Scores as the tests take them: finite, of a known shape, and turned so that higher is better."""

from typing import Any, Literal

import numpy as np

from aebench.data import Array

Better = Literal["higher", "lower"]


def finite(values: Any, *axes: str) -> Array:
    """``values`` as float64 with one axis per name in ``axes``.

    Raises `ValueError` for other shapes, no values, or values that are not finite: a failed run
    must be counted as failed, not averaged away.
    """
    array = np.asarray(values, float)
    if array.ndim != len(axes) or array.size == 0:
        raise ValueError(f"expected values of shape ({', '.join(axes)}), found {array.shape}")
    if not np.isfinite(array).all():
        missing = array.size - int(np.isfinite(array).sum())
        raise ValueError(f"expected finite values, found {missing} of {array.size} that are not")
    return array


def higher_is_better(values: Array, better: Better) -> Array:
    """``values``, negated where lower is better. Raises `ValueError` for any other direction."""
    if better not in ("higher", "lower"):
        raise ValueError(f"better is {better!r}, expected 'higher' or 'lower'")
    return values if better == "higher" else -values


def proportion(value: float, name: str) -> float:
    """``value`` if it lies in (0, 1), `ValueError` otherwise."""
    if not 0 < value < 1:
        raise ValueError(f"{name} is {value}, expected a number between 0 and 1")
    return value
