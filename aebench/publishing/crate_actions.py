"""What was done, as an RO-Crate describes it: the workflow as a whole, and each run."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from aebench.publishing.code import WORKFLOW
from aebench.report.origin import Step

PLAN, SCORES, PAGE = "plan.json", "results.json", "index.html"
PUBLISHED = (PAGE, SCORES, "tables/", "figures/")
"""What the workflow as a whole gives."""

Entity = dict[str, Any]


def whole(content: dict[str, Any], steps: list[Step], files: list[Entity]) -> Entity:
    """The action of the workflow as a whole: from plan and data sets to what is published."""
    return {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Run of the benchmark at {content['commit']}",
        "instrument": {"@id": WORKFLOW},
        "object": [
            {"@id": PLAN},
            *({"@id": f"#dataset-{name}"} for name in content["datasets"]),
        ],
        "result": references(file for file in files if file["@id"].startswith(PUBLISHED)),
        "description": "; ".join(
            f"{m['processor']}, {m['cores']} cores, {m['memory_gib']} GiB, GPU: {m['gpu']}"
            for m in content["machines"]
        ),
        **when(steps),
        **status([]),  # that single runs failed is said of these
    }


def action(steps: list[Step]) -> Entity:
    """The action of one run: its training, and all that was measured of it."""
    run = steps[0].run
    return {
        "@id": f"#run-{name_of(steps[0])}",
        "@type": "CreateAction",
        "name": f"{run.setting} on {run.dataset}, {run.hardware}, seed {run.seed}",
        "instrument": {"@id": f"#variant-{run.variant}"},
        "object": [
            {"@id": f"#dataset-{run.dataset}"},
            *references(parameters(steps[0])),
        ],
        "description": "Training, encoding and measurements",
        "result": {"@id": SCORES},
        **when(steps),
        **status(steps),
    }


def parameters(step: Step) -> list[Entity]:
    """The seed and every setting of a run."""
    return [
        {
            "@id": f"#{quote(f'{name}={value}')}",
            "@type": "PropertyValue",
            "name": name,
            "value": value,
        }
        for name, value in {"seed": step.run.seed, **step.run.values}.items()
    ]


def by_run(steps: Iterable[Step]) -> list[list[Step]]:
    """The steps of each run."""
    found: dict[str, list[Step]] = {}
    for step in steps:
        found.setdefault(name_of(step), []).append(step)
    return list(found.values())


def name_of(step: Step) -> str:
    """A run's name that can stand in an address."""
    run = step.run
    return quote(f"{run.hardware}-{run.dataset}-{run.setting}-{run.seed}")


def when(steps: list[Step]) -> Entity:
    """From the first step's start to the last one's end."""
    ends = [step.record["finished"] for step in steps]
    starts = [step.record["finished"] - step.record["seconds"] for step in steps]
    return {"startTime": moment(min(starts)), "endTime": moment(max(ends))}


def status(steps: list[Step]) -> Entity:
    """Whether all steps worked, and what was wrong where not."""
    reasons = [step.record["reason"] for step in steps if step.record["status"] == "failed"]
    kind = "FailedActionStatus" if reasons else "CompletedActionStatus"
    return {
        "actionStatus": f"http://schema.org/{kind}",
        **({"error": reasons[0]} if reasons else {}),
    }


def references(entities: Iterable[Entity]) -> list[Entity]:
    """Pointers to entities."""
    return [{"@id": entity["@id"]} for entity in entities]


def moment(timestamp: float) -> str:
    """A point in time, ISO 8601 in UTC."""
    return datetime.fromtimestamp(timestamp, UTC).isoformat(timespec="seconds")
