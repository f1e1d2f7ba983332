"""Two variants measured on the same seeds and data sets: tests and effect sizes."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special, stats

from aebench.data import Array

EXACT_PAIRS = 200  # beyond that the normal approximation is as good and faster


class SignedRank(NamedTuple):
    """Wilcoxon's signed-rank test of first against second.

    ``smallest_p_value`` is the least that so many non-zero pairs can give: where it exceeds the
    significance level, a large ``p_value`` says nothing about the variants. ``rank_biserial`` is
    the effect size in [-1, 1]: (R⁺ - R⁻) / (R⁺ + R⁻), 1 where first is always higher, 0 where all
    pairs are equal (Kerby 2014).
    """

    p_value: float
    smallest_p_value: float
    rank_biserial: float
    positive_ranks: float
    negative_ranks: float
    pairs: int
    zeros: int
    exact: bool


def signed_rank_test(first: Sequence[float] | Array, second: Sequence[float] | Array) -> SignedRank:
    """Two-sided Wilcoxon signed-rank test of paired scores of any one shape.

    Scores (seeds, data sets) ask whether the variants differ on these data sets; their means over
    seeds, (data sets,), whether they would on others like them (Demšar 2006). The p value is that
    of all 2ⁿ signs, ties included, up to 200 non-zero pairs, and the normal approximation beyond.
    Zero differences are ranked and then left out (Pratt 1959): the same p as Demšar's halving of
    their ranks. No difference at all gives p = 1. Differences are compared as floats: round scores
    first if digits are to tie. Raises `ValueError` for shapes that differ, no pairs, or values
    that are not finite.
    """
    differences = _differences(first, second)
    ranks = stats.rankdata(np.abs(differences))[differences != 0]
    positive = float(ranks[differences[differences != 0] > 0].sum())
    total = float(ranks.sum())
    exact = len(ranks) <= EXACT_PAIRS
    return SignedRank(
        p_value=(_exact_p if exact else _normal_p)(ranks, positive),
        smallest_p_value=min(1.0, 2.0 ** (1 - len(ranks))),
        rank_biserial=(2 * positive - total) / total if total else 0.0,
        positive_ranks=positive,
        negative_ranks=total - positive,
        pairs=len(differences),
        zeros=len(differences) - len(ranks),
        exact=exact,
    )


def paired_p_value(first: Sequence[float], second: Sequence[float]) -> float:
    """Two-sided p of the paired t-test on seeds that both have; NaN for fewer than two pairs.

    Equal differences leave no doubt to test: p is 1 where they are all zero and 0 otherwise.
    """
    return float(paired_p_values((np.asarray(first, float) - np.asarray(second, float))[None])[0])


def paired_p_values(differences: Array) -> Array:
    """`paired_p_value` of each row of ``differences`` (pairs, seeds), (pairs,); NaN for a row with
    a gap.
    """
    if differences.shape[1] < 2:
        return np.full(len(differences), np.nan)
    constant = np.ptp(differences, axis=1) == 0
    found = np.where(differences[:, 0] == 0, 1.0, 0.0)
    found[~constant] = stats.ttest_1samp(differences[~constant], 0.0, axis=1).pvalue
    return found


def cohens_d(first: Sequence[float] | Array, second: Sequence[float] | Array) -> float:
    """Cohen's d of paired scores (d_z): mean difference over its standard deviation (n - 1).

    Differences that are all equal give 0 where they are zero and ±inf otherwise. Raises
    `ValueError` as `signed_rank_test` and for a single pair. Cohen 1988.
    """
    differences = _differences(first, second)
    if differences.size < 2:
        raise ValueError("a standard deviation needs 2 pairs or more, found 1")
    mean = float(differences.mean())
    if np.ptp(differences) == 0:
        return math.copysign(math.inf, mean) if mean else 0.0
    return mean / float(differences.std(ddof=1))


def _differences(first: Sequence[float] | Array, second: Sequence[float] | Array) -> Array:
    """First minus second, (pairs,)."""
    a, b = np.asarray(first, float), np.asarray(second, float)
    if a.shape != b.shape or a.size == 0:
        raise ValueError(f"expected pairs, found values of shape {a.shape} and {b.shape}")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("expected finite values in every pair, found some that are not")
    return np.ravel(a - b)


def _exact_p(ranks: Array, positive: float) -> float:
    """Share of all signs whose rank sum is as far from its middle, from doubled (whole) ranks."""
    doubled = np.rint(2 * ranks).astype(int)
    total = int(doubled.sum())
    shares = np.zeros(total + 1)
    shares[0] = 1
    for rank in doubled:
        shares[rank:] = shares[rank:] + shares[: total + 1 - rank]
        shares /= 2
    extreme = max(round(2 * positive), total - round(2 * positive))
    return min(1.0, 2 * float(shares[extreme:].sum()))


def _normal_p(ranks: Array, positive: float) -> float:
    deviation = math.sqrt(float((ranks**2).sum())) / 2
    return float(2 * special.ndtr(-abs(positive - ranks.sum() / 2) / deviation))
