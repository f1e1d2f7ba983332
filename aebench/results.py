"""Read back what the runs of a plan left: for tables, figures and the report."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from safetensors import safe_open

from aebench.data import WATCHED, Array, Description
from aebench.files import read_json, read_tensors, reading
from aebench.provenance import RECORD


class Stored(Mapping[str, Array]):
    """Arrays by name in safetensors files, read when asked for: a figure wants few of many.

    Raises `aebench.files.Unreadable` for any other file.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        self._paths: dict[str, Path] = {}
        self._read: dict[str, Array] = {}
        for path in paths:
            with reading(path), safe_open(path, framework="numpy") as file:
                self._paths |= dict.fromkeys(file.keys(), path)

    def __getitem__(self, name: str) -> Array:
        if name not in self._read:
            path = self._paths[name]
            with reading(path), safe_open(path, framework="numpy") as file:
                self._read[name] = file.get_tensor(name)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@dataclass(frozen=True)
class RunResults:
    """One run's results, loaded when asked for."""

    hardware: str
    dataset: str
    variant: str
    setting: str
    values: dict[str, Any]
    seed: int
    data: Path
    train: Path
    artefact_folders: dict[str, Path]
    """By the step that leaves arrays there (`aebench.plan.Plan.artefact_folders`); the first of
    them is there for every run of a data set.
    """
    score_folders: dict[str, Path]
    embed: Path | None = None
    """Where features of its samples lie, if it has such."""

    @cached_property
    def record(self) -> dict[str, Any]:
        """The training's record; ``status`` is ``completed`` or ``failed``."""
        return dict(read_json(self.train / RECORD))

    @property
    def has_artefacts(self) -> bool:
        """Whether training and what follows it both worked."""
        return self._completed(next(iter(self.artefact_folders.values())))

    def _completed(self, folder: Path) -> bool:
        return bool(read_json(folder / RECORD)["status"] == "completed")

    @cached_property
    def artefacts(self) -> Mapping[str, Array]:
        """See `aebench.encoding.artefacts`, `aebench.timing.costs`, `aebench.code_prior.artefacts`
        of discrete codes and `aebench.compressing.artefacts` of codecs.
        """
        folders = self.artefact_folders.values()
        return Stored(f / "artefacts.safetensors" for f in folders if self._completed(f))

    def matrix(self, group: str, name: str) -> Array | None:
        """An array that a metric of the group left for figures; none where it failed."""
        folder = self.score_folders.get(group)
        path = folder / "matrices.safetensors" if folder else None
        if path is None or not path.is_file() or not path.stat().st_size:
            return None
        return read_tensors(path).get(name)

    def scores(self, group: str) -> dict[str, dict[str, Any]] | None:
        """``values`` and ``failures`` of the group's metrics; none where it failed as a whole."""
        folder = self.score_folders[group]
        if read_json(folder / RECORD)["status"] == "failed":
            return None
        return dict(read_json(folder / "scores.json"))

    @cached_property
    def history(self) -> list[dict[str, float]]:
        """Rows of the training curve: ``step`` and each loss term in nats per sample."""
        return [
            {name: value for name, value in row.items() if not name.startswith(WATCHED)}
            for row in self._history
        ]

    @cached_property
    def usage(self) -> list[dict[str, float]]:
        """Rows of what else training watched, by ``step``; empty where it did not."""
        watched = [name for name in self._history[0] if name.startswith(WATCHED)]
        names = {"step": "step", **{name: name.removeprefix(WATCHED) for name in watched}}
        rows = self._history if watched else []
        return [{name: row[column] for column, name in names.items()} for row in rows]

    @cached_property
    def _history(self) -> list[dict[str, float]]:
        with (self.train / "history.csv").open() as file:
            return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(file)]

    @property
    def folders(self) -> list[Path]:
        """The folder of every step, each with a record."""
        embedded = [self.embed] if self.embed else []
        steps = [self.train, *self.artefact_folders.values(), *embedded]
        return [*steps, *self.score_folders.values()]


@dataclass(frozen=True)
class DatasetResults:
    """One data set with all its runs, in the plan's order."""

    description: Description
    arrays: Mapping[str, Array]
    runs: list[RunResults]
    codecs: dict[str, Any] = field(default_factory=dict)
    """What the classical codecs reach, where they were measured (`scripts.measure_codecs`)."""

    @property
    def settings(self) -> list[str]:
        """Settings' names, in the plan's order."""
        return list(dict.fromkeys(run.setting for run in self.runs))

    @property
    def hardware(self) -> list[str]:
        """Kinds of hardware, in the plan's order."""
        return list(dict.fromkeys(run.hardware for run in self.runs))

    def trained(self, setting: str | None = None) -> list[RunResults]:
        """Runs whose training worked, or those of a setting."""
        return [
            run
            for run in self.runs
            if setting in (None, run.setting) and run.record["status"] == "completed"
        ]

    def other_seeds(self, run: RunResults) -> list[RunResults]:
        """Runs that worked of the same setting and hardware as ``run``, but of another seed."""
        return [
            other
            for other in self.runs
            if (other.setting, other.hardware) == (run.setting, run.hardware)
            and other.seed != run.seed
            and other.has_artefacts
        ]

    def shown(self, setting: str | None = None) -> list[RunResults]:
        """The run each picture shows: per setting and hardware the first seed that worked, among
        those on the split whose `arrays` these are.
        """
        first: dict[tuple[str, str], RunResults] = {}
        for run in self.runs:
            same_split = run.data == self.runs[0].data
            if setting in (None, run.setting) and same_split and run.has_artefacts:
                first.setdefault((run.setting, run.hardware), run)
        return list(first.values())


def runs(plan: dict[str, Any], dataset: str | None = None) -> list[RunResults]:
    """The plan's runs, or those on one data set."""
    return [
        RunResults(
            run["hardware"],
            run["dataset"],
            run["variant"],
            run["setting"],
            run["values"],
            run["seed"],
            Path(run["data"]),
            Path(run["train"]),
            {step: Path(folder) for step, folder in run["artefacts"].items()},
            {group: Path(folder) for group, folder in run["scores"].items()},
            Path(run["embed"]) if run.get("embed") else None,
        )
        for run in plan["runs"]
        if dataset in (None, run["dataset"])
    ]


def of_dataset(plan: dict[str, Any], dataset: str) -> DatasetResults:
    """One data set's description, arrays and runs."""
    prepared = Path(plan["datasets"][dataset])
    description = Description(**read_json(prepared / "data.json"))
    arrays = Stored([prepared / "data.safetensors"])
    folder = plan.get("codecs", {}).get(dataset)
    codecs = read_json(Path(folder) / "codecs.json") if folder else {}
    return DatasetResults(description, arrays, runs(plan, dataset), codecs)
