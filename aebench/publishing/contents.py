"""What ``results.json`` holds: everything a report says, in a form for programs.

``results.schema.json`` beside this file is its contract. A number that is not finite is null, and
``missing`` (or ``reason``, of one seed) says why.
"""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from aebench import registry
from aebench.files import read_json
from aebench.report.origin import origin, read_steps
from aebench.report.tables import settings
from aebench.summary import Score, read_rows, read_scores

VERSION = "urn:aebench:results:1"
"""The schema's identifier; the number rises when a reader of the last one could not go on."""
SCHEMA = Path(__file__).with_name("results.schema.json")
MODIFIED = "-modified"
"""How `aebench.provenance.commit` ends where files differed from the commit."""
PROPERTIES = ("group", "better", "unit", "value_range", "source")

Content = dict[str, Any]
Place = tuple[str, str, str, str]
"""Hardware, data set, setting, metric."""


def contents(plan: Content, tables: Path, lock: Path | None) -> Content:
    """Everything, as JSON holds it. Raises `FileNotFoundError` where the plan is not run whole."""
    came_from = origin(plan, steps := read_steps(plan), lock)
    newest = max(steps, key=lambda step: step.record["finished"]).record
    measured = [
        entry
        for kind in ("scores", "costs")
        for entry in scores(
            read_rows(tables / f"{kind}.csv"), read_scores(tables / f"{kind}-summary.csv")
        )
    ]
    return {
        "schema": VERSION,
        "commit": plan.get("commit", newest["commit"]),
        "commits": came_from["commits"],
        "finished": came_from["finished"],
        "lock_sha256": came_from["lock"],
        "machines": came_from["machines"],
        "versions": came_from["versions"],
        "hardware": plan["hardware"],
        "skipped_hardware": plan["skipped_hardware"],
        "seeds": plan["seeds"],
        "datasets": {
            name: {
                **read_json(Path(folder) / "data.json"),
                "budget": plan["budgets"][name],
            }
            for name, folder in plan["datasets"].items()
        },
        "settings": [described(setting) for setting in settings(plan)],
        "metrics": metrics({entry["metric"] for entry in measured}),
        "scores": measured,
        "failures": [
            {**row, "seed": int(row["seed"])} for row in read_rows(tables / "failures.csv")
        ],
    }


def check(content: Content) -> None:
    """Raise `jsonschema.ValidationError` where ``content`` is not as the schema has it."""
    Draft202012Validator(read_json(SCHEMA)).validate(content)


def described(setting: Content) -> Content:
    """A setting with its variant's title, family and paper."""
    properties = registry.variants()[setting["variant"]].properties
    about = {name: properties[name] for name in ("title", "family", "paper")}
    return {**{name: setting[name] for name in ("setting", "variant", "values")}, **about}


def metrics(names: Iterable[str]) -> dict[str, Content]:
    """What each metric is, in the registry's order."""
    wanted = set(names)
    return {
        name: {**{key: metric.properties[key] for key in PROPERTIES}, "meaning": metric.summary}
        for name, metric in registry.metrics().items()
        if name in wanted
    }


def scores(rows: list[dict[str, str]], summaries: Iterable[Score]) -> list[Content]:
    """One entry per setting and metric: the value of each seed, their mean, interval, standing.

    ``rows`` are those of ``scores.csv`` or ``costs.csv``, ``summaries`` those of its summary.
    """
    summary = {(s.hardware, s.dataset, s.setting, s.metric): s for s in summaries}
    whole: dict[tuple[str, ...], list[dict[str, str]]] = {}  # groups that failed as such
    measured: dict[Place, list[dict[str, str]]] = {}
    for row in rows:
        if row["metric"]:
            place = row["hardware"], row["dataset"], row["setting"], row["metric"]
            measured.setdefault(place, []).append(row)
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
        names = ("mean", "low", "high", "rank", "p_value")
        nothing = dict.fromkeys(names, "no seed gave a value")
        counts = {"seeds": 0, "failed": asked, "best": False, "tied": False}
        return {**dict.fromkeys(names), **counts, "missing": nothing}
    why = {
        "mean": "a seed's value is not finite",
        "low": "one seed has no interval",
        "high": "one seed has no interval",
        "rank": "no direction is better",
        "p_value": _untested(score),
    }
    numbers = {name: getattr(score, name) for name in why}
    absent = [name for name, n in numbers.items() if n is None or not math.isfinite(n)]
    counts = {name: getattr(score, name) for name in ("seeds", "failed", "best", "tied")}
    missing = {name: why[name] for name in absent}
    return {**numbers, **dict.fromkeys(absent), **counts, "missing": missing}


def _untested(score: Score) -> str:
    """Why a score has no p value."""
    if score.rank is None:
        return "no direction is better"
    if score.best:
        return "it is the best, which the others are tested against"
    if score.failed:
        return "settings with failed seeds are not tested"
    return "a test takes two seeds and another setting"
