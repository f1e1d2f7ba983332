"""Intervals and tests against SciPy and known answers."""

import math

import pytest
from numpy.testing import assert_allclose
from scipy import stats

from aebench.statistics import holm, mean_interval, paired_p_value


def test_the_interval_is_students() -> None:
    values = [1.0, 2.0, 4.0]
    interval = mean_interval(values)
    expected = stats.t.interval(0.95, 2, loc=7 / 3, scale=stats.sem(values))
    assert_allclose((interval.low, interval.high), expected)
    assert_allclose(interval.mean, 7 / 3)


def test_one_value_has_no_interval() -> None:
    interval = mean_interval([3.0])
    assert interval.mean == 3 and math.isnan(interval.low) and math.isnan(interval.high)


@pytest.mark.parametrize("values", [[], [1.0, float("nan")], [1.0, float("inf")]])
def test_what_is_not_finite_is_not_averaged_away(values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        mean_interval(values)


def test_the_paired_test_is_scipys() -> None:
    first, second = [1.0, 2.0, 3.5, 4.0], [1.1, 2.5, 3.4, 5.0]
    assert_allclose(paired_p_value(first, second), stats.ttest_rel(first, second).pvalue)
    assert paired_p_value([1, 2], [1, 2]) == 1
    assert paired_p_value([1, 2], [0, 1]) == 0
    assert math.isnan(paired_p_value([1], [2]))


def test_holm() -> None:
    assert_allclose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
    assert_allclose(holm([0.9, 0.8]), [1, 1])
    assert math.isnan(holm([float("nan"), 0.01])[0]) and holm([float("nan"), 0.01])[1] == 0.01
