"""How the headline numbers of a report moved since an earlier one.

A headline number is the best setting's mean over seeds by a headline metric
(`aebench.summary.findings`). It is compared with the same setting's in the newest earlier report
that ran it alike: as much training, on the same splits, with the same backbone.

Two reports are two samples of seeds: the interval of the difference of their means is Welch's
(Biometrika 1947), which takes neither equal variances nor equal seeds for granted. It is one of
many in a table and not adjusted for that.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy import stats

from aebench.statistics import Interval, mean_interval
from aebench.summary import Finding, Score, findings

Content = dict[str, Any]
Verdict = Literal["better", "worse", "moved", "within its interval", "the same", "not tested"]
ALIKE = ("budget", "splits", "shape", "backbone")
"""What two reports must agree on of a data set for its numbers to be compared."""


ROUNDING = 1e-6
"""Share of a value below which a difference is the machine's arithmetic, not the code's."""


class Movement(NamedTuple):
    """From an earlier report to this one; ``change`` has the interval of the difference."""

    since: str
    """The earlier report's commit."""
    before: Interval
    change: Interval
    verdict: Verdict


class Headline(NamedTuple):
    """A headline number, its movement, and who led in the earlier report if another did."""

    finding: Finding
    movement: Movement | None
    led_before: str


def headlines(report: Content, earlier: Sequence[Content]) -> list[Headline]:
    """The headline numbers of a report, ``earlier`` ones given from new to old."""
    return [
        headline(report, finding, earlier)
        for dataset in report["datasets"]
        for kind in report["hardware"]
        for finding in of_place(report, dataset, kind)
    ]


def of_place(report: Content, dataset: str, hardware: str) -> list[Finding]:
    """The best by each headline metric on one data set and kind of hardware."""
    return findings(
        Score(**{name: known(entry[name]) for name in Score._fields} | {"rank": entry["rank"]})
        for entry in report["scores"]
        if (entry["dataset"], entry["hardware"]) == (dataset, hardware)
        and entry["mean"] is not None
    )


def known(value: Any) -> Any:
    """A value as tables have it: NaN for null."""
    return float("nan") if value is None else value


def headline(report: Content, finding: Finding, earlier: Sequence[Content]) -> Headline:
    """One headline number with its movement, if an earlier report has the same one."""
    best = finding.best
    after = values(report, best)
    for other in earlier:
        before = values(other, best) if alike(report, other, best.dataset) else []
        if before:
            better = report["metrics"][best.metric]["better"]
            leaders = of_place(other, best.dataset, best.hardware)
            led = "".join(f.best.setting for f in leaders if f.metric == best.metric)
            movement = moved(other, before, after, better)
            return Headline(finding, movement, led if led != best.setting else "")
    return Headline(finding, None, "")


def alike(report: Content, other: Content, dataset: str) -> bool:
    """Whether both ran a data set on the same splits, with the same backbone and budget."""
    first, second = (each["datasets"].get(dataset, {}) for each in (report, other))
    return all(name in second and first[name] == second[name] for name in ALIKE)


def values(report: Content, score: Score) -> list[float]:
    """The values per seed that a report has of the metric and setting of ``score``."""
    place = ("hardware", "dataset", "setting", "metric")
    return [
        value["value"]
        for entry in report["scores"]
        if all(entry[name] == getattr(score, name) for name in place)
        for value in entry["values"]
        if value["value"] is not None
    ]


def moved(other: Content, before: list[float], after: list[float], better: str) -> Movement:
    """The movement from values per seed ``before``, those of the report ``other``."""
    change = welch(before, after)
    said = "the same" if same(before, after) else verdict(change, better)
    return Movement(other["commit"], mean_interval(before), change, said)


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
