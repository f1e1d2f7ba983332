"""How the headline numbers of a report moved since an earlier one.

A headline number is the best setting's mean over seeds by a headline metric
(`aebench.summary.findings`). It is compared with the same setting's in the newest earlier report
that ran it alike: as much training, on the same splits, with the same backbone. Whoever led before
is followed too, so that no setting loses its lead unseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from aebench.publishing.changes import Verdict, same, verdict, welch
from aebench.statistics import Interval, mean_interval
from aebench.summary import HEADLINES, INSTEAD, Score, findings

Content = dict[str, Any]
Place = tuple[str, str, str]
"""Data set, hardware, metric."""
Role = Literal["best", "led before", "nobody"]
FOLLOWED = (*HEADLINES, *INSTEAD)
"""Metrics that can be headlines."""
ALIKE = ("budget", "splits", "shape", "backbone")
"""What two reports must agree on of a data set for its numbers to be compared."""
UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class Report:
    """What ``results.json`` holds of a report, and the name of its folder on the site."""

    content: Content
    folder: str

    @cached_property
    def scores(self) -> dict[Place, dict[str, Content]]:
        """By place and setting the entries of the metrics that can be headlines."""
        found: dict[Place, dict[str, Content]] = {}
        for entry in self.content["scores"]:
            if entry["metric"] in FOLLOWED:
                place = entry["dataset"], entry["hardware"], entry["metric"]
                found.setdefault(place, {})[entry["setting"]] = entry
        return found

    @cached_property
    def leaders(self) -> dict[Place, str]:
        """The best setting by each headline metric, where one has a value from every seed."""
        tables: dict[tuple[str, str], list[Score]] = {}
        for (dataset, hardware, _), of_settings in self.scores.items():
            tables.setdefault((dataset, hardware), []).extend(
                score(entry) for entry in of_settings.values() if entry["mean"] is not None
            )
        return {
            (*where, found.metric): found.best.setting
            for where, table in tables.items()
            for found in findings(table)
        }

    def failed(self, place: Place, setting: str = "") -> bool:
        """Whether anything failed of a place's data set on its hardware, or of a setting there."""
        return any(
            (row["dataset"], row["hardware"]) == place[:2] and setting in ("", row["setting"])
            for row in self.content["failures"]
        )


class Movement(NamedTuple):
    """From an earlier report to this one; ``change`` has the interval of the difference, NaN where
    this one has no value.
    """

    since: str
    """The earlier report's folder."""
    before: Interval
    seeds: int
    """Values in ``before``, and how many were asked for."""
    asked: int
    change: Interval
    verdict: Verdict


class Headline(NamedTuple):
    """One row: the best setting, the one that led before it, or that nobody leads (``setting`` is
    empty then).
    """

    place: Place
    role: Role
    setting: str
    entry: Content | None
    """Of ``results.json``; none where the setting has no value here."""
    movement: Movement | None
    failed: bool
    """Whether anything failed of the data set here, or of the setting."""
    about: Content
    """The metric's properties."""


def headlines(report: Report, earlier: Sequence[Report]) -> list[Headline]:
    """The headline numbers of a report, ``earlier`` ones given from new to old."""
    found = []
    for dataset in report.content["datasets"]:
        before = [other for other in earlier if alike(report, other, dataset)]
        for hardware in report.content["hardware"]:
            images = (dataset, hardware, HEADLINES[0]) in report.leaders
            for metric in HEADLINES if images else (*INSTEAD, *HEADLINES):
                found += of_place(report, before, (dataset, hardware, metric))
    return found


def of_place(report: Report, earlier: Sequence[Report], place: Place) -> list[Headline]:
    """The rows of one metric: who is best and, if that was another, who led before."""
    best = report.leaders.get(place, "")
    led = next((other.leaders[place] for other in earlier if place in other.leaders), "")
    if not (best or led):
        return []
    known = (each.content["metrics"] for each in (report, *earlier))
    about = next(metrics[place[2]] for metrics in known if place[2] in metrics)

    def row(role: Role, setting: str) -> Headline:
        entry = report.scores.get(place, {}).get(setting)
        entry = entry if entry and entry["mean"] is not None else None
        movement = followed(report, earlier, place, setting, about["better"])
        failed = report.failed(place, setting)
        return Headline(place, role, setting, entry, movement, failed, about)

    first = row("best" if best else "nobody", best)
    return [first, row("led before", led)] if led not in ("", best) else [first]


def followed(
    report: Report, earlier: Sequence[Report], place: Place, setting: str, better: str
) -> Movement | None:
    """A setting's movement since the newest report of ``earlier`` that has a value of it."""
    after = values(report, place, setting)
    for other in earlier:
        if before := values(other, place, setting):
            entry = other.scores[place][setting]
            asked = entry["seeds"] + entry["failed"]
            change = welch(before, after) if after else UNKNOWN
            if not after:
                said: Verdict = "failed" if report.failed(place, setting) else "not run"
            else:
                said = "the same" if same(before, after) else verdict(change, better)
            return Movement(other.folder, mean_interval(before), len(before), asked, change, said)
    return None


def score(entry: Content) -> Score:
    """An entry of ``results.json`` as tables have it: NaN for null, but for the rank."""
    known = {name: entry[name] for name in Score._fields}
    nan = {name: float("nan") for name, value in known.items() if value is None}
    return Score(**{**known, **nan, "rank": entry["rank"]})


def alike(report: Report, other: Report, dataset: str) -> bool:
    """Whether both ran a data set on the same splits, with the same backbone and budget."""
    first, second = (each.content["datasets"].get(dataset, {}) for each in (report, other))
    return all(name in second and first[name] == second[name] for name in ALIKE)


def values(report: Report, place: Place, setting: str) -> list[float]:
    """The values per seed that a report has of a setting."""
    entry = report.scores.get(place, {}).get(setting, {"values": []})
    return [each["value"] for each in entry["values"] if each["value"] is not None]
