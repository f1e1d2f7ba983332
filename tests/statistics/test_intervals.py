"""Intervals against SciPy and known answers."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from aebench.statistics import bootstrap_interval, coverage_bound, mean_interval, score_interval
from aebench.statistics.intervals import Method


def seeded() -> np.random.Generator:
    return np.random.default_rng(7)


def test_the_interval_is_students() -> None:
    values = [1.0, 2.0, 4.0]
    interval = mean_interval(values)
    expected = stats.t.interval(0.95, 2, loc=7 / 3, scale=stats.sem(values))
    assert_allclose((interval.low, interval.high), expected)
    assert_allclose(interval.mean, 7 / 3)


def test_one_value_has_no_interval() -> None:
    for interval in (mean_interval([3.0]), bootstrap_interval([3.0], seeded())):
        assert interval.mean == 3 and math.isnan(interval.low) and math.isnan(interval.high)


@pytest.mark.parametrize("values", [[], [1.0, float("nan")], [1.0, float("inf")]])
def test_what_is_not_finite_is_not_averaged_away(values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        mean_interval(values)
    with pytest.raises(ValueError, match=r"finite|shape \(n\), found \(0,\)"):
        bootstrap_interval(values, seeded())


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize("count", [2, 5, 40])
def test_the_bootstrap_interval_is_scipys(method: Method, count: int) -> None:
    values = np.random.default_rng(count).exponential(size=count)
    interval = bootstrap_interval(values, seeded(), method, 0.9)
    named = {"percentile": "percentile", "bca": "BCa"}[method]
    expected = stats.bootstrap(
        (values,), np.mean, method=named, confidence_level=0.9, n_resamples=9999, rng=seeded()
    ).confidence_interval
    assert_allclose((interval.low, interval.high), expected, rtol=1e-12)
    assert_allclose(interval.mean, values.mean())


def test_bca_moves_the_interval_towards_the_long_tail() -> None:
    values = np.random.default_rng(0).exponential(size=30)
    corrected = bootstrap_interval(values, seeded(), "bca")
    plain = bootstrap_interval(values, seeded(), "percentile")
    assert corrected.low > plain.low and corrected.high > plain.high


def test_of_many_samples_the_bootstrap_is_the_normal_interval() -> None:
    values = np.random.default_rng(0).random(5000)
    interval = bootstrap_interval(values, seeded())
    half = 1.959964 * stats.sem(values)
    assert_allclose(interval.high - interval.low, 2 * half, rtol=0.05)


def test_the_same_generator_gives_the_same_interval() -> None:
    values = np.random.default_rng(0).random(9)
    assert bootstrap_interval(values, seeded()) == bootstrap_interval(values, seeded())
    assert bootstrap_interval(values, seeded()) != bootstrap_interval(
        values, np.random.default_rng(8)
    )


def test_equal_values_leave_no_doubt() -> None:
    assert bootstrap_interval([0.1] * 3, seeded()) == pytest.approx((0.1, 0.1, 0.1))


def test_seeds_are_resampled_where_there_are_two() -> None:
    values = np.random.default_rng(0).random((2, 50))
    assert score_interval(values, seeded()) == (
        bootstrap_interval(values.mean(axis=1), seeded()),
        "seeds",
    )
    assert score_interval(values[:1], seeded()) == (
        bootstrap_interval(values[0], seeded()),
        "samples",
    )


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="confidence is 95"):
        bootstrap_interval([1.0, 2.0], seeded(), confidence=95)
    with pytest.raises(ValueError, match="99 resamples"):
        bootstrap_interval([1.0, 2.0], seeded(), resamples=99)
    with pytest.raises(ValueError, match="'basic'"):
        bootstrap_interval([1.0, 2.0], seeded(), method="basic")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"\(seeds, samples\), found \(3,\)"):
        score_interval(np.ones(3), seeded())


def test_three_seeds_cannot_cover_95_percent() -> None:
    assert [coverage_bound(n) for n in (1, 2, 3, 6)] == [0, 0.5, 0.75, 0.96875]
    generator = seeded()
    covered = 0
    for _ in range(400):
        interval = bootstrap_interval(
            generator.normal(size=3), generator, "percentile", resamples=200
        )
        covered += interval.low <= 0 <= interval.high
    assert covered / 400 < 0.75 + 3 * math.sqrt(0.75 * 0.25 / 400)
    with pytest.raises(ValueError, match="0 values"):
        coverage_bound(0)
