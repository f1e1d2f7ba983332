"""Holm's correction, and verdicts that say when nothing could have been decided."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from aebench.statistics import SignedRank, fewest_pairs, holm, signed_rank_test, verdicts


def leading(pairs: int) -> SignedRank:
    return signed_rank_test(np.arange(1.0, pairs + 1), np.zeros(pairs))


def test_holm() -> None:
    assert_allclose(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06])
    assert_allclose(holm([0.9, 0.8]), [1, 1])
    assert math.isnan(holm([float("nan"), 0.01])[0]) and holm([float("nan"), 0.01])[1] == 0.01
    assert holm([]) == []


def test_holm_is_statsmodels() -> None:
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    for seed in range(10):
        p_values = np.random.default_rng(seed).random(12) ** 3
        expected = multitest.multipletests(p_values, method="holm")[1]
        assert_allclose(holm(list(p_values)), expected)


def test_picked_from_a_larger_family_p_is_at_least_that_of_the_whole() -> None:
    assert_allclose(holm([0.01, 0.02], family=10), [0.1, 0.18])
    for seed in range(50):
        p_values = list(np.random.default_rng(seed).random(10) ** 3)
        picked = holm(p_values[:4], family=10)
        assert all(np.array(picked) >= np.array(holm(p_values)[:4]) - 1e-12)
    with pytest.raises(ValueError, match="family of 1"):
        holm([0.1, 0.2], family=1)


def test_a_verdict_names_the_direction() -> None:
    lagging = signed_rank_test(np.zeros(8), np.arange(1.0, 9))
    mixed = signed_rank_test([1.0, -2, 3, -4, 5, -6, 7, -8], np.zeros(8))
    assert verdicts([leading(8), lagging, mixed]) == ["higher", "lower", "not distinguishable"]


def test_three_seeds_are_too_few_not_indistinguishable() -> None:
    assert verdicts([leading(3)]) == ["too few pairs"]
    assert verdicts([leading(3)], significance=0.3) == ["higher"]


def test_a_family_raises_the_pairs_it_takes() -> None:
    assert verdicts([leading(6)]) == ["higher"]
    assert verdicts([leading(6)] * 2) == ["too few pairs"] * 2
    assert verdicts([]) == []


@pytest.mark.parametrize("family", [1, 2, 10, 45, 190])
def test_fewest_pairs_are_the_first_that_can_be_significant(family: int) -> None:
    pairs = fewest_pairs(0.05, family)
    assert verdicts([leading(pairs)] * family) == ["higher"] * family
    assert verdicts([leading(pairs - 1)] * family) == ["too few pairs"] * family


def test_six_pairs_are_the_fewest() -> None:
    assert fewest_pairs() == 6 and fewest_pairs(family=10) == 9
    with pytest.raises(ValueError, match="family of 0"):
        fewest_pairs(family=0)
    with pytest.raises(ValueError, match="significance is 0"):
        fewest_pairs(0)
