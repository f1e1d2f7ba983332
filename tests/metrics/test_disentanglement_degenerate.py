"""Disentanglement scores of codes and factors that are degenerate, wrong or merely unusual."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from aebench.data import Array
from aebench.metrics.disentanglement import (
    active_code_dimensions,
    active_dimensions,
    active_units,
    dcimig,
    irs,
    jemmig,
    med,
    mig,
    mig_sup,
    modularity,
)

Score = Callable[[Array, Array], float]
ALL: tuple[Score, ...] = (mig, mig_sup, dcimig, jemmig, med, modularity, irs)


def drawn(sizes: tuple[int, ...], samples: int) -> Array:
    random = np.random.default_rng(0)
    return np.stack([random.integers(0, size, samples) for size in sizes], axis=1)


def perfect(factors: Array) -> Array:
    return np.asarray((factors - factors.mean(0)) / factors.std(0))


def noise(samples: int, dimensions: int) -> Array:
    return np.random.default_rng(1).normal(size=(samples, dimensions))


@pytest.mark.parametrize("score", ALL)
def test_constant_dimensions_and_collapsed_codes_have_a_value(score: Score) -> None:
    factors = drawn((3, 4), 500)
    for codes in (np.full((500, 3), 0.1), np.zeros((500, 0)), perfect(factors)[:, :1]):
        assert 0 <= score(codes, factors) <= 1
    dead = np.concatenate([perfect(factors), np.full((500, 2), 0.1)], axis=1)
    assert 0 < score(dead, factors) <= 1
    if score is not jemmig:
        assert score(np.zeros((500, 0)), factors) == score(np.full((500, 3), 0.1), factors) == 0


@pytest.mark.parametrize("score", ALL)
def test_a_factor_of_one_value_keeps_the_score_finite(score: Score) -> None:
    factors = np.concatenate([drawn((3, 4), 500), np.full((500, 1), 7)], axis=1)
    assert 0 <= score(noise(500, 3), factors) <= 1
    if score in (mig, dcimig):
        assert_allclose(score(noise(500, 3), factors), score(noise(500, 3), factors[:, :2]))
        with pytest.raises(ValueError, match="single value"):
            score(noise(500, 3), factors[:, 2:])


@pytest.mark.parametrize("score", ALL)
def test_fewer_samples_than_bins_have_a_value(score: Score) -> None:
    assert 0 <= score(noise(7, 3), drawn((3, 4), 7)) <= 1


@pytest.mark.parametrize("score", ALL)
def test_bad_arrays_are_named(score: Score) -> None:
    factors, codes = drawn((3, 4), 50), noise(50, 3)
    holed = codes.copy()
    holed[4, 2] = np.nan
    with pytest.raises(ValueError, match=r"codes hold nan at \[4, 2\]"):
        score(holed, factors)
    with pytest.raises(ValueError, match="magnitudes up to 1e\\+15"):
        score(codes * 1e30, factors)
    with pytest.raises(ValueError, match="50 codes but 49 factors"):
        score(codes, factors[1:])
    with pytest.raises(ValueError, match="factors hold [01].5: classes are whole numbers"):
        score(codes, factors / 2)
    with pytest.raises(ValueError, match=r"codes of shape \(50,\)"):
        score(codes[:, 0], factors)
    with pytest.raises(ValueError, match="at least 2 samples"):
        score(codes[:1], factors[:1])
    with pytest.raises(ValueError, match="codes of type"):
        score(codes.astype(str), factors)
    with pytest.raises(ValueError, match="at least one factor"):
        score(codes, factors[:, :0])


def test_single_bins_and_single_factors_are_refused_where_nothing_is_left_to_measure() -> None:
    with pytest.raises(ValueError, match="1 bins"):
        jemmig(noise(50, 3), drawn((3,), 50), bins=1)
    with pytest.raises(ValueError, match="1 factor"):
        modularity(noise(50, 3), drawn((3,), 50))


def test_classes_may_be_any_whole_numbers() -> None:
    factors, codes = drawn((3, 4), 500), noise(500, 3) + drawn((3, 4, 1), 500)
    for score in (mig, mig_sup, dcimig, jemmig, med, modularity):
        assert_allclose(score(codes, factors * 1000.0 - 5), score(codes, factors))


@pytest.mark.parametrize("score", ALL)
def test_precision_hardly_matters(score: Score) -> None:
    factors = drawn((3, 4), 500)
    codes = noise(500, 2) + factors
    assert_allclose(score(codes.astype(np.float32), factors), score(codes, factors), rtol=1e-5)
    assert_allclose(score(codes.astype(np.float16), factors), score(codes, factors), rtol=0.2)
    assert_allclose(score(codes > 1, factors), score((codes > 1) * 2.0, factors))


def test_active_is_a_twentieth_of_the_widest_deviation() -> None:
    codes = noise(5000, 5) * [1, 0.06, 0.04, 0, 100]
    assert_array_equal(active_dimensions(codes), [False, False, False, False, True])
    assert_array_equal(active_dimensions(codes[:, :4]), [True, True, False, False])
    assert active_code_dimensions(codes[:, :4]) == 2
    assert not active_dimensions(np.full((10, 3), 0.1)).any()
    assert active_dimensions(np.zeros((10, 0))).shape == (0,)


def test_active_units_vary_by_more_than_a_hundredth() -> None:
    codes = noise(5000, 4) * [1, 0.11, 0.09, 0]
    assert active_units(codes) == 2
    assert active_units(np.full((10, 3), 0.1)) == 0
