"""Friedman's and Nemenyi's tests against SciPy and the worked example of Demšar 2006."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from aebench.statistics import (
    compare_ranks,
    fewest_blocks,
    friedman_test,
    indistinguishable_groups,
    nemenyi_critical_difference,
    ranks,
    signed_rank_test,
)

# Table 6 of Demšar 2006: AUC of C4.5, with m, with cf, with both. On "voting" (0.975 twice) its
# ranks are 2 and 3, so more digits differed there than were printed: here the last is 0.9749.
DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.975, 0.9749],
        [0.957, 0.978, 0.946, 0.970],
    ]
)


def test_friedmans_test_is_demsars() -> None:
    found = friedman_test(DEMSAR, "higher", correct_ties=False)
    assert_allclose(found.average_ranks, [3.143, 2.000, 2.893, 1.964], atol=5e-4)
    assert_allclose(found.chi_square, 9.28, atol=5e-3)
    assert_allclose(found.f_statistic, 3.69, atol=5e-3)
    assert stats.f.isf(0.05, 3, 39) < found.f_statistic
    assert_allclose(found.f_p_value, stats.f.sf(found.f_statistic, 3, 39))


def test_demsars_signed_rank_sum() -> None:
    differences = np.round(DEMSAR[:, 1] - DEMSAR[:, 0], 3)
    found = signed_rank_test(differences, np.zeros(14))
    halved = (1 + 2) / 2  # the ranks of two zeros, shared among both sums
    assert (found.positive_ranks + halved, found.negative_ranks + halved) == (93, 12)
    assert found.p_value < 0.05  # his table: T = 12 is below 21, critical for N = 14


def test_critical_values_are_demsars_table() -> None:
    five = [1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]
    ten = [1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920]
    for significance, table in ((0.05, five), (0.10, ten)):
        for variants, q in enumerate(table, 2):
            unit = math.sqrt(variants * (variants + 1) / 6)
            found = nemenyi_critical_difference(variants, 1, significance)
            assert_allclose(found / unit, q, atol=1e-3)


def test_the_critical_differences_are_demsars() -> None:
    assert_allclose(nemenyi_critical_difference(4, 14), 1.25, atol=5e-3)
    assert_allclose(nemenyi_critical_difference(4, 14, 0.10), 1.12, atol=5e-3)


def test_demsars_groups() -> None:
    assert compare_ranks(DEMSAR, "higher").groups == [(3, 1, 2, 0)]
    assert compare_ranks(DEMSAR, "higher", 0.10).groups == [(3, 1, 2), (2, 0)]


def test_friedmans_test_is_scipys_with_and_without_ties() -> None:
    generator = np.random.default_rng(0)
    tied = generator.integers(0, 4, (9, 5)).astype(float)
    for scores in (DEMSAR, tied, generator.random((6, 3))):
        found, expected = friedman_test(scores, "lower"), stats.friedmanchisquare(*scores.T)
        assert_allclose(found.chi_square, expected.statistic)
        assert_allclose(found.p_value, expected.pvalue)


def test_rank_one_is_the_best_and_ties_share() -> None:
    scores = np.array([[0.1, 0.3, 0.3, 0.2]])
    assert ranks(scores, "higher").tolist() == [[4, 1.5, 1.5, 3]]
    assert ranks(scores, "lower").tolist() == [[1, 3.5, 3.5, 2]]


def test_blocks_that_tie_throughout_say_nothing() -> None:
    found = friedman_test(np.ones((5, 3)), "higher")
    assert found.average_ranks == (2, 2, 2)
    assert (found.chi_square, found.p_value, found.f_statistic, found.f_p_value) == (0, 1, 0, 1)


def test_blocks_that_all_agree_have_an_infinite_f_and_a_smallest_p() -> None:
    found = friedman_test(np.tile([1.0, 2.0, 3.0], (2, 1)), "higher")
    assert (found.f_statistic, found.f_p_value) == (math.inf, 0)
    assert_allclose(found.smallest_p_value, 1 / 6)


def test_too_few_blocks_are_said_to_be() -> None:
    agreed = np.tile(np.arange(4.0), (3, 1))
    assert compare_ranks(agreed[:2], "higher").verdict == "too few blocks"
    assert compare_ranks(agreed[:2], "higher").groups == [(3, 2, 1, 0)]
    assert compare_ranks(agreed, "higher").verdict == "different"
    assert compare_ranks(agreed, "higher").groups == [(3, 2, 1), (2, 1, 0)]


@pytest.mark.parametrize("variants", [2, 3, 4, 10, 60, 80])
def test_fewest_blocks_are_the_first_that_can_be_told_apart(variants: int) -> None:
    blocks = fewest_blocks(variants)
    agreed = np.tile(np.arange(float(variants)), (blocks, 1))
    assert compare_ranks(agreed, "higher").verdict == "different"
    assert compare_ranks(agreed[1:], "higher").verdict == "too few blocks"


def test_what_differs_by_chance_is_one_group() -> None:
    scores = np.array([[1.0, 2, 3], [2, 3, 1], [3, 1, 2], [1, 2, 3]])
    found = compare_ranks(scores, "higher")
    assert found.verdict == "not distinguishable" and found.groups == [(2, 1, 0)]


def test_groups_are_maximal_and_overlap() -> None:
    assert indistinguishable_groups([4.0, 1.0, 2.0, 3.0], 1.5) == [(1, 2), (2, 3), (3, 0)]
    assert indistinguishable_groups([1.0, 1.2, 1.4, 9.0], 1.0) == [(0, 1, 2)]
    assert indistinguishable_groups([1.0, 3.0], 1.0) == []
    assert indistinguishable_groups([1.0, 2.0], 1.0) == []  # a critical difference apart differs


def test_what_cannot_be_ranked_is_refused() -> None:
    with pytest.raises(ValueError, match="2 blocks and 2 variants"):
        friedman_test(np.ones((1, 3)), "higher")
    with pytest.raises(ValueError, match="'neither'"):
        ranks(np.ones((2, 3)), "neither")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="1 of 6"):
        friedman_test(np.array([[1.0, math.nan, 2], [1, 2, 3]]), "higher")
    with pytest.raises(ValueError, match="2 variants"):
        nemenyi_critical_difference(1, 5)
