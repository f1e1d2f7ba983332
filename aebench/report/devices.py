"""The same settings on the processor and on the GPU: what each costs, and whether scores differ."""

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from aebench.registry import metrics
from aebench.statistics import Interval, mean_interval
from aebench.summary import HEADLINES, INSTEAD, read_rows

KINDS = ("cpu", "cuda")
COSTS = (
    ("train_seconds", "train_throughput", "inference_throughput", "latency")
    + ("peak_memory", "peak_device_memory", "train_energy", "inference_energy")
)  # fmt: skip
QUALITY = (*HEADLINES, *INSTEAD)

Content = dict[str, Any]
Seeds = dict[int, float]


class Pair(NamedTuple):
    """A metric of a setting on both kinds: means over seeds (NaN where not measured), and over the
    seeds that both have, how many times better the GPU is and its score less the processor's.
    """

    metric: str
    cpu: float
    cuda: float
    gain: Interval
    difference: Interval

    @property
    def differs(self) -> bool:
        """Whether the interval of the difference leaves zero out."""
        return self.difference.low > 0 or self.difference.high < 0


def section(plan: Content, tables: Path) -> list[Content]:
    """For every data set and setting that ran on both kinds, ``costs`` and ``scores`` as pairs;
    empty where the plan has one kind of hardware.
    """
    if set(plan["hardware"]) != set(KINDS):
        return []
    of_costs = values(read_rows(tables / "costs.csv"), COSTS)
    of_scores = values(read_rows(tables / "scores.csv"), QUALITY)
    settings = dict.fromkeys((run["dataset"], run["setting"]) for run in plan["runs"])
    rows = [
        {
            "dataset": dataset,
            "setting": setting,
            "costs": pairs(of_costs, dataset, setting, COSTS),
            "scores": pairs(of_scores, dataset, setting, QUALITY),
        }
        for dataset, setting in settings
    ]
    return [row for row in rows if row["costs"]]


def values(rows: Iterable[Mapping[str, str]], names: Iterable[str]) -> dict[tuple[str, ...], Seeds]:
    """By (data set, setting, metric, kind) the score of each seed that has one."""
    found: dict[tuple[str, ...], Seeds] = {}
    wanted = set(names)
    for row in rows:
        if row["metric"] in wanted and row["value"]:
            where = row["dataset"], row["setting"], row["metric"], row["hardware"]
            found.setdefault(where, {})[int(row["seed"])] = float(row["value"])
    return found


def pairs(
    found: Mapping[tuple[str, ...], Seeds], dataset: str, setting: str, names: Iterable[str]
) -> list[Pair]:
    """The metrics that were measured on both kinds; of memory and energy, on either."""
    return [
        pair(name, *of_kinds)
        for name in names
        if any(of_kinds := [found.get((dataset, setting, name, kind), {}) for kind in KINDS])
        and (name in COSTS or all(of_kinds))
    ]


def pair(metric: str, cpu: Seeds, cuda: Seeds) -> Pair:
    """A metric's scores by seed on both kinds, compared seed by seed."""
    common = sorted(cpu.keys() & cuda.keys())
    higher = metrics()[metric].properties["better"] == "higher"
    gains = [(cuda[s] / cpu[s] if higher else cpu[s] / cuda[s]) for s in common if cpu[s] * cuda[s]]
    differences = _interval([cuda[seed] - cpu[seed] for seed in common])
    return Pair(metric, _mean(cpu), _mean(cuda), _interval(gains), differences)


def _mean(of_seeds: Seeds) -> float:
    return sum(of_seeds.values()) / len(of_seeds) if of_seeds else math.nan


def _interval(found: list[float]) -> Interval:
    return mean_interval(found) if found else Interval(math.nan, math.nan, math.nan)
