"""Intervals of a mean over seeds or samples: Student's t and the bootstrap."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy import special, stats

from aebench.data import Array
from aebench.statistics.scores import finite, proportion

Method = Literal["percentile", "bca"]
RESAMPLES = 9999
FEWEST_RESAMPLES = 100  # below that the ends of an interval are noise
BLOCK = 4_000_000  # values drawn at once: 10,000 test images fit in memory


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


def bootstrap_interval(
    values: Sequence[float] | Array,
    generator: np.random.Generator,
    method: Method = "bca",
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> Interval:
    """Bootstrap interval of the mean of ``values`` (n,), independent seeds or samples.

    ``percentile`` takes quantiles of the resampled means; ``bca`` also corrects their bias and
    skewness. Few values deserve little trust, see `coverage_bound`; `mean_interval` is wider
    there. Equal values give an interval of width 0, a single value one with NaN ends. Raises
    `ValueError` for values that are none or not finite, another method, a confidence outside
    (0, 1) and fewer than 100 resamples. Efron 1987, "Better bootstrap confidence intervals",
    as `scipy.stats.bootstrap`.
    """
    array = finite(values, "n")
    outside = 1 - proportion(confidence, "confidence")
    if method not in ("percentile", "bca"):
        raise ValueError(f"method is {method!r}, expected 'percentile' or 'bca'")
    if resamples < FEWEST_RESAMPLES:
        raise ValueError(f"{resamples} resamples, expected {FEWEST_RESAMPLES} or more")
    mean = float(array.mean())
    if array.size == 1:
        return Interval(mean, float("nan"), float("nan"))
    if np.ptp(array) == 0:
        return Interval(mean, mean, mean)
    means = _resampled_means(array, generator, resamples)
    levels = np.array([outside / 2, 1 - outside / 2])
    if method == "bca":
        levels = _corrected(levels, array, means)
    low, high = np.quantile(means, levels)
    return Interval(mean, float(low), float(high))


def score_interval(
    values: Array,
    generator: np.random.Generator,
    method: Method = "bca",
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> tuple[Interval, Literal["seeds", "samples"]]:
    """Bootstrap interval of the mean of ``values`` (seeds, samples), and what was resampled.

    Whole seeds are resampled where there are two or more; the samples of a single seed otherwise,
    which leaves out how much training runs differ. Errors as `bootstrap_interval`.
    """
    array = finite(values, "seeds", "samples")
    if len(array) > 1:
        means = array.mean(axis=1)
        return bootstrap_interval(means, generator, method, confidence, resamples), "seeds"
    return bootstrap_interval(array[0], generator, method, confidence, resamples), "samples"


def coverage_bound(count: int) -> float:
    """The most that a bootstrap interval of ``count`` values can cover: 1 - 2^(1 - count).

    No resampled mean leaves the range of the values, and that range misses the true mean μ with
    probability p^n + (1 - p)^n, p = P(X < μ), which is at least 2^(1 - n) for continuous values:
    0.75 for 3 seeds, 0.94 for 5; 0.95 takes 6. Raises `ValueError` for no values.
    """
    if count < 1:
        raise ValueError(f"{count} values, expected 1 or more")
    return 1 - 2.0 ** (1 - count)


def _resampled_means(values: Array, generator: np.random.Generator, resamples: int) -> Array:
    """Means of ``resamples`` draws with replacement, (resamples,)."""
    n, rows = values.size, max(1, BLOCK // values.size)
    sizes = [min(rows, resamples - start) for start in range(0, resamples, rows)]
    return np.concatenate(
        [values[generator.integers(0, n, (size, n))].mean(axis=1) for size in sizes]
    )


def _corrected(levels: Array, values: Array, means: Array) -> Array:
    """BCa levels: Φ(z₀ + (z₀ + z) / (1 - a (z₀ + z))) with bias z₀ and acceleration a."""
    below = np.mean(means < values.mean()) / 2 + np.mean(means <= values.mean()) / 2
    bias = special.ndtri(below)
    influence = values - values.mean()  # what the jackknife of a mean leaves, up to scale
    acceleration = (influence**3).sum() / (6 * (influence**2).sum() ** 1.5)
    z = bias + special.ndtri(levels)
    corrected: Array = special.ndtr(bias + z / (1 - acceleration * z))
    return corrected
