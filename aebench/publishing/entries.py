"""The scores of ``results.json``: an entry for each metric of a setting, numbers or why not."""

import math
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from aebench import registry
from aebench.fit import fits
from aebench.report.tables import may_be_infinite, perfect, settings
from aebench.summary import Score

Content = dict[str, Any]
Place = tuple[str, str, str, str]
"""Hardware, data set, setting, metric."""
PLACE = ("hardware", "dataset", "setting", "metric")
NUMBERS = ("mean", "low", "high", "rank", "p_value")
INFINITE = "the value is infinite: something came back exactly"


def scores(rows: list[dict[str, str]], summaries: Iterable[Score]) -> list[Content]:
    """One entry per setting and metric: the value of each seed, their mean, interval, standing.

    ``rows`` are those of ``scores.csv`` or ``costs.csv``, ``summaries`` those of its summary.
    """
    summary = {(s.hardware, s.dataset, s.setting, s.metric): s for s in summaries}
    whole: dict[tuple[str, ...], list[dict[str, str]]] = {}  # groups that failed as such
    measured: dict[Place, list[dict[str, str]]] = {}
    for row in rows:
        if row["metric"]:
            measured.setdefault(place_of(row), []).append(row)
        else:
            whole.setdefault(_group(row), []).append(row)
    entries = []
    for place, seeds in measured.items():
        first = seeds[0]
        values = [_value(row) for row in (*seeds, *whole.get(_group(first), []))]
        named = ("hardware", "dataset", "variant", "setting", "group", "metric")
        entries.append(
            {
                **{name: first[name] for name in named},
                "values": sorted(values, key=lambda value: int(value["seed"])),
                **_summary(summary.get(place), len(values)),
            }
        )
    return entries


def infinite(
    plan: Content, failures: list[dict[str, str]], measured: Collection[Place]
) -> list[Content]:
    """Entries, without a number, of the metrics that fit and are infinite for every seed: tables
    hold no such number (`aebench.measuring`), and no failure. ``measured`` have an entry already.
    """
    known, data = registry.variants(), registry.datasets()
    asked = {(run["dataset"], group) for run in plan["runs"] for group in run["scores"]}
    unbounded = [m for m in registry.metrics().values() if may_be_infinite(m)]
    counts = {"seeds": 0, "failed": 0, "best": False, "tied": False}
    entries = []
    for dataset in plan["datasets"]:
        for setting in settings(plan, dataset=dataset):
            for metric in unbounded:
                fitting = (dataset, metric.properties["group"]) in asked and fits(
                    metric, data[dataset], known[setting["variant"]]
                )
                for hardware in plan["hardware"] if fitting else ():
                    place = hardware, dataset, setting["setting"], metric.name
                    missed = perfect(metric, failures, dataset, setting["setting"], hardware)
                    if missed and place not in measured:
                        entries.append(
                            {
                                **dict(zip(PLACE, place, strict=True)),
                                "variant": setting["variant"],
                                "group": metric.properties["group"],
                                "values": [
                                    {"seed": seed, "value": None, "reason": INFINITE}
                                    for seed in plan["seeds"]
                                ],
                                **dict.fromkeys(NUMBERS),
                                **counts,
                                "missing": dict.fromkeys(NUMBERS, f"for every seed {INFINITE}"),
                            }
                        )
    return entries


def place_of(entry: Mapping[str, Any]) -> Place:
    """What an entry, or a row, is of."""
    hardware, dataset, setting, metric = (str(entry[name]) for name in PLACE)
    return hardware, dataset, setting, metric


def _group(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("hardware", "dataset", "setting", "group"))


def _value(row: dict[str, str]) -> Content:
    """One seed's value, or null and the reason."""
    value = float(row["value"] or "nan")
    if math.isfinite(value):
        return {"seed": int(row["seed"]), "value": value}
    reason = row["reason"] or f"the value is {value}"
    return {"seed": int(row["seed"]), "value": None, "reason": reason}


def _summary(score: Score | None, asked: int) -> Content:
    """Mean, 95 % interval and standing, null where there is none; ``missing`` says why. ``asked``
    is the number of seeds.
    """
    if score is None:
        nothing = dict.fromkeys(NUMBERS, "no seed gave a value")
        counts = {"seeds": 0, "failed": asked, "best": False, "tied": False}
        return {**dict.fromkeys(NUMBERS), **counts, "missing": nothing}
    why = {
        "mean": "a seed's value is not finite",
        "low": "one seed has no interval",
        "high": "one seed has no interval",
        "rank": _unranked(score),
        "p_value": _untested(score),
    }
    numbers = {name: getattr(score, name) for name in why}
    absent = [name for name, n in numbers.items() if n is None or not math.isfinite(n)]
    counts = {name: getattr(score, name) for name in ("seeds", "failed", "best", "tied")}
    missing = {name: why[name] for name in absent}
    return {**numbers, **dict.fromkeys(absent), **counts, "missing": missing}


def _unranked(score: Score) -> str:
    """Why a score has no rank."""
    return "its likelihood is not the data set's" if score.apart else "no direction is better"


def _untested(score: Score) -> str:
    """Why a score has no p value."""
    if score.rank is None:
        return _unranked(score)
    if score.best:
        return "it is the best, which the others are tested against"
    if score.failed:
        return "settings with failed seeds are not tested"
    return "a test takes two seeds and another setting"
