"""What ``results.json`` holds: every score, cost, failure and verdict of a report, for programs.
Tests over all data sets lie beside it, in ``tables/``.

``results.schema.json`` beside this file is its contract. A number that is not finite is null, and
``missing`` (or ``reason``, of one seed) says why.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from aebench import registry
from aebench.files import read_json
from aebench.publishing.entries import infinite, place_of, scores
from aebench.report.claims import judged
from aebench.report.origin import origin, read_steps
from aebench.report.tables import settings
from aebench.summary import read_rows, read_scores

VERSION = "urn:aebench:results:1"
"""The schema's identifier; the number rises when a reader of the last one could not go on."""
SCHEMA = Path(__file__).with_name("results.schema.json")
MODIFIED = "-modified"
"""How `aebench.provenance.commit` ends where files differed from the commit."""
PROPERTIES = ("group", "better", "unit", "value_range", "source")

Content = dict[str, Any]


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
    failures = read_rows(tables / "failures.csv")
    measured += infinite(plan, failures, {place_of(entry) for entry in measured})
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
        "failures": [{**row, "seed": int(row["seed"])} for row in failures],
        "claims": judged(tables),
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
