"""Which settings and metrics a table shows, and what stands in its cells."""

from pathlib import Path
from typing import Any

from aebench import registry
from aebench.calibration import REFERENCES
from aebench.fit import fits
from aebench.registry import Entry
from aebench.results import runs
from aebench.summary import Score, read_rows

COST = "cost"

Content = dict[str, Any]


def settings(plan: Content, variant: str | None = None) -> list[Content]:
    """Name, variant and values of each setting, or of one variant's, in the plan's order."""
    found = {
        run["setting"]: {key: run[key] for key in ("setting", "variant", "values")}
        for run in plan["runs"]
        if variant in (None, run["variant"])
    }
    return list(found.values())


def columns(plan: Content, dataset: str) -> list[Entry]:
    """Metrics that fit any of the plan's variants."""
    data, variants = registry.datasets()[dataset], registry.variants()
    used = [variants[setting["variant"]] for setting in settings(plan)]
    return [
        metric
        for metric in registry.metrics().values()
        if any(fits(metric, data, variant) for variant in used)
    ]


def metric_groups(plan: Content, dataset: str) -> list[str]:
    """Groups with a metric that fits any of the plan's variants."""
    return list(dict.fromkeys(metric.properties["group"] for metric in columns(plan, dataset)))


def results_table(
    plan: Content, dataset: str, group: str, scores: list[Score], ends: list[dict[str, str]]
) -> Content:
    """Rows are settings on hardware, columns the metrics of a group that fit any of them.

    A cell is ``{"fits": bool, "score": Score | None}``: a metric that fits and has no score failed.
    ``ends``, where there are any, are two rows of numbers below: a perfect and a random code's.
    """
    data, variants = registry.datasets()[dataset], registry.variants()
    shown = [m for m in columns(plan, dataset) if m.properties["group"] == group]
    names = {metric.name for metric in shown}
    known = {
        (score.setting, score.hardware, score.metric): score
        for score in scores
        if score.dataset == dataset and score.metric in names
    }
    own_ends = {row["metric"]: row for row in ends if row["dataset"] == dataset}
    rows = [
        {
            **setting,
            "hardware": kind,
            **seeds(plan, dataset, setting["setting"], kind),
            "cells": [
                {
                    "metric": metric.name,
                    "fits": fits(metric, data, variants[setting["variant"]]),
                    "score": known.get((setting["setting"], kind, metric.name)),
                }
                for metric in shown
            ],
        }
        for setting in settings(plan)
        for kind in plan["hardware"]
    ]
    return {
        "group": group,
        "columns": shown,
        "rows": rows,
        "ends": [
            {"code": code, "values": [own_ends.get(m.name, {}).get(code, "") for m in shown]}
            for code in REFERENCES
            if any(m.name in own_ends for m in shown)
        ],
        "tested": any(score.p_value == score.p_value for score in known.values()),
    }


def seeds(plan: Content, dataset: str, setting: str, hardware: str) -> dict[str, int]:
    """How many seeds were run, and how many were trained and encoded without failing."""
    own = [run for run in runs(plan, dataset) if (run.setting, run.hardware) == (setting, hardware)]
    return {"seeds": len(own), "completed": sum(run.has_artefacts for run in own)}


def variant_results(
    plan: Content, dataset: str, own: list[Content], scores: list[Score]
) -> Content:
    """Rows are metrics that fit, columns a variant's settings on hardware."""
    data, variant = registry.datasets()[dataset], registry.variants()[own[0]["variant"]]
    places = [setting | {"hardware": kind} for setting in own for kind in plan["hardware"]]
    known = {(s.metric, s.setting, s.hardware): s for s in scores if s.dataset == dataset}
    in_order = sorted(
        registry.metrics().values(), key=lambda metric: metric.properties["group"] == COST
    )
    rows = [
        {
            "metric": metric,
            "cells": [
                {
                    "metric": metric.name,
                    "fits": True,
                    "score": known.get((metric.name, place["setting"], place["hardware"])),
                }
                for place in places
            ],
        }
        for metric in in_order
        if fits(metric, data, variant)
    ]
    return {"dataset": dataset, "columns": places, "rows": rows}


def plain_table(path: Path) -> Content | None:
    """A CSV file as it is: ``columns``, which of them are ``numbers``, and ``rows`` of texts."""
    rows = read_rows(path) if path.is_file() else []
    if not rows:
        return None
    names = list(rows[0])
    numbers = {name for name in names if all(_is_number(row[name]) for row in rows)}
    return {"columns": names, "numbers": numbers, "rows": [list(row.values()) for row in rows]}


def _is_number(text: str) -> bool:
    try:
        float(text or "nan")
    except ValueError:
        return False
    return True
