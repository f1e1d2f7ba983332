"""What a job asks of a cluster: memory and time, from what finished jobs took.

`job_sizes.csv`, beside this file, holds what the slowest and the largest job of a kind took;
``scripts/size_jobs.py`` makes it from any results folder. A request is

    time   = SLACK_TIME · measured · planned work / measured work · 2^(attempt − 1)
    memory = SLACK_MEMORY · measured · max(1, planned samples / measured samples) · 2^(attempt − 1)

where work is optimiser steps for what is trained and samples otherwise. What was never measured
takes the median time and the most memory of what is most like it: the data set's other variants,
the other data sets, the same on the CPU; or else `UNMEASURED`.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields, replace
from functools import cache
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from aebench.data import PRIOR_STEPS
from aebench.files import read_json, write_text
from aebench.provenance import RECORD

TABLE = Path(__file__).with_suffix(".csv")
TRAINED = ("train", "prior")
"""Steps whose time grows with the budget and depends on the variant."""
SLACK_TIME = 3.0
SLACK_MEMORY = 1.5
LEAST_MINUTES = 10
LEAST_MEGABYTES = 1000
"""Of Python with torch and scikit-learn, 400 and more."""


@dataclass(frozen=True)
class JobSize:
    """What the jobs of a kind took at most.

    ``step`` is the step or the metric group; ``variant`` is empty where it matters little;
    ``steps`` of the budget, ``samples`` of all splits together, and ``megabytes`` are 0 where that
    is not known.
    """

    hardware: str
    step: str
    dataset: str
    variant: str
    steps: int
    samples: int
    seconds: float
    megabytes: float

    def work(self) -> int:
        """What time grows with: steps of what is trained, samples otherwise."""
        if self.step == "prior":
            return min(self.steps, PRIOR_STEPS)
        return self.steps if self.step in TRAINED else self.samples

    def minutes_asked(self, steps: int, samples: int, attempt: int = 1) -> int:
        """Whole minutes to ask for."""
        planned = replace(self, steps=steps, samples=samples)
        minutes = SLACK_TIME * self.seconds * ratio(planned.work(), self.work()) / 60
        return int(max(LEAST_MINUTES, ceil(minutes)) * 2 ** (attempt - 1))

    def megabytes_asked(self, samples: int, attempt: int = 1) -> int:
        """Megabytes (2²⁰ bytes) to ask for."""
        grown = self.megabytes * max(1.0, ratio(samples, self.samples))
        megabytes = SLACK_MEMORY * (grown or UNMEASURED.megabytes)
        return int(max(LEAST_MEGABYTES, ceil(megabytes)) * 2 ** (attempt - 1))


UNMEASURED = JobSize("", "", "", "", 0, 0, seconds=1200, megabytes=2700)
"""An hour and 4 GB are asked for what nothing is known of."""


def ratio(planned: int, measured: int) -> float:
    """How many times as large as measured; 1 where one of them is not known."""
    return planned / measured if planned and measured else 1.0


def read(path: Path = TABLE) -> list[JobSize]:
    """The table's rows. Raises `FileNotFoundError` where there is none."""
    with path.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return [
        JobSize(kind, step, dataset, variant, int(steps), int(samples), float(time), float(memory))
        for kind, step, dataset, variant, steps, samples, time, memory in rows
    ]


def write(sizes: Iterable[JobSize], path: Path = TABLE) -> None:
    """Write the table, sorted."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(JobSize)])
    writer.writerows(sorted(map(astuple, sizes)))
    write_text(path, text.getvalue())


class JobSizes:
    """The table as a plan asks it."""

    def __init__(self, sizes: Iterable[JobSize]) -> None:
        self.sizes = list(sizes)
        self.find = cache(self._find)

    @classmethod
    def read(cls) -> "JobSizes":
        """The table that comes with the package."""
        return cls(read())

    def _find(self, hardware: str, step: str, dataset: str, variant: str) -> JobSize:
        """The kind itself, or what stands for it."""
        variant = variant if step in TRAINED else ""
        of_step = [size for size in self.sizes if size.step == step]
        for kind in (hardware, "cpu"):
            here = [size for size in of_step if size.hardware == kind]
            of_dataset = [size for size in here if size.dataset == dataset]
            own = [size for size in of_dataset if size.variant == variant]
            same_variant = [size for size in here if size.variant == variant]
            for like in (own, of_dataset, same_variant, here):
                if like:
                    return typical(like)
        return UNMEASURED


def typical(sizes: list[JobSize]) -> JobSize:
    """The median time, each for the first one's work, and the most memory."""
    first = sizes[0]
    seconds = median(size.seconds * ratio(first.work(), size.work()) for size in sizes)
    return replace(first, seconds=seconds, megabytes=max(size.megabytes for size in sizes))


def measured(results: Path) -> list[JobSize]:
    """The size of every kind of job whose records lie below a results folder.

    CPU seconds of what runs on the CPU, where each job is one thread: other jobs beside it do not
    change them. Seconds of wall clock otherwise. Failed jobs do not count.
    """
    largest: dict[tuple[str, str, str, str], JobSize] = {}
    samples = {folder.name: sample_count(folder) for folder in results.glob("data/*")}
    for path in sorted(results.glob(f"*/*/*/seed-*/*/{RECORD}")):
        record = read_json(path)
        if record["status"] == "completed":
            size = of_job(path.parent, record, samples)
            kind = (size.hardware, size.step, size.dataset, size.variant)
            largest[kind] = larger(size, largest.get(kind, size))
    return list(largest.values())


def of_job(folder: Path, record: Mapping[str, Any], samples: Mapping[str, int]) -> JobSize:
    """The size of the job that left ``<hardware>/<dataset>/<setting>/seed-<n>/<step>-<key>``."""
    hardware, dataset = folder.parts[-5:-3]
    step = folder.name.rpartition("-")[0]
    training = folder if step == "train" else next(folder.parent.glob("train-*"), folder)
    trained = read_json(training / RECORD) if step in TRAINED else {}
    cost = folder / "cost.json"
    held = read_json(cost).get("peak_memory_bytes", 0) if cost.exists() else 0
    return JobSize(
        hardware,
        step,
        dataset,
        trained.get("variant", ""),
        trained.get("budget", {}).get("steps", 0),
        samples.get(dataset, 0),
        round(record["cpu_seconds" if hardware == "cpu" else "seconds"], 1),
        round(record.get("peak_memory_bytes", held) / 2**20),
    )


def larger(one: JobSize, other: JobSize) -> JobSize:
    """The slower for its work, with the larger memory of both."""
    slower = max(one, other, key=lambda size: size.seconds / (size.work() or 1))
    return replace(slower, megabytes=max(one.megabytes, other.megabytes))


def sample_count(dataset: Path) -> int:
    """Samples of all splits of a prepared data set; the most where it was prepared twice."""
    from safetensors import safe_open

    counts = [0]
    for path in dataset.glob("*/data.safetensors"):
        with safe_open(path, framework="numpy") as file:
            inputs = [name for name in file.keys() if name.endswith("_inputs")]  # noqa: SIM118
            counts.append(sum(file.get_slice(name).get_shape()[0] for name in inputs))
    return max(counts)


def planned_samples(splits: Mapping[str, int], settings: Mapping[str, Any]) -> int:
    """Samples of all splits together, which a data set's settings of the same names can change."""
    return sum(int(settings.get(name, count)) for name, count in splits.items())
