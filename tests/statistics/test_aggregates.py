"""Aggregates over runs and data sets, by rliable's definitions."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from aebench.statistics import (
    interquartile_mean,
    interquartile_mean_interval,
    probability_of_improvement,
    probability_of_improvement_interval,
)


def seeded() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (3, 5), (4, 4), (5, 7)])
def test_the_interquartile_mean_is_the_25_percent_trimmed_mean(shape: tuple[int, int]) -> None:
    scores = seeded().random(shape)
    assert_allclose(interquartile_mean(scores), stats.trim_mean(scores, 0.25, axis=None))


def test_outliers_do_not_move_the_interquartile_mean() -> None:
    assert interquartile_mean(np.array([[-1e9, 1.0], [2.0, 1e9]])) == 1.5


def test_the_probability_of_improvement_is_mann_whitneys_u_per_data_set() -> None:
    generator = seeded()
    first, second = generator.integers(0, 6, (4, 3)), generator.integers(0, 6, (5, 3))
    u = [stats.mannwhitneyu(a, b).statistic for a, b in zip(first.T, second.T, strict=True)]
    assert_allclose(probability_of_improvement(first, second), np.mean(u) / 20)


def test_both_directions_of_improvement_add_up_to_one() -> None:
    first, second = seeded().integers(0, 5, (2, 4, 3))
    there = probability_of_improvement(first, second)
    assert_allclose(there + probability_of_improvement(second, first), 1)
    assert_allclose(there + probability_of_improvement(first, second, "lower"), 1)


def test_certain_and_absent_improvement() -> None:
    low, high = np.zeros((3, 2)), np.ones((3, 2))
    assert probability_of_improvement(high, low) == 1
    assert probability_of_improvement(low, high) == 0
    assert probability_of_improvement(low, low) == 0.5


def test_runs_of_one_data_set_never_stand_in_for_anothers() -> None:
    constant = np.array([[1.0, 5.0], [1.0, 5.0]])
    assert interquartile_mean_interval(constant, seeded()) == (3, 3, 3)


def test_runs_of_different_data_sets_are_not_tied_together() -> None:
    scores = np.array([[0.0, 1.0], [1.0, 0.0]])  # whole runs resampled: always 0.5
    estimate = interquartile_mean_interval(scores, seeded())
    assert (estimate.value, estimate.low, estimate.high) == (0.5, 0, 1)


def test_the_interval_of_improvement_has_the_exact_quantiles() -> None:
    # Of the 16 equally likely draws of 2 against 2 runs, 1 gives 0, 4 give 0.5, 4 give 0.75 and 7
    # give 1: the quantile at 0.025 is 0, that at 0.1 is 0.5.
    first, second = np.array([[0.0], [2.0]]), np.array([[-1.0], [1.0]])
    wide = probability_of_improvement_interval(first, second, seeded())
    assert (wide.value, wide.low, wide.high) == (0.75, 0.0, 1.0)
    narrow = probability_of_improvement_interval(first, second, seeded(), confidence=0.8)
    assert (narrow.low, narrow.high) == (0.5, 1.0)


def test_a_single_run_has_no_interval() -> None:
    one, three = np.ones((1, 2)), seeded().random((3, 2))
    assert math.isnan(interquartile_mean_interval(one, seeded()).low)
    assert math.isnan(probability_of_improvement_interval(one, three, seeded()).high)
    assert math.isnan(probability_of_improvement_interval(three, one, seeded()).low)


def test_what_does_not_match_is_refused() -> None:
    with pytest.raises(ValueError, match="2 data sets against 3"):
        probability_of_improvement(np.ones((4, 2)), np.ones((4, 3)))
    with pytest.raises(ValueError, match=r"\(runs, data sets\), found \(4,\)"):
        interquartile_mean(np.ones(4))
    with pytest.raises(ValueError, match="0 resamples"):
        interquartile_mean_interval(np.ones((2, 2)), seeded(), resamples=0)
