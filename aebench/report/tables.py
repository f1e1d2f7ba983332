"""Which settings and metrics a table shows, and what stands in its cells."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aebench import registry
from aebench.calibration import REFERENCES
from aebench.files import read_json
from aebench.fit import FEATURES, fits
from aebench.registry import COST, Entry
from aebench.results import runs
from aebench.summary import Score, read_rows

ORDER = ("reconstruction", "likelihood", "generation", "representation", "clustering")
"""Groups of metrics that come first; others follow by name."""
ENDS = {
    "perfect": ("a perfect code", "The ceiling: a code of the factors themselves, one number each"),
    "random": ("a random code", "The floor: a code of standard normal noise"),
    "real": ("other real images", "One half of the test images in place of samples of the other"),
    "noise": ("uniform noise", "Images of uniform noise in place of samples"),
}
"""What else was scored, to show the ends of a scale: as the page says it, and what it is."""
COMPARED = (
    *("metric", "first", "second", "verdict", "adjusted_p_value", "rank_biserial"),
    *("improvement", "improvement_low", "improvement_high", "pairs", "datasets"),
)
"""Columns of the comparisons that the page shows."""

Content = dict[str, Any]
Ends = dict[tuple[str, str], dict[str, float]]
"""(data set, metric) to what a key of `ENDS` scored."""


def settings(
    plan: Content, variant: str | None = None, dataset: str | None = None
) -> list[Content]:
    """Name, variant and values of each setting, or of a variant's, or of those that were run on a
    data set, in the plan's order.
    """
    found = {
        run["setting"]: {key: run[key] for key in ("setting", "variant", "values")}
        for run in plan["runs"]
        if variant in (None, run["variant"]) and dataset in (None, run["dataset"])
    }
    return list(found.values())


def columns(plan: Content, dataset: str) -> list[Entry]:
    """Metrics that fit any of the variants on the data set."""
    data, variants = registry.datasets()[dataset], registry.variants()
    used = [variants[setting["variant"]] for setting in settings(plan, dataset=dataset)]
    return [
        metric
        for metric in registry.metrics().values()
        if any(fits(metric, data, variant) for variant in used)
    ]


def metric_groups(plan: Content, dataset: str) -> list[str]:
    """Groups with a metric that fits any of the variants on the data set."""
    return sorted({metric.properties["group"] for metric in columns(plan, dataset)}, key=order)


def order(group: str) -> tuple[int, str]:
    """What groups of metrics are sorted by."""
    return (ORDER.index(group) if group in ORDER else len(ORDER), group)


def read_ends(plan: Content, tables: Path) -> Ends:
    """Scores of what `ENDS` names, by data set and metric."""
    found: Ends = {}
    for row in read_rows(tables / "calibration.csv"):
        known = {code: float(row[code]) for code in REFERENCES if row[code]}
        found[row["dataset"], row["metric"]] = known
    for place in plan.get("references", []):
        for code, scored in read_json(Path(place["folder"]) / "references.json").items():
            for metric, value in scored["values"].items():
                found.setdefault((place["dataset"], metric), {})[code] = value
    return found


def results_table(
    plan: Content,
    dataset: str,
    group: str,
    scores: list[Score],
    ends: Ends,
    failures: Sequence[Mapping[str, str]] = (),
) -> Content:
    """Rows are settings on hardware, columns the metrics of a group; each fits some of the others.

    A cell is ``{"fits": bool, "score": Score | None, "perfect": bool}``: a metric that fits and has
    no score failed, or is infinite (`perfect`). ``failures`` are rows of failures.csv; ``ends``,
    where there are any, are rows of numbers below. One of a mapping's metrics that was left out of
    it, and so has neither a score nor a failure, is left out here.
    """
    data, variants = registry.datasets()[dataset], registry.variants()
    measured = {score.metric for score in scores if score.dataset == dataset}
    failed = {failure["metric"] for failure in failures if failure["dataset"] == dataset}
    shown = [
        metric
        for metric in columns(plan, dataset)
        if metric.properties["group"] == group
        and (not metric.properties["key"] or metric.name in measured or metric.name in failed)
    ]
    names = {metric.name for metric in shown}
    known = {
        (score.setting, score.hardware, score.metric): score
        for score in scores
        if score.dataset == dataset and score.metric in names
    }
    counts = seeds(plan, dataset)
    own_ends = [ends.get((dataset, metric.name), {}) for metric in shown]
    rows = [
        {
            **setting,
            "hardware": kind,
            **counts[setting["setting"], kind],
            "cells": [
                {
                    "metric": metric.name,
                    "fits": fits(metric, data, variants[setting["variant"]]),
                    "score": known.get((setting["setting"], kind, metric.name)),
                    "perfect": perfect(metric, failures, dataset, setting["setting"], kind),
                }
                for metric in shown
            ],
        }
        for setting in settings(plan, dataset=dataset)
        if any(fits(metric, data, variants[setting["variant"]]) for metric in shown)
        for kind in plan["hardware"]
    ]
    return {
        "group": group,
        "columns": shown,
        "rows": rows,
        "ends": [
            {"name": name, "title": title, "values": [own.get(code) for own in own_ends]}
            for code, (name, title) in ENDS.items()
            if any(code in own for own in own_ends)
        ],
        "of_features": any(FEATURES & {*m.properties["reads"]} for m in shown),
        "tested": any(score.p_value == score.p_value for score in known.values()),
    }


def perfect(
    metric: Entry,
    failures: Sequence[Mapping[str, str]],
    dataset: str,
    setting: str,
    hardware: str,
) -> bool:
    """Whether a metric that fits and has no score is infinite: what comes back exactly has such a
    PSNR, which no mean could hold (`aebench.measuring`), and no failure.
    """
    place = {"dataset": dataset, "setting": setting, "hardware": hardware}
    failed = any(
        failure["metric"] in ("", metric.name) and failure.items() >= place.items()
        for failure in failures
    )
    return may_be_infinite(metric) and not failed


def may_be_infinite(metric: Entry) -> bool:
    """Whether infinity is a value of the metric's, that of what comes back exactly."""
    return bool(metric.properties["value_range"].endswith("∞]"))


def seeds(plan: Content, dataset: str) -> Mapping[tuple[str, str], dict[str, int]]:
    """By setting and hardware how many seeds were run on a data set, and how many were trained and
    encoded without failing.
    """
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: {"seeds": 0, "completed": 0})
    for run in runs(plan, dataset):
        of_place = found[run.setting, run.hardware]
        of_place["seeds"] += 1
        of_place["completed"] += run.has_artefacts
    return found


def variant_results(
    plan: Content,
    variant: Entry,
    scores: list[Score],
    failures: Sequence[Mapping[str, str]] = (),
) -> Content:
    """Rows are metrics that fit somewhere, columns a variant's settings on data sets and hardware.

    Cells are as in `results_table`.
    """
    data = registry.datasets()
    places = [
        setting | {"dataset": dataset, "hardware": kind}
        for dataset in plan["datasets"]
        for setting in settings(plan, variant.name, dataset)
        for kind in plan["hardware"]
    ]
    fitting = {
        dataset: {m.name for m in registry.metrics().values() if fits(m, data[dataset], variant)}
        for dataset in dict.fromkeys(place["dataset"] for place in places)
    }
    known = {(s.metric, s.dataset, s.setting, s.hardware): s for s in scores}
    in_order = sorted(
        registry.metrics().values(),
        key=lambda m: (m.properties["group"] == COST, order(m.properties["group"])),
    )
    rows = [
        {
            "metric": metric,
            "cells": [
                {
                    "metric": metric.name,
                    "fits": metric.name in fitting[place["dataset"]],
                    "score": known.get(
                        (metric.name, place["dataset"], place["setting"], place["hardware"])
                    ),
                    "perfect": perfect(
                        metric, failures, place["dataset"], place["setting"], place["hardware"]
                    ),
                }
                for place in places
            ],
        }
        for metric in in_order
        if any(metric.name in names for names in fitting.values())
    ]
    return {"datasets": list(fitting), "columns": places, "rows": rows}


def comparisons_table(plan: Content, path: Path) -> Content | None:
    """What the reader needs of ``comparisons.csv``, if it is there and not empty: ``columns``,
    which of them are ``numbers``, and ``rows`` of texts.
    """
    rows = read_rows(path) if path.is_file() else []
    if not rows:
        return None
    where = ["hardware"] if len(plan["hardware"]) > 1 else []
    shown = [name for name in (*where, *COMPARED) if name in rows[0]]
    numbers = {name for name in shown if all(_is_number(row[name]) for row in rows)}
    texts = [[row[name] for name in shown] for row in rows]
    return {"columns": shown, "numbers": numbers, "rows": texts}


def _is_number(text: str) -> bool:
    try:
        float(text or "nan")
    except ValueError:
        return False
    return True
