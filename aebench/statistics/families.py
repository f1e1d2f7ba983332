"""Families of tests: what they may claim together, and what none of them could."""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from aebench.statistics.comparisons import SignedRank
from aebench.statistics.scores import proportion

Verdict = Literal["higher", "lower", "not distinguishable", "too few pairs"]


def holm(p_values: Sequence[float], family: int | None = None) -> list[float]:
    """Holm's step-down adjustment of a family of p values, in their order. NaN stays NaN.

    ``family`` counts the tests that these were picked from, where there were more: the result is
    then at least what Holm gives over all of them. Raises `ValueError` for a smaller one.
    """
    array = np.asarray(p_values, float)
    tested = np.flatnonzero(~np.isnan(array))
    size = len(tested) if family is None else family
    if size < len(tested):
        raise ValueError(f"a family of {family} tests, found {len(tested)} p values")
    order = tested[np.argsort(array[tested])]
    adjusted, largest = array.copy(), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (size - rank) * array[index]))
        adjusted[index] = largest
    return [float(p) for p in adjusted]


def verdicts(tests: Sequence[SignedRank], significance: float = 0.05) -> list[Verdict]:
    """What a family of tests may claim of each first variant after Holm's correction.

    ``too few pairs`` where no outcome could have been significant in this family.
    """
    proportion(significance, "significance")
    adjusted = holm([test.p_value for test in tests])
    attainable = holm([test.smallest_p_value for test in tests])
    found: list[Verdict] = []
    for test, p, smallest in zip(tests, adjusted, attainable, strict=True):
        if smallest > significance:
            found.append("too few pairs")
        elif p > significance:
            found.append("not distinguishable")
        else:
            found.append("higher" if test.rank_biserial > 0 else "lower")
    return found


def fewest_pairs(significance: float = 0.05, family: int = 1) -> int:
    """Non-zero pairs from which a signed-rank test can be significant among ``family`` tests.

    The least n with family · 2^(1 - n) ≤ significance: 6 for one test at 0.05, 9 for ten. Raises
    `ValueError` for a significance outside (0, 1) or no tests.
    """
    if family < 1:
        raise ValueError(f"a family of {family} tests, expected 1 or more")
    return 1 + math.ceil(math.log2(family / proportion(significance, "significance")))
