"""Where the numbers come from: code, machines, libraries and processor time, from the records."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aebench.files import read_json
from aebench.provenance import RECORD
from aebench.results import RunResults, runs

STEPS = {
    "train": "training",
    **dict.fromkeys(["encode", "learn_prior", "splice", "compress", "embed"], "encoding"),
    **dict.fromkeys(["time", "measure"], "measuring"),
}

Content = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One step of one run."""

    run: RunResults
    record: Content


def read_steps(plan: Content) -> list[Step]:
    """The record of every step of every run; of a step that several share, once."""
    steps = {folder: run for run in reversed(runs(plan)) for folder in reversed(run.folders)}
    return [Step(run, read_json(folder / RECORD)) for folder, run in reversed(steps.items())]


def origin(plan: Content, steps: list[Step], lock: Path | None) -> Content:
    """Code, machine and libraries behind the numbers: lists, for results may be of mixed origin."""
    records = [step.record for step in steps]
    return {
        "commits": _distinct(record["commit"] for record in records),
        "finished": max((step.record["finished"] for step in steps), default=0.0),
        "machines": _distinct(record["machine"] for record in records),
        "versions": _distinct(record["versions"] for record in records),
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest() if lock else None,
        "skipped": [f"{kind} skipped: none on this machine" for kind in plan["skipped_hardware"]],
    }


def time_by_step(plan: Content, steps: list[Step]) -> list[Content]:
    """CPU seconds of every kind of step, per data set and, last, in all."""
    rows = [
        {"name": name, **_seconds(step for step in steps if step.run.dataset == name)}
        for name in plan["datasets"]
    ]
    return [*rows, {"name": "all", **_seconds(steps)}]


def _seconds(steps: Iterable[Step]) -> dict[str, float]:
    seconds = dict.fromkeys(STEPS.values(), 0.0)
    for step in steps:
        seconds[STEPS[step.record["step"]]] += step.record["cpu_seconds"]
    return seconds


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found
