"""The winner, and everyone whom its test does not tell from it."""

from typing import Literal, NamedTuple

import numpy as np

from aebench.data import Array
from aebench.statistics.comparisons import paired_p_value, signed_rank_test
from aebench.statistics.families import holm
from aebench.statistics.rankings import ranks
from aebench.statistics.scores import Better, finite, higher_is_better, proportion

Mark = Literal["winner", "not distinguishable", "worse", "too few pairs"]


class Standing(NamedTuple):
    """Per variant its mark and Holm-adjusted p against the winner (1 for the winner itself)."""

    winner: int
    marks: tuple[Mark, ...]
    p_values: tuple[float, ...]


def mark_winner(
    scores: Array,
    better: Better,
    test: Literal["signed-rank", "t"] = "signed-rank",
    significance: float = 0.05,
) -> Standing:
    """Mark each variant of ``scores`` (pairs, variants); a row is one seed on one data set.

    ``signed-rank`` suits rows of several data sets, whose scales differ: the winner has the best
    average rank. ``t`` suits a few seeds of one data set: the winner has the best mean. A draw goes
    to the better mean, then to the first. The winner was picked after looking, so its tests count
    as part of all k (k - 1) / 2. ``too few pairs`` where no scores could have been significant
    (`fewest_pairs`; t takes 2). A variant is ``worse`` only where the test says so and in that
    direction.

    Raises `ValueError` for another shape, values that are not finite, no direction, another test or
    a significance outside (0, 1).
    """
    turned = higher_is_better(finite(scores, "pairs", "variants"), better)
    proportion(significance, "significance")
    if test not in ("signed-rank", "t"):
        raise ValueError(f"test is {test!r}, expected 'signed-rank' or 't'")
    winner = _leader(turned, test)
    others = [variant for variant in range(turned.shape[1]) if variant != winner]
    compare = _t if test == "t" else _signed_rank
    tested = [compare(turned[:, winner], turned[:, other]) for other in others]
    family = len(others) * (len(others) + 1) // 2
    adjusted = holm([p for p, _, _ in tested], family)
    attainable = holm([smallest for _, smallest, _ in tested], family)
    marks: list[Mark] = ["winner"] * turned.shape[1]
    p_values = [1.0] * turned.shape[1]
    for other, p, smallest, (_, _, lead) in zip(others, adjusted, attainable, tested, strict=True):
        p_values[other] = p
        if smallest > significance:
            marks[other] = "too few pairs"
        else:
            marks[other] = "worse" if p <= significance and lead > 0 else "not distinguishable"
    return Standing(winner, tuple(marks), tuple(p_values))


def _leader(scores: Array, test: str) -> int:
    means = scores.mean(axis=0)
    leads = means if test == "t" else -ranks(scores, "higher").mean(axis=0)
    return int(np.lexsort((-means, -leads))[0])


def _signed_rank(winner: Array, other: Array) -> tuple[float, float, float]:
    """p, the smallest p attainable, and the winner's lead."""
    result = signed_rank_test(winner, other)
    return result.p_value, result.smallest_p_value, result.rank_biserial


def _t(winner: Array, other: Array) -> tuple[float, float, float]:
    """p, the smallest p attainable (any from 2 pairs on), and the winner's lead."""
    if len(winner) < 2:
        return 1.0, 1.0, 0.0
    return paired_p_value(list(winner), list(other)), 0.0, float((winner - other).mean())
