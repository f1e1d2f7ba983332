"""Scores of many runs on many data sets as one number, with stratified bootstrap intervals.

As rliable (Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical
precipice") defines them: scores are (runs, data sets) on a scale that data sets share, each data
set's runs are resampled on their own, and intervals take percentiles.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from aebench.data import Array
from aebench.statistics.scores import Better, finite, higher_is_better, proportion

RESAMPLES = 50_000  # rliable's default
BLOCK = 4_000_000  # values compared at once


class Estimate(NamedTuple):
    """A value and its confidence interval; ``low`` and ``high`` are NaN for a single run."""

    value: float
    low: float
    high: float


def interquartile_mean(scores: Array) -> float:
    """Mean of the middle half of ``scores`` (runs, data sets), all taken together.

    A quarter of them, rounded down, is left out at each end. Raises `ValueError` for another shape
    or values that are not finite.
    """
    return float(_interquartile_means(finite(scores, "runs", "data sets")[None])[0])


def interquartile_mean_interval(
    scores: Array,
    generator: np.random.Generator,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> Estimate:
    """`interquartile_mean` and its interval over runs. NaN ends for a single run.

    Raises `ValueError` also for a confidence outside (0, 1) or no resamples.
    """
    array = finite(scores, "runs", "data sets")
    return _estimate(_interquartile_means, (array,), generator, confidence, resamples)


def probability_of_improvement(first: Array, second: Array, better: Better = "higher") -> float:
    """Probability that a run of ``first`` is better than one of ``second`` on the same data set.

    P(first > second) + P(first = second) / 2 over all pairs of runs, averaged over data sets: in
    [0, 1], 0.5 where neither leads. Shapes are (runs, data sets); runs may differ in number. Raises
    `ValueError` for other shapes, values that are not finite, or no direction.
    """
    pair = _on_common_data_sets(first, second, better)
    return float(_probabilities(*(scores[None] for scores in pair))[0])


def probability_of_improvement_interval(
    first: Array,
    second: Array,
    generator: np.random.Generator,
    better: Better = "higher",
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> Estimate:
    """`probability_of_improvement` and its interval; both variants' runs are resampled.

    NaN ends where either has a single run. Raises `ValueError` also for a confidence outside (0, 1)
    or no resamples.
    """
    pair = _on_common_data_sets(first, second, better)
    return _estimate(_probabilities, pair, generator, confidence, resamples)


def _on_common_data_sets(first: Array, second: Array, better: Better) -> tuple[Array, Array]:
    a, b = (finite(scores, "runs", "data sets") for scores in (first, second))
    if a.shape[1] != b.shape[1]:
        raise ValueError(f"{a.shape[1]} data sets against {b.shape[1]}, expected the same ones")
    return higher_is_better(a, better), higher_is_better(b, better)


def _interquartile_means(scores: Array) -> Array:
    """(resamples, runs, data sets) to (resamples,)."""
    ordered = np.sort(scores.reshape(len(scores), -1), axis=1)
    cut = ordered.shape[1] // 4
    return np.asarray(ordered[:, cut : ordered.shape[1] - cut].mean(axis=1))


def _probabilities(first: Array, second: Array) -> Array:
    """Twice (resamples, runs, data sets) to (resamples,)."""
    a, b = first[:, :, None], second[:, None]
    return np.asarray(((a > b) + 0.5 * (a == b)).mean(axis=(1, 2, 3)))


def _estimate(
    statistic: Callable[..., Array],
    groups: tuple[Array, ...],
    generator: np.random.Generator,
    confidence: float,
    resamples: int,
) -> Estimate:
    """Percentile interval of a statistic of one or more groups (runs, data sets)."""
    outside = 1 - proportion(confidence, "confidence")
    if resamples < 1:
        raise ValueError(f"{resamples} resamples, expected 1 or more")
    value = float(statistic(*(scores[None] for scores in groups))[0])
    if min(len(scores) for scores in groups) == 1:
        return Estimate(value, float("nan"), float("nan"))
    pairs = groups[0].size * len(groups[-1])  # the most that a statistic holds per resample
    rows = max(1, BLOCK // pairs)
    sizes = [min(rows, resamples - start) for start in range(0, resamples, rows)]
    values = np.concatenate(
        [statistic(*(_resampled(scores, generator, size) for scores in groups)) for size in sizes]
    )
    low, high = np.quantile(values, [outside / 2, 1 - outside / 2])
    return Estimate(value, float(low), float(high))


def _resampled(scores: Array, generator: np.random.Generator, resamples: int) -> Array:
    """Each data set's runs drawn anew with replacement, (resamples, runs, data sets)."""
    runs = generator.integers(0, len(scores), (resamples, *scores.shape))
    return np.asarray(scores[runs, np.arange(scores.shape[1])])
