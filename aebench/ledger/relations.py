"""What a relation allows: differences over seeds, and whether their interval is within it."""

import math
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from aebench.configuration import Setting
from aebench.data import Array
from aebench.ledger.claims import Test
from aebench.statistics import Interval, mean_interval

Verdict = Literal["supported", "contradicted", "inconclusive"]
SIGNIFICANCE = 0.05


class Comparison(NamedTuple):
    """Values of two settings over common seeds, (seeds,), turned so that the first is claimed to be
    higher, and the differences that the claim allows for each seed: from ``least`` to ``most``
    (seeds,), these included unless ``strict``.
    """

    first: Array
    second: Array
    least: Array
    most: Array
    strict: bool = False

    def above(self, confidence: float = 1 - SIGNIFICANCE) -> Interval:
        """Student's t interval of how far the paired differences are above the least."""
        return mean_interval(list(self.first - self.second - self.least), confidence)

    def below(self, confidence: float = 1 - SIGNIFICANCE) -> Interval:
        """The same of how far they are below the most; infinite where there is none."""
        if not np.isfinite(self.most).all():
            return Interval(math.inf, math.inf, math.inf)
        return mean_interval(list(self.most - self.first + self.second), confidence)

    def interval(self) -> Interval:
        """The mean difference, with ends that lie from the mean least and most as far as the
        differences do from their own: a margin that is a share has doubt of its own.
        """
        least, above, below = float(self.least.mean()), self.above(), self.below()
        bounded = math.isfinite(below.mean)
        high = float(self.most.mean()) - below.low if bounded else least + above.high
        return Interval(least + above.mean, least + above.low, high)

    @property
    def room(self) -> float:
        """How far the mean difference is within what is allowed; negative outside."""
        return min(self.above().mean, self.below().mean)

    def holds(self) -> bool:
        """Whether the interval lies within what is allowed."""
        low = self.above().low
        return (low > 0 or (low == 0 and not self.strict)) and self.below().low >= 0

    def fails(self, confidence: float = 1 - SIGNIFICANCE) -> bool:
        """Whether the interval of that confidence lies outside."""
        high = self.above(confidence).high
        return high < 0 or (high == 0 and self.strict) or self.below(confidence).high < 0


def comparisons(test: Test, values: Sequence[Array]) -> Iterator[Comparison]:
    """What a test compares: ``values`` (seeds,) of its first settings, then of its second."""
    if test.relation == "monotone":
        for before, after in zip(values, values[1:], strict=False):
            pair = (after, before) if test.direction == "rises" else (before, after)
            yield _ahead(*pair, np.zeros_like(before), strict=True)
    elif test.relation in ("at_most", "at_least"):
        bound = np.full_like(values[0], test.bound)
        pair = (bound, values[0]) if test.relation == "at_most" else (values[0], bound)
        yield _ahead(*pair, np.zeros_like(bound))
    else:
        first, second = values
        margin = test.margin.of(second)
        if test.relation == "equal":
            yield Comparison(first, second, -margin, margin)
            return
        sign = -1 if test.metric.properties["better"] == "lower" else 1
        better = test.relation == "better"
        least = margin if better else -margin
        yield _ahead(sign * first, sign * second, least, strict=better)


def _ahead(first: Array, second: Array, least: Array, strict: bool = False) -> Comparison:
    """However far the first is above the second, but ``least`` (seeds,)."""
    return Comparison(first, second, least, np.full_like(least, math.inf), strict)


def count(test: Test) -> int:
    """How many comparisons a test makes."""
    return len(test.first) - 1 if test.relation == "monotone" else 1


def verdict(compared: Sequence[Comparison], family: int) -> Verdict:
    """Of a test, one of whose claim's ``family`` comparisons these are."""
    if any(comparison.fails(1 - SIGNIFICANCE / family) for comparison in compared):
        return "contradicted"
    return "supported" if all(comparison.holds() for comparison in compared) else "inconclusive"


def statement(test: Test, first: Sequence[Setting], second: Sequence[Setting]) -> str:
    """A test in words: ``qlae better than beta-tcvae``."""
    a, b = (side[0].name if len(side) == 1 else _variants(side) for side in (first, second))
    if test.second_metric is not test.metric:
        a, b = f"{test.metric.name} of {a}", f"{test.second_metric.name} of {b}"
    if test.relation == "monotone":
        return f"{test.direction} over {', '.join(setting.name for setting in first)}"
    if test.relation in ("at_most", "at_least"):
        return f"{a} {test.relation.replace('_', ' ')} {test.bound:g}"
    allowed = f"{100 * test.margin.value:g} %" if test.margin.relative else f"{test.margin.value:g}"
    least = f" by {allowed}" if test.margin.value else ""
    by = {
        "better": f"better than {b}{least}",
        "not_worse": f"not worse than {b} by more than {allowed}",
    }
    text = f"{a} {by.get(test.relation, f'equal to {b} within {allowed}')}"
    return f"{text}, at equal {test.matched.metric.name}" if test.matched else text


def _variants(settings: Sequence[Setting]) -> str:
    return " | ".join(dict.fromkeys(setting.variant.name for setting in settings))
