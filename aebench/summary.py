"""What a run of the benchmark found, in a few lines, without waiting for pandas."""

import csv
import shutil
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

from aebench.files import REPORT
from aebench.registry import metrics
from aebench.report.formatting import quantity, readable

HEADLINES = ("psnr", "ssim", "linear_probe_accuracy", "mig")
"""Metrics that stand for a data set's results where there is no room for all."""
INSTEAD = ("mse", "reconstruction_auroc")
"""Those of data sets of other kinds than images, beside the ones of `HEADLINES` that they have."""
MOST_LINES = 10
UNWRITABLE = "{} cannot be written ({}): make room, or have it made yours, and run this again."
MOST_LOGS = 3
FULL_BYTES = 10_000_000
"""Free on a disk, below which it is taken to be full."""
FULL = "The disk of {} is full ({:.1f} MB left): make room on it first."
NOT_FINISHED = (
    "Not finished. What is done is kept. Mend what the logs name, then run the same command again: "
    "it does the rest."
)
OCCUPIED = (
    "Another benchmark runs in this folder; nothing was done. Wait until it ends, or end it, and "
    "run the same command again."
)


class Score(NamedTuple):
    """A row of the summary tables; see `aebench.comparison.summary`."""

    hardware: str
    dataset: str
    variant: str
    setting: str
    group: str
    metric: str
    mean: float
    low: float
    high: float
    seeds: int
    failed: int
    rank: int | None
    p_value: float
    best: bool
    tied: bool

    @property
    def apart(self) -> bool:
        """Whether others have a rank and it has none: a density of another likelihood than the data
        set's.
        """
        return self.rank is None and metrics()[self.metric].properties["better"] != "neither"


class Finding(NamedTuple):
    """The best setting by one metric, and the settings not significantly worse."""

    metric: str
    best: Score
    tied: list[Score]
    tested: bool
    """Whether there were seeds enough for a test."""
    others: int
    """How many others were compared: all but those with failed seeds."""


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def read_scores(path: Path) -> list[Score]:
    """The rows of ``scores-summary.csv`` or ``costs-summary.csv``."""
    return [
        Score(
            hardware=row["hardware"],
            dataset=row["dataset"],
            variant=row["variant"],
            setting=row["setting"],
            group=row["group"],
            metric=row["metric"],
            mean=float(row["mean"]),
            low=float(row["low"] or "nan"),
            high=float(row["high"] or "nan"),
            seeds=int(row["seeds"]),
            failed=int(row["failed"]),
            rank=int(float(row["rank"])) if row["rank"] else None,
            p_value=float(row["p_value"] or "nan"),
            best=row["best"] == "True",
            tied=row["tied"] == "True",
        )
        for row in read_rows(path)
    ]


def findings(scores: Iterable[Score]) -> list[Finding]:
    """The best by each headline metric, of one data set on one hardware."""
    table = list(scores)
    found = []
    measured = {score.metric for score in table}
    for metric in HEADLINES if HEADLINES[0] in measured else (*INSTEAD, *HEADLINES):
        compared = [score for score in table if score.metric == metric]
        tied = [score for score in compared if score.tied]
        tested = any(score.p_value == score.p_value for score in compared)
        others = sum(not score.best and not score.failed for score in compared)
        found += [Finding(metric, s, tied, tested, others) for s in compared if s.best]
    return found


def lines(plan: dict[str, Any], tables: Path, usage: dict[str, Any] | None) -> list[str]:
    """At most ten lines: what was best on each data set, what failed, how long it took."""
    end = [_failures(read_rows(tables / "failures.csv"))]
    if usage:
        end.append(_time(usage))
    end.append(f"report: {REPORT / 'index.html'}")
    return [*_best(plan, read_scores(tables / "scores-summary.csv"), MOST_LINES - len(end)), *end]


def _best(plan: dict[str, Any], scores: list[Score], room: int) -> list[str]:
    """A line per data set and headline metric, or per data set where those are too many."""
    found = {
        (dataset, kind): findings(s for s in scores if (s.hardware, s.dataset) == (kind, dataset))
        for dataset in plan["datasets"]
        for kind in plan["hardware"]
    }
    names = {place: _place(*place, len(plan["hardware"])) for place in found}
    if sum(map(len, found.values())) <= room:
        return [
            f"{names[place]}: best {_finding(each)}{_standing(each)}"
            for place, of_place in found.items()
            for each in of_place
        ]
    short = [
        f"{names[place]}: best {'; '.join(map(_finding, of_place))}"
        for place, of_place in found.items()
        if of_place
    ]
    rest = len(short) - room
    return short if rest <= 0 else [*short[: room - 1], f"and {rest + 1} more in the report"]


def _place(dataset: str, hardware: str, kinds: int) -> str:
    return f"{dataset} on {hardware}" if kinds > 1 else dataset


def _finding(finding: Finding) -> str:
    mean, half = quantity(finding.best.mean, finding.best.low, finding.best.high)
    interval = f" ±{half}" if half else ""
    return f"{readable(finding.metric)} {mean}{interval} by {finding.best.setting}"


def _standing(finding: Finding) -> str:
    if not finding.tested:
        return " (one seed: no test)"
    return f" ({len(finding.tied)} of {finding.others} others tied)"


def _failures(rows: list[dict[str, str]]) -> str:
    if not rows:
        return "failures: none"
    first = rows[0]
    what = f" {first['metric']}" if first["metric"] else ""
    where = f"{first['setting']} on {first['dataset']}, seed {first['seed']}, {first['step']}{what}"
    return f"failures: {len(rows)}, the first: {where}: {first['reason']}"


def _time(usage: dict[str, Any]) -> str:
    wall, cpu, productive = (
        float(usage[name]) for name in ("wall_seconds", "cpu_seconds", "productive_cpu_seconds")
    )
    share = 100 * productive / cpu if cpu else 0
    return (
        f"time: {wall:.0f} s wall, {cpu:.0f} s CPU, {share:.0f} % of it in training, encoding and "
        "measuring"
    )


def unfinished(results: Path, logs: list[Path]) -> list[str]:
    """What stopped jobs that left no result, by their ``logs``, and what to do."""
    said = [line for log in logs[:MOST_LOGS] for line in [f"{log}:", *_end(log)]]
    rest = len(logs) - MOST_LOGS
    free = shutil.disk_usage(results).free
    return [
        *said,
        *([f"and {rest} jobs more"] if rest > 0 else []),
        *([FULL.format(results.resolve(), free / 1e6)] if free < FULL_BYTES else []),
        NOT_FINISHED,
    ]


def _end(log: Path) -> list[str]:
    """How a log ends: the error and what is said of it, without where it came from."""
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    end = takewhile(lambda line: not line.startswith((" ", "Traceback")), reversed(lines))
    return [f"  {line}" for line in reversed([*end][:MOST_LINES])] or ["  (nothing)"]
