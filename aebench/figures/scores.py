"""Scores of one data set as figures read them: from each run's files, not from the tables."""

from dataclasses import dataclass, field

import numpy as np

from aebench.fit import compares_seeds, fits
from aebench.registry import datasets, metrics, variants
from aebench.results import DatasetResults, RunResults
from aebench.statistics import Interval, mean_interval, pseudo_values


@dataclass
class Score:
    """One metric of a setting on one hardware: a value per seed, which may compare it with the
    other seeds, and how many seeds gave none.
    """

    values: list[float] = field(default_factory=list)
    failed: int = 0
    compares_seeds: bool = False

    @property
    def interval(self) -> Interval:
        """Mean and 95 % interval over seeds."""
        if not self.compares_seeds:
            return mean_interval(self.values)
        values = pseudo_values(np.array(self.values))
        return mean_interval(list(values[np.isfinite(values)]))


Scores = dict[str, dict[tuple[str, str], Score]]
"""Metric to (setting, hardware) to score; only what fits together has an entry."""


def read(results: DatasetResults) -> Scores:
    """Every score of the data set, metrics in the registry's order and settings in the plan's."""
    found: Scores = {}
    dataset = datasets()[results.description.name]
    measured = [(run, values(run)) for run in results.runs]
    for name, metric in metrics().items():
        for run, of_run in measured:
            if metric.properties["group"] not in run.score_folders:
                continue
            if fits(metric, dataset, variants()[run.variant]):
                empty = Score(compares_seeds=compares_seeds(metric))
                score = found.setdefault(name, {}).setdefault((run.setting, run.hardware), empty)
                score.failed += name not in of_run
                score.values += [of_run[name]] if name in of_run else []
    return found


def values(run: RunResults) -> dict[str, float]:
    """What the run scored; a group that failed as a whole gave nothing."""
    found: dict[str, float] = {}
    for group in run.score_folders:
        found |= (run.scores(group) or {"values": {}})["values"]
    return found
