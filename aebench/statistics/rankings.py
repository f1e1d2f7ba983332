"""Many variants over many data sets: average ranks, Friedman's test, Nemenyi's critical difference.

Demšar 2006, "Statistical comparisons of classifiers over multiple data sets", is followed
throughout. A block is what all variants share: a data set, or a data set and seed.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from scipy import special, stats

from aebench.data import Array
from aebench.statistics.scores import Better, finite, higher_is_better, proportion


class Friedman(NamedTuple):
    """Friedman's test that all variants rank alike, and Iman and Davenport's F of it.

    ``smallest_p_value`` is that of the permutation test where all blocks agree, k!^(1 - N): no
    honest p is below it, though ``f_p_value`` is 0 there.
    """

    average_ranks: tuple[float, ...]
    chi_square: float
    p_value: float
    f_statistic: float
    f_p_value: float
    smallest_p_value: float


class RankComparison(NamedTuple):
    """What a critical-difference diagram draws: ranks, critical difference, groups, verdict.

    ``groups`` are bars over variants, by their index, that the test cannot tell apart: all of them
    in one unless the verdict is ``different``.
    """

    friedman: Friedman
    critical_difference: float
    groups: list[tuple[int, ...]]
    verdict: Literal["different", "not distinguishable", "too few blocks"]


def ranks(scores: Array, better: Better) -> Array:
    """Rank of each variant in each block: ``scores`` (blocks, variants), 1 is best, ties averaged.

    Raises `ValueError` for another shape, values that are not finite, or no direction.
    """
    turned = higher_is_better(finite(scores, "blocks", "variants"), better)
    return np.asarray(stats.rankdata(-turned, axis=1))


def friedman_test(scores: Array, better: Better, correct_ties: bool = True) -> Friedman:
    """Friedman's χ² and Iman and Davenport's F on ``scores`` (N blocks, k variants).

    ``correct_ties`` divides χ² by its share of untied ranks, as SciPy does; without, it is Demšar's
    formula. Where every block ties throughout, χ² and F are 0 and p is 1; where all blocks agree, F
    is inf and its p 0. Raises `ValueError` as `ranks`, and for fewer than 2 blocks or variants.
    Friedman 1937; Iman and Davenport 1980.
    """
    table = ranks(scores, better)
    n, k = table.shape
    if n < 2 or k < 2:
        raise ValueError(f"expected 2 blocks and 2 variants or more, found {n} and {k}")
    average = table.mean(axis=0)
    chi_square = 12 * n / (k * (k + 1)) * float(((average - (k + 1) / 2) ** 2).sum())
    if correct_ties:  # the variance of ranks within blocks, over that of 1 .. k
        untied = float(table.var(axis=1).mean()) * 12 / (k**2 - 1)
        chi_square = chi_square / untied if untied else 0.0
    left = n * (k - 1) - chi_square
    agreed = left <= 1e-9 * n * k
    f = math.inf if agreed else (n - 1) * chi_square / left
    return Friedman(
        tuple(float(rank) for rank in average),
        chi_square,
        float(special.chdtrc(k - 1, chi_square)),
        f,
        0.0 if agreed else float(special.fdtrc(k - 1, (k - 1) * (n - 1), f)),
        math.exp((1 - n) * math.lgamma(k + 1)),
    )


def nemenyi_critical_difference(variants: int, blocks: int, significance: float = 0.05) -> float:
    """Average ranks at least this far apart differ: q √(k (k + 1) / 6 N).

    q is the studentized range's quantile for infinite degrees of freedom over √2, computed rather
    than read from a table. Raises `ValueError` for fewer than 2 variants, no blocks, or a
    significance outside (0, 1). Nemenyi 1963.
    """
    if variants < 2 or blocks < 1:
        raise ValueError(f"expected 2 variants and 1 block or more, found {variants} and {blocks}")
    level = 1 - proportion(significance, "significance")
    q = float(stats.studentized_range.ppf(level, variants, np.inf)) / math.sqrt(2)
    return q * math.sqrt(variants * (variants + 1) / (6 * blocks))


def fewest_blocks(variants: int, significance: float = 0.05) -> int:
    """Blocks from which `compare_ranks` can find a difference: 6 for 2 variants at 0.05, 3 for 10.

    Friedman's smallest p, k!^(1 - N), must reach the significance, and the critical difference be
    no more than the k - 1 that ranks can be apart. Errors as `nemenyi_critical_difference`.
    """
    one = nemenyi_critical_difference(variants, 1, significance)
    for_friedman = 1 - math.log(significance) / math.lgamma(variants + 1)
    return math.ceil(max(for_friedman, (one / (variants - 1)) ** 2))


def indistinguishable_groups(
    average_ranks: Sequence[float], critical_difference: float
) -> list[tuple[int, ...]]:
    """Largest sets of two or more variants whose ranks are less than the difference apart.

    Indices into ``average_ranks``, best first; groups overlap, and none lies within another.
    """
    order = np.argsort(average_ranks, kind="stable")
    ordered = np.asarray(average_ranks, float)[order]
    groups: list[tuple[int, ...]] = []
    last = 0
    for start in range(len(order)):
        end = int(np.searchsorted(ordered, ordered[start] + critical_difference, "left"))
        if end > last and end - start > 1:
            groups.append(tuple(int(index) for index in order[start:end]))
            last = end
    return groups


def compare_ranks(scores: Array, better: Better, significance: float = 0.05) -> RankComparison:
    """Friedman's test (Iman and Davenport's F) on ``scores`` (blocks, variants), then Nemenyi's.

    Groups are told apart only where the first test is significant; ``too few blocks`` where no
    scores could have been, or no two ranks could be a critical difference apart. Errors as both.
    """
    friedman = friedman_test(scores, better)
    blocks, variants = np.shape(scores)
    difference = nemenyi_critical_difference(variants, blocks, significance)
    everyone = [tuple(int(index) for index in np.argsort(friedman.average_ranks, kind="stable"))]
    if friedman.smallest_p_value > significance or difference > variants - 1:
        return RankComparison(friedman, difference, everyone, "too few blocks")
    if friedman.f_p_value > significance:
        return RankComparison(friedman, difference, everyone, "not distinguishable")
    groups = indistinguishable_groups(friedman.average_ranks, difference)
    return RankComparison(friedman, difference, groups, "different")
