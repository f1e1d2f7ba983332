"""One self-contained page from a plan, its tables, records and figures.

Nothing of the moment of rendering goes in: equal results give equal bytes.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from aebench import registry
from aebench.calibration import REFERENCES
from aebench.data import Description
from aebench.files import read_json
from aebench.fit import fits
from aebench.provenance import RECORD
from aebench.registry import Entry
from aebench.report import formatting
from aebench.results import RunResults, runs
from aebench.summary import Score, findings, read_rows, read_scores

TEMPLATES = Path(__file__).parent
COST = "cost"
MEDIA = {".svg": "image/svg+xml", ".pdf": "application/pdf", ".csv": "text/csv"}
STEPS = {"train": "training", "encode": "encoding", "measure": "measuring"}

Content = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One step of one run."""

    run: RunResults
    record: Content


def render(plan: Content, tables: Path, lock: Path | None) -> str:
    """The whole page. Paths in the plan are relative to the working directory."""
    steps = read_steps(plan)
    scores = read_scores(tables / "scores-summary.csv")
    costs = read_scores(tables / "costs-summary.csv")
    failures = read_rows(tables / "failures.csv")
    ends = read_rows(tables / "calibration.csv")
    pictures = [read_figure(**figure) for figure in plan["figures"]]
    return (
        _environment()
        .get_template("index.html.jinja")
        .render(
            plan=plan,
            origin=origin(plan, steps, lock),
            totals=totals(plan, steps, failures),
            datasets=[
                dataset_section(plan, name, scores, costs, ends, pictures)
                for name in plan["datasets"]
            ],
            variants=[
                variant_page(plan, entry, scores + costs, pictures, failures)
                for entry in shown_variants(plan)
            ],
            glossary=glossary(),
            failures=failures,
            time=time_by_step(plan, steps),
            downloads=[
                {"name": path.name, "address": data_address(path)}
                for path in sorted(tables.glob("*.csv"))
            ],
        )
    )


def read_steps(plan: Content) -> list[Step]:
    """The record of every step of every run."""
    return [Step(run, read_json(folder / RECORD)) for run in runs(plan) for folder in run.folders]


def read_figure(dataset: str, figure: str, folder: str) -> Content:
    """A figure's texts, its picture of all settings, and one of each setting."""
    path = Path(folder)
    texts = read_json(path / "figure.json")
    return {
        "name": figure,
        "dataset": dataset,
        "title": texts["title"],
        "caption": texts["caption"],
        "svg": data_address(path / "all.svg"),
        "pdf": data_address(path / "all.pdf"),
        "settings": {name: data_address(path / f"{name}.svg") for name in texts["variants"]},
    }


def data_address(path: Path) -> str:
    """A file as a ``data:`` address."""
    content = base64.b64encode(path.read_bytes()).decode()
    return f"data:{MEDIA[path.suffix]};base64,{content}"


def origin(plan: Content, steps: list[Step], lock: Path | None) -> Content:
    """Code, machine and libraries behind the numbers: lists, for results may be of mixed origin."""
    records = [step.record for step in steps]
    return {
        "commits": _distinct(record["commit"] for record in records),
        "finished": max((step.record["finished"] for step in steps), default=0.0),
        "machines": _distinct(record["machine"] for record in records),
        "versions": _distinct(record["versions"] for record in records),
        "lock": hashlib.sha256(lock.read_bytes()).hexdigest() if lock else None,
        "skipped": [f"{kind} skipped: none on this machine" for kind in plan["skipped_hardware"]],
    }


def _distinct(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def totals(plan: Content, steps: list[Step], failures: list[dict[str, str]]) -> Content:
    """The numbers of the head line."""
    return {
        "runs": len(plan["runs"]),
        "settings": len(settings(plan)),
        "failures": len(failures),
        "seconds": sum(step.record["seconds"] for step in steps),
    }


def settings(plan: Content, variant: str | None = None) -> list[Content]:
    """Name, variant and values of each setting, or of one variant's, in the plan's order."""
    found = {
        run["setting"]: {key: run[key] for key in ("setting", "variant", "values")}
        for run in plan["runs"]
        if variant in (None, run["variant"])
    }
    return list(found.values())


def dataset_section(
    plan: Content,
    name: str,
    scores: list[Score],
    costs: list[Score],
    ends: list[dict[str, str]],
    pictures: list[Content],
) -> Content:
    """Everything about one data set. ``ends`` are the scores of a perfect and a random code."""
    description = Description(**read_json(Path(plan["datasets"][name]) / "data.json"))
    own = [score for score in scores if score.dataset == name]
    return {
        "description": description,
        "budget": plan["budgets"][name],
        "findings": [
            {"hardware": kind, "of_metric": findings(s for s in own if s.hardware == kind)}
            for kind in plan["hardware"]
        ],
        "scores": [
            results_table(plan, name, group, own, ends)
            for group in metric_groups(plan, name)
            if group != COST
        ],
        "costs": results_table(plan, name, COST, costs, ends),
        "figures": [picture for picture in pictures if picture["dataset"] == name],
    }


def metric_groups(plan: Content, dataset: str) -> list[str]:
    """Groups with a metric that fits any of the plan's variants."""
    return list(dict.fromkeys(metric.properties["group"] for metric in columns(plan, dataset)))


def columns(plan: Content, dataset: str) -> list[Entry]:
    """Metrics that fit any of the plan's variants."""
    data, variants = registry.datasets()[dataset], registry.variants()
    used = [variants[setting["variant"]] for setting in settings(plan)]
    return [
        metric
        for metric in registry.metrics().values()
        if any(fits(metric, data, variant) for variant in used)
    ]


def results_table(
    plan: Content, dataset: str, group: str, scores: list[Score], ends: list[dict[str, str]]
) -> Content:
    """Rows are settings on hardware, columns the metrics of a group that fit any of them.

    A cell is ``{"fits": bool, "score": Score | None}``: a metric that fits and has no score failed.
    ``ends``, where there are any, are two rows of numbers below: a perfect and a random code's.
    """
    data, variants = registry.datasets()[dataset], registry.variants()
    asked = settings(plan)
    shown = [m for m in columns(plan, dataset) if m.properties["group"] == group]
    known = {
        (score.setting, score.hardware, score.metric): score
        for score in scores
        if score.dataset == dataset
    }
    own_ends = {row["metric"]: row for row in ends if row["dataset"] == dataset}
    rows = [
        {
            **setting,
            "title": variants[setting["variant"]].properties["title"],
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
        for setting in asked
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


def _grouped(metrics: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    return [
        (group, list(members))
        for group, members in groupby(metrics, lambda metric: metric.properties["group"])
    ]


def shown_variants(plan: Content) -> list[Entry]:
    """The variants that were run, in the registry's order: by family and name."""
    used = {run["variant"] for run in plan["runs"]}
    return [entry for entry in registry.variants().values() if entry.name in used]


def variant_page(
    plan: Content,
    entry: Entry,
    scores: list[Score],
    pictures: list[Content],
    failures: list[dict[str, str]],
) -> Content:
    """Everything about one variant."""
    own = settings(plan, entry.name)
    names = {setting["setting"] for setting in own}
    return {
        "entry": entry,
        "capabilities": [
            formatting.readable(name) for name in sorted(registry.capabilities(entry))
        ],
        "paragraphs": list(formatting.paragraphs(entry.documentation)),
        "swept": {
            name: list(dict.fromkeys(s["values"][name] for s in own if name in s["values"]))
            for name in entry.settings
        },
        "results": [
            variant_results(plan, name, own, [s for s in scores if s.variant == entry.name])
            for name in plan["datasets"]
        ],
        "pictures": [
            picture | {"shown": {n: a for n, a in picture["settings"].items() if n in names}}
            for picture in pictures
            if names & set(picture["settings"])
        ],
        "failures": [failure for failure in failures if failure["variant"] == entry.name],
    }


def variant_results(
    plan: Content, dataset: str, own: list[Content], scores: list[Score]
) -> Content:
    """Rows are metrics that fit, columns a variant's settings on hardware."""
    data, variant = registry.datasets()[dataset], registry.variants()[own[0]["variant"]]
    columns = [setting | {"hardware": kind} for setting in own for kind in plan["hardware"]]
    known = {(s.metric, s.setting, s.hardware): s for s in scores if s.dataset == dataset}
    rows = [
        {
            "metric": metric,
            "cells": [
                {
                    "metric": metric.name,
                    "fits": True,
                    "score": known.get((metric.name, column["setting"], column["hardware"])),
                }
                for column in columns
            ],
        }
        for metric in sorted(
            registry.metrics().values(), key=lambda metric: metric.properties["group"] == COST
        )
        if fits(metric, data, variant)
    ]
    return {"dataset": dataset, "columns": columns, "rows": rows}


def glossary() -> list[tuple[str, list[Entry]]]:
    """Every metric, by group."""
    in_groups = sorted(registry.metrics().values(), key=lambda metric: metric.properties["group"])
    return _grouped(in_groups)


def time_by_step(plan: Content, steps: list[Step]) -> list[Content]:
    """CPU seconds of every kind of step, per data set and in all."""
    rows = [
        {"name": name, **_seconds(step for step in steps if step.run.dataset == name)}
        for name in plan["datasets"]
    ]
    return [*rows, {"name": "all", **_seconds(steps)}]


def _seconds(steps: Iterable[Step]) -> dict[str, float]:
    seconds = dict.fromkeys(STEPS.values(), 0.0)
    for step in steps:
        seconds[STEPS[step.record["step"]]] += step.record["cpu_seconds"]
    return seconds


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "assignments": formatting.assignments,
        "duration": formatting.duration,
        "equation": formatting.equation,
        "linked": formatting.linked,
        "moment": formatting.moment,
        "precise": formatting.precise,
        "prose": formatting.prose,
        "readable": formatting.readable,
    }
    environment.globals |= {
        "quantity": formatting.quantity,
        "metrics": registry.metrics(),
        "titles": {name: entry.properties["title"] for name, entry in registry.variants().items()},
    }
    return environment
