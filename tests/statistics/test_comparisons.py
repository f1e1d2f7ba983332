"""Paired tests and effect sizes against SciPy, enumeration and published examples."""

import itertools
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from aebench.data import Array
from aebench.statistics import cohens_d, paired_p_value, signed_rank_test

# Cross- against self-fertilised maize, eighths of an inch: Darwin 1876, Fisher 1935.
DARWIN = np.array([49.0, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48])


def of(differences: Array) -> tuple[Array, Array]:
    return np.asarray(differences, float), np.zeros(np.shape(differences))


def test_the_paired_test_is_scipys() -> None:
    first, second = [1.0, 2.0, 3.5, 4.0], [1.1, 2.5, 3.4, 5.0]
    assert_allclose(paired_p_value(first, second), stats.ttest_rel(first, second).pvalue)
    assert paired_p_value([1, 2], [1, 2]) == 1
    assert paired_p_value([1, 2], [0, 1]) == 0
    assert math.isnan(paired_p_value([1], [2]))


def test_the_signed_rank_test_of_darwins_maize() -> None:
    found = signed_rank_test(*of(DARWIN))
    assert (found.positive_ranks, found.negative_ranks, found.exact) == (96, 24, True)
    assert_allclose(found.p_value, 0.041259765625)
    assert_allclose(found.rank_biserial, (96 - 24) / 120)


@pytest.mark.parametrize("count", [1, 2, 5, 12, 40])
def test_without_ties_the_signed_rank_test_is_scipys_exact_one(count: int) -> None:
    first, second = np.random.default_rng(count).normal(size=(2, count))
    found = signed_rank_test(first, second)
    expected = stats.wilcoxon(first, second, method="exact")
    assert_allclose(found.p_value, expected.pvalue)
    assert min(found.positive_ranks, found.negative_ranks) == expected.statistic


def test_with_ties_and_zeros_p_is_the_share_of_all_signs() -> None:
    for seed in range(20):
        differences = np.random.default_rng(seed).integers(-3, 5, 9).astype(float)
        ranks = stats.rankdata(np.abs(differences)) * np.sign(differences)
        sums = [
            float((np.array(signs) * ranks).sum())
            for signs in itertools.product((-1, 1), repeat=len(ranks))
        ]
        share = np.mean(np.abs(sums) >= abs(ranks.sum()))
        assert_allclose(signed_rank_test(*of(differences)).p_value, share)


def test_beyond_the_exact_range_the_test_is_scipys_approximation() -> None:
    differences = np.random.default_rng(0).integers(-30, 34, 300).astype(float)
    found = signed_rank_test(*of(differences))
    expected = stats.wilcoxon(differences, zero_method="pratt", method="asymptotic")
    assert not found.exact and found.zeros > 0
    assert_allclose(found.p_value, expected.pvalue)


def test_exact_and_approximate_agree_where_they_meet() -> None:
    differences = np.random.default_rng(1).normal(0.1, 1, 200)
    exact = signed_rank_test(*of(differences))
    assert exact.exact
    approximate = stats.wilcoxon(differences, method="asymptotic").pvalue
    assert_allclose(exact.p_value, approximate, rtol=0.02)


def test_zeros_split_as_demsar_does_leave_the_same_deviation() -> None:
    differences = np.array([0.0, 0, 1, 2, -3, 4, 5, 6])
    found = signed_rank_test(*of(differences))
    split = stats.wilcoxon(differences, zero_method="zsplit", method="asymptotic").statistic
    assert found.zeros == 2
    assert split == min(found.positive_ranks, found.negative_ranks) + (1.5 + 1.5) / 2


def test_three_seeds_can_never_be_significant_and_the_result_says_so() -> None:
    found = signed_rank_test([9.0, 8.0, 7.0], [0.0, 0.0, 0.0])
    assert found.p_value == found.smallest_p_value == 0.25
    assert found.rank_biserial == 1


def test_seeds_and_data_sets_are_pairs_alike() -> None:
    first, second = np.random.default_rng(0).random((2, 5, 4))
    assert signed_rank_test(first, second) == signed_rank_test(first.ravel(), second.ravel())
    assert signed_rank_test(first, second).pairs == 20


def test_swapping_the_variants_turns_the_effect_and_keeps_p() -> None:
    first, second = np.random.default_rng(0).random((2, 9))
    there, back = signed_rank_test(first, second), signed_rank_test(second, first)
    assert there.p_value == back.p_value and there.rank_biserial == -back.rank_biserial


def test_no_difference_at_all_is_no_evidence() -> None:
    found = signed_rank_test([1.0, 2.0], [1.0, 2.0])
    assert (found.p_value, found.smallest_p_value, found.rank_biserial) == (1, 1, 0)
    assert found.zeros == found.pairs == 2


def test_cohens_d_is_t_over_the_root_of_n() -> None:
    first, second = np.random.default_rng(0).random((2, 12))
    assert_allclose(
        cohens_d(first, second), stats.ttest_rel(first, second).statistic / math.sqrt(12)
    )
    assert_allclose(cohens_d(*of(DARWIN)) * math.sqrt(15), 2.148, atol=5e-4)  # Fisher's t


def test_equal_differences_have_no_deviation() -> None:
    assert cohens_d([1, 2], [1, 2]) == 0
    assert cohens_d([2, 3], [1, 2]) == math.inf
    assert cohens_d([0, 1], [1, 2]) == -math.inf


def test_what_is_not_paired_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        signed_rank_test([1.0, 2.0], [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="pairs"):
        signed_rank_test([], [])
    with pytest.raises(ValueError, match="finite"):
        signed_rank_test([1.0, math.nan], [1.0, 2.0])
    with pytest.raises(ValueError, match="2 pairs"):
        cohens_d([1.0], [2.0])
