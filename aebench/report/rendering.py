"""One self-contained page from a plan, its tables, records and figures.

Nothing of the moment of rendering goes in: equal results give equal bytes.
"""

import base64
import gzip
import math
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment
from markupsafe import Markup

from aebench import registry
from aebench.data import Description
from aebench.files import read_json
from aebench.registry import COST, Entry
from aebench.report import animations, claims, codecs, devices, formatting, wording
from aebench.report.decisions import boards
from aebench.report.origin import Step, origin, read_steps, time_by_step
from aebench.report.pairs import pairs, read_values, unscored
from aebench.report.pictures import read_figure
from aebench.report.reproduction import reproduction
from aebench.report.tables import (
    Ends,
    comparisons_table,
    metric_groups,
    order,
    read_ends,
    results_table,
    settings,
    variant_results,
)
from aebench.report.templates import templates
from aebench.report.tradeoffs import embedded, tradeoffs
from aebench.summary import Score, read_rows, read_scores

TEMPLATES = Path(__file__).parent
LIBRARIES = ("d3", "plot")
"""What the page's plots are drawn by, as published: versions and licences in ``libraries``."""
OPEN = ("reconstructions", "quality-against-cost", "rate-distortion")
"""Figures that are unfolded, and before the others, when the page opens."""
IN_WHOLE = ("training-curves", "mutual-information")
"""Figures whose panels are as large in the figure of all settings: not repeated for a variant."""

Content = dict[str, Any]


def render(plan: Content, tables: Path, lock: Path | None) -> str:
    """The whole page. Paths in the plan are relative to the working directory."""
    steps = read_steps(plan)
    scores = read_scores(tables / "scores-summary.csv")
    costs = read_scores(tables / "costs-summary.csv")
    failures = read_rows(tables / "failures.csv")
    ends = read_ends(plan, tables)
    pictures = [read_figure(**figure) for figure in plan["figures"]]
    datasets = [
        dataset_section(plan, name, tables, scores, costs, ends, failures, pictures)
        for name in plan["datasets"]
    ]
    titles = {content["description"].name: content["description"].title for content in datasets}
    made = origin(plan, steps, lock)
    again = reproduction(plan, steps)
    values = read_values(tables)
    chosen = {
        **tradeoffs(plan, titles, scores + costs),
        **pairs(plan, values, scores + costs),
        "unscored": unscored(datasets),
        "reproduction": again,
    }
    return (
        _environment()
        .get_template("index.html.jinja")
        .render(
            plan=plan,
            origin=made,
            totals=totals(plan, steps, failures),
            boards=boards(plan, datasets, ends),
            datasets=datasets,
            across={
                "figures": [read_figure("all", **each) for each in plan.get("figures_across", [])],
                "comparisons": comparisons_table(plan, tables / "comparisons.csv"),
            },
            claims=claims.section(tables),
            devices=devices.section(plan, values, failures),
            chosen=embedded(chosen),
            libraries=embedded_libraries(),
            reproduction=again,
            variants=[
                variant_page(plan, entry, scores + costs, pictures, failures)
                for entry in shown_variants(plan)
            ],
            settings=settings(plan),
            glossary=glossary(),
            failures=failures,
            time=time_by_step(plan, steps),
            downloads=[packed_table(path) for path in sorted(tables.glob("*.csv"))],
        )
    )


def embedded_libraries() -> Markup:
    """The libraries as one script, their licences first."""
    folder = TEMPLATES / "libraries"
    scripts = [(folder / f"{name}.min.js").read_text() for name in LIBRARIES]
    return Markup("\n".join(["/*", (folder / "LICENSES").read_text(), "*/", *scripts]))


def packed_table(path: Path) -> Content:
    """A CSV file's name and its address, gzipped: full tables are long."""
    content = base64.b64encode(gzip.compress(path.read_bytes(), mtime=0)).decode()
    return {"name": path.name, "address": f"data:application/gzip;base64,{content}"}


def totals(plan: Content, steps: list[Step], failures: list[dict[str, str]]) -> Content:
    """The numbers of the head line."""
    return {
        "runs": len(plan["runs"]),
        "settings": len(settings(plan)),
        "failures": len(failures),
        "seconds": sum(step.record["seconds"] for step in steps),
    }


def dataset_section(
    plan: Content,
    name: str,
    tables: Path,
    scores: list[Score],
    costs: list[Score],
    ends: Ends,
    failures: list[dict[str, str]],
    pictures: list[Content],
) -> Content:
    """Everything about one data set."""
    own = [score for score in scores if score.dataset == name]
    figures = [picture for picture in pictures if picture["dataset"] == name]
    of_codecs = codecs.section(plan, name, tables, figures)
    return {
        "description": Description(**read_json(Path(plan["datasets"][name]) / "data.json")),
        "budget": plan["budgets"][name],
        "classifier": read_classifier(plan, name),
        "scores": [
            results_table(plan, name, group, own, ends, failures)
            for group in metric_groups(plan, name)
            if group != COST
        ],
        "costs": results_table(plan, name, COST, costs, ends, failures),
        "codecs": of_codecs,
        "player": animations.section(plan, name),
        "figures": sorted(
            (figure for figure in figures if not of_codecs or figure not in of_codecs["figures"]),
            key=lambda figure: figure["name"] not in OPEN,
        ),
    }


def read_classifier(plan: Content, dataset: str) -> Content | None:
    """What is known of the classifier whose features the data set's samples are compared by."""
    folder = plan.get("classifiers", {}).get(dataset)
    return read_json(Path(folder) / "classifier.json") if folder else None


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
    names = [setting["setting"] for setting in own]
    of_variant = [score for score in scores if score.variant == entry.name]
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
        "results": variant_results(plan, entry, of_variant, failures),
        "pictures": {
            dataset: [
                {"title": picture["title"], "setting": name, "picture": picture["settings"][name]}
                for picture in pictures
                for name in names
                if picture["dataset"] == dataset
                and picture["name"] not in IN_WHOLE
                and name in picture["settings"]
            ]
            for dataset in plan["datasets"]
        },
        "elsewhere": sorted({p["title"] for p in pictures if p["name"] in IN_WHOLE}),
        "failures": [failure for failure in failures if failure["variant"] == entry.name],
    }


def glossary() -> dict[str, list[list[Entry]]]:
    """Every metric, by group; those that one function gives, and explains, together."""
    found: dict[str, dict[str, list[Entry]]] = {}
    for metric in registry.metrics().values():
        functions = found.setdefault(metric.properties["group"], {})
        functions.setdefault(f"{metric.module}.{metric.symbol}", []).append(metric)
    return {group: list(found[group].values()) for group in sorted(found, key=order)}


def _yaml(content: Content) -> str:
    return yaml.safe_dump(content, sort_keys=False, default_flow_style=None, allow_unicode=True)


def _environment() -> Environment:
    environment = templates([TEMPLATES])
    environment.filters |= {
        "assignments": formatting.assignments,
        "duration": formatting.duration,
        "equation": formatting.equation,
        "linked": formatting.linked,
        "moment": formatting.moment,
        "number": wording.number,
        "paragraphs": formatting.paragraphs,
        "over_all": wording.over_all,
        "precise": formatting.precise,
        "readable": formatting.readable,
        "sentences": wording.sentences,
        "short": formatting.short,
        "take": wording.take,
        "words": formatting.words,
        "yaml": _yaml,
    }
    environment.globals |= {
        "nan": math.nan,
        "opened": OPEN,
        "quantity": formatting.quantity,
        "metrics": registry.metrics(),
        "titles": {name: entry.properties["title"] for name, entry in registry.variants().items()},
    }
    return environment
