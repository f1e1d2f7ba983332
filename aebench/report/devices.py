"""The same settings on the processor and on the GPU: what each costs, and whether scores differ."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from aebench.registry import metrics
from aebench.report.pairs import Values
from aebench.statistics import Interval, mean_interval
from aebench.summary import HEADLINES, INSTEAD

KINDS = ("cpu", "cuda")
COSTS = (
    ("train_throughput", "inference_throughput", "latency")
    + ("peak_memory", "peak_device_memory", "train_energy", "inference_energy")
)  # fmt: skip
"""Of these, times are taken alone on the machine."""
QUALITY = (*HEADLINES, *INSTEAD)
ROUNDING = 1e-6
"""Share of a value below which a difference is the machine's arithmetic, not the code's."""

Content = dict[str, Any]
Seeds = Mapping[int, float]


class Pair(NamedTuple):
    """A metric of a setting on both kinds, over the seeds that both have: means, how many times
    better the GPU is (geometric mean) and its score less the processor's. What one kind alone has
    is the mean over its own seeds, NaN is where it has none.
    """

    metric: str
    cpu: float
    cuda: float
    gain: Interval
    difference: Interval
    failed: Sequence[str] = ()
    """Kinds on which it has no score because it failed."""

    @property
    def rounding(self) -> bool:
        """Whether the difference is what other arithmetic of the machine leaves."""
        most = max(abs(self.cpu), abs(self.cuda))
        return abs(self.difference.mean) <= ROUNDING * most

    @property
    def differs(self) -> bool:
        """Whether the interval of the difference leaves zero out, by more than rounding."""
        return (self.difference.low > 0 or self.difference.high < 0) and not self.rounding


def section(
    plan: Content, values: Values, failures: Iterable[Mapping[str, str]] = ()
) -> list[Content]:
    """For every data set and setting that ran on both kinds, ``costs`` and ``scores`` as pairs;
    empty where the plan has one kind of hardware. ``failures`` are rows of failures.csv.
    """
    if set(plan["hardware"]) != set(KINDS):
        return []
    known = {
        tuple(row[n] for n in ("dataset", "setting", "hardware", "metric")) for row in failures
    }
    settings = dict.fromkeys((run["dataset"], run["setting"]) for run in plan["runs"])
    rows = [
        {
            "dataset": dataset,
            "setting": setting,
            "costs": pairs(values, known, dataset, setting, COSTS),
            "scores": pairs(values, known, dataset, setting, QUALITY),
        }
        for dataset, setting in settings
    ]
    return [row for row in rows if row["costs"]]


def pairs(
    values: Values,
    failures: set[tuple[str, ...]],
    dataset: str,
    setting: str,
    names: Iterable[str],
) -> list[Pair]:
    """The metrics that were measured on both kinds, or failed on one; of memory and energy, those
    on either. ``failures`` are (data set, setting, hardware, metric or nothing for all).
    """
    found = []
    for name in names:
        seeds = [values.get((dataset, kind, name), {}).get(setting, {}) for kind in KINDS]
        failed = [
            kind
            for kind, of_kind in zip(KINDS, seeds, strict=True)
            if not of_kind and failures & {(dataset, setting, kind, each) for each in (name, "")}
        ]
        if all(seeds) or (any(seeds) and (failed or name in COSTS)):
            found.append(pair(name, *seeds)._replace(failed=failed))
    return found


def pair(metric: str, cpu: Seeds, cuda: Seeds) -> Pair:
    """A metric's scores by seed on both kinds, compared seed by seed."""
    common = sorted(cpu.keys() & cuda.keys())
    higher = metrics()[metric].properties["better"] == "higher"
    gains = [(cuda[s] / cpu[s] if higher else cpu[s] / cuda[s]) for s in common if cpu[s] * cuda[s]]
    return Pair(
        metric,
        _mean([cpu[seed] for seed in common or cpu]),
        _mean([cuda[seed] for seed in common or cuda]),
        # of logarithms: no end of the interval of a ratio is below zero
        Interval(*map(math.exp, _interval([math.log(gain) for gain in gains if gain > 0]))),
        _interval([cuda[seed] - cpu[seed] for seed in common]),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def _interval(values: Sequence[float]) -> Interval:
    return mean_interval(values) if values else Interval(math.nan, math.nan, math.nan)
