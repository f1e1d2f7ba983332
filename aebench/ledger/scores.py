"""Scores by what was run: a setting is known by its values, defaults included, not by its name."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from aebench.configuration import Setting
from aebench.data import Array, Budget
from aebench.fit import compares_seeds
from aebench.registry import Entry, datasets, variants
from aebench.statistics import pseudo_values

NO_MATTER = ("steps", "compiled")
"""Of a budget: judged apart, or without effect on results."""
Effective = tuple[str, frozenset[tuple[str, Any]]]


class Scores:
    """The values of a tidy table (`aebench.comparison.scores`) of a plan's runs, by hardware, data
    set, setting and metric.
    """

    def __init__(self, plan: Mapping[str, Any], table: pd.DataFrame) -> None:
        self.hardware: list[str] = list(plan["hardware"])
        self.steps = {name: int(budget["steps"]) for name, budget in plan["budgets"].items()}
        self.changed = {name: changed for name in self.steps if (changed := _changed(plan, name))}
        """Data sets that were not run as they are by default, and how."""
        self._names: dict[tuple[str, str, Effective], str] = {}
        for run in plan["runs"]:
            place = run["hardware"], run["dataset"], _effective(run["variant"], run["values"])
            self._names.setdefault(place, run["setting"])
        self._values: dict[tuple[str, ...], dict[int, float]] = {}
        self._reasons: dict[tuple[str, ...], str] = {}
        columns = ["hardware", "dataset", "setting", "metric", "seed", "value", "reason"]
        for *where, metric, seed, value, reason in _rows(table, columns):
            place_of_metric = (*where, metric)
            if np.isfinite(value):
                self._values.setdefault(place_of_metric, {})[int(seed)] = float(value)
            elif reason:
                self._reasons.setdefault(place_of_metric, reason)

    def of(
        self, hardware: str, dataset: str, setting: Setting, metric: str
    ) -> dict[int, float] | str:
        """Values by seed, or why there are none: ``data: ...``."""
        place = hardware, dataset, _effective(setting.variant.name, setting.values)
        name = self._names.get(place)
        if name is None:
            return f"data: {setting.name} was not run on {dataset}"
        found = self._values.get((hardware, dataset, name, metric))
        if found:
            return found
        reasons = (self._reasons.get((hardware, dataset, name, m), "") for m in (metric, ""))
        reason = next(filter(None, reasons), "")
        said = f"data: {setting.name} has no {metric} on {dataset}"
        return f"{said} ({reason})" if reason else said

    def common(
        self, hardware: str, dataset: str, read: Iterable[tuple[Setting, Entry]]
    ) -> list[int]:
        """The seeds that all have a value."""
        found = (self.of(hardware, dataset, setting, metric.name) for setting, metric in read)
        seeds = [set() if isinstance(values, str) else set(values) for values in found]
        return sorted(set.intersection(*seeds))

    def values(
        self, hardware: str, dataset: str, setting: Setting, metric: Entry, seeds: Iterable[int]
    ) -> Array:
        """The values of these seeds, (seeds,), as an interval may take them: pseudo-values of a
        metric that compares seeds.
        """
        found = self.of(hardware, dataset, setting, metric.name)
        values = np.array([found[seed] for seed in seeds if not isinstance(found, str)])
        if compares_seeds(metric):
            values = pseudo_values(values)
        there: Array = values[np.isfinite(values)]
        return there

    def mean(self, hardware: str, dataset: str, setting: Setting, metric: str) -> float:
        """The mean over all seeds; NaN where there are none."""
        found = self.of(hardware, dataset, setting, metric)
        return float("nan") if isinstance(found, str) else float(np.mean(list(found.values())))


def _rows(table: pd.DataFrame, columns: list[str]) -> Iterable[tuple[Any, ...]]:
    # a column of a file where every cell is empty is read as numbers
    texts = table.reindex(columns=columns).astype({"value": float, "reason": object})
    return texts.fillna({"metric": "", "reason": ""}).itertuples(index=False, name=None)


def _changed(plan: Mapping[str, Any], dataset: str) -> str:
    """The settings, backbone and what of the budget changes results, but for its steps, of a data
    set where they are not its own.
    """
    asked = plan["configuration"]
    given = {n: v for entry in asked["datasets"] for n, v in entry.items()}
    own = vars(Budget(**datasets()[dataset].properties["budget"]))
    budget = plan["budgets"][dataset].items()
    changed = {n: v for n, v in budget if n not in NO_MATTER and v != own[n]}
    changed = {**given.get(dataset, {}), **changed, **asked["backbone"].get(dataset, {})}
    return ", ".join(f"{name} {value}" for name, value in changed.items())


def _effective(variant: str, values: Mapping[str, Any]) -> Effective:
    entry = variants().get(variant)
    defaults = {name: p.default for name, p in entry.settings.items()} if entry else {}
    return variant, frozenset((defaults | dict(values)).items())
