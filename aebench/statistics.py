"""Doubt, as numbers: intervals over seeds and tests between settings."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats


class Interval(NamedTuple):
    """A mean and its confidence interval; ``low`` and ``high`` are NaN for a single value."""

    mean: float
    low: float
    high: float


def mean_interval(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """Student's t interval of the mean over independent seeds.

    Raises `ValueError` for no values or values that are not finite: a failed run must be counted
    as failed, not averaged away.
    """
    array = np.asarray(values, float)
    if array.size == 0 or not np.isfinite(array).all():
        raise ValueError(f"an interval needs finite values, found {list(values)}")
    mean = float(array.mean())
    if array.size == 1:
        return Interval(mean, float("nan"), float("nan"))
    error = float(stats.sem(array))
    half = float(stats.t.ppf((1 + confidence) / 2, array.size - 1)) * error
    return Interval(mean, mean - half, mean + half)


def paired_p_value(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p of the paired t-test on seeds that both have; NaN for fewer than two pairs.

    Equal differences leave no doubt to test: p is 1 where they are all zero and 0 otherwise.
    """
    differences = np.asarray(first, float) - np.asarray(second, float)
    if differences.size < 2:
        return float("nan")
    if np.ptp(differences) == 0:
        return 1.0 if differences[0] == 0 else 0.0
    return float(stats.ttest_1samp(differences, 0.0).pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment of a family of p values, in their order. NaN stays NaN."""
    array = np.asarray(p_values, float)
    tested = np.flatnonzero(~np.isnan(array))
    order = tested[np.argsort(array[tested])]
    adjusted, largest = array.copy(), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * array[index]))
        adjusted[index] = largest
    return [float(p) for p in adjusted]
