"""A change from some seeds' values to others', and whether it is more than their doubt.

Two reports are two samples of seeds: the interval of the difference of their means is Welch's
(Biometrika 1947), which takes neither equal variances nor equal seeds for granted. It is one of
many in a table and not adjusted for that.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy import stats

from aebench.report.devices import ROUNDING
from aebench.statistics import Interval

Verdict = (
    Literal["better", "worse", "moved", "within its interval", "the same", "not tested"]
    | Literal["failed", "not run"]
)


def welch(before: Sequence[float], after: Sequence[float], confidence: float = 0.95) -> Interval:
    """Mean of ``after`` less that of ``before``, with Welch's interval.

    The ends are NaN where either has fewer than two values; without any spread they are the change.
    """
    change = float(np.mean(after) - np.mean(before))
    if min(len(before), len(after)) < 2:
        return Interval(change, float("nan"), float("nan"))
    if np.ptp(before) == np.ptp(after) == 0:
        return Interval(change, change, change)
    found = stats.ttest_ind(after, before, equal_var=False).confidence_interval(confidence)
    return Interval(change, float(found.low), float(found.high))


def same(before: Sequence[float], after: Sequence[float]) -> bool:
    """Whether both are the same values, but for rounding."""
    return len(before) == len(after) and bool(np.allclose(before, after, rtol=ROUNDING, atol=0))


def verdict(change: Interval, better: str) -> Verdict:
    """Whether the interval of a change leaves zero out, and on which side."""
    if np.isnan(change.low):
        return "not tested"
    if change.low <= 0 <= change.high:
        return "within its interval"
    if better == "neither":
        return "moved"
    return "better" if (change.mean > 0) == (better == "higher") else "worse"
