"""Errors number by number."""

import numpy as np

from aebench.data import Array
from aebench.registry import metric


@metric(
    better="lower",
    unit="squared intensity",
    value_range="[0, ∞)",
    source="mean squared error",
    reads=("inputs", "reconstructions"),
)
def mse(x: Array, y: Array) -> float:
    """Mean squared error over all numbers of all samples (n, ...)."""
    return float(np.mean(np.square(difference(x, y))))


@metric(
    better="lower",
    unit="intensity",
    value_range="[0, ∞)",
    source="mean absolute error",
    reads=("inputs", "reconstructions"),
)
def mae(x: Array, y: Array) -> float:
    """Mean absolute error over all numbers of all samples (n, ...)."""
    return float(np.mean(np.abs(difference(x, y))))


@metric(
    better="higher",
    unit="dB",
    value_range="(-∞, ∞]",
    source="ITU-T J.340; mean over images",
    reads=("images", "reconstructions", "data_range"),
)
def psnr(x: Array, y: Array, data_range: float) -> float:
    """Peak signal-to-noise ratio: the mean of each image's 10 log10(data_range² / MSE).

    Infinite as soon as one image is reconstructed exactly.
    """
    squared = np.square(difference(x, y)).reshape(len(x), -1).mean(1)
    with np.errstate(divide="ignore"):
        return float(np.mean(10 * np.log10(data_range**2 / squared)))


def difference(x: Array, y: Array) -> Array:
    """x - y in double precision; raises `ValueError` where the shapes differ."""
    if x.shape != y.shape:
        raise ValueError(f"originals are {x.shape}, reconstructions {y.shape}")
    return x.astype(np.float64) - y.astype(np.float64)
