"""The RO-Crate of a run: what every published file is, and what every action used, and when.

It follows RO-Crate 1.1 and Workflow Run Crate 0.5 (Leo et al., PLoS ONE 2024): the workflow as a
whole is one action, and so is each run of a setting on a data set under a seed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from aebench import registry
from aebench.publishing.code import CITATION, WORKFLOW
from aebench.publishing.crate_actions import (
    Entity,
    action,
    by_run,
    moment,
    parameters,
    references,
    whole,
)
from aebench.publishing.crate_files import described
from aebench.report.origin import Step

METADATA = "ro-crate-metadata.json"
CRATE = "https://w3id.org/ro/crate/1.1"
CONTEXT = [f"{CRATE}/context", "https://w3id.org/ro/terms/workflow-run/context"]
WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    WORKFLOW_CRATE: "Workflow RO-Crate",
}
BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
LANGUAGE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"


def crate(folder: Path, content: dict[str, Any], steps: list[Step]) -> Entity:
    """The metadata of everything in ``folder``; ``content`` is that of its ``results.json``."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != METADATA)
    files = [described(path, folder) for path in paths]
    citation = yaml.safe_load((folder / CITATION).read_text(encoding="utf-8"))
    authors = [author(each) for each in citation["authors"]]
    licence = {
        "@id": f"https://spdx.org/licenses/{citation['license']}",
        "@type": "CreativeWork",
        "name": citation["license"],
    }
    runs = by_run(steps)
    actions = [whole(content, steps, files), *(action(members) for members in runs)]
    values = {value["@id"]: value for members in runs for value in parameters(members[0])}
    commits: dict[str, set[str]] = {}
    for step in steps:
        commits.setdefault(step.run.variant, set()).add(step.record["commit"])
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{citation['title']}: results of {content['commit']}",
        "description": "Scores of autoencoders with their intervals, the report with its figures "
        "and tables, and the workflow that made them.",
        "datePublished": moment(content["finished"]),
        "license": {"@id": licence["@id"]},
        "author": one_or_all(references(authors)),
        "conformsTo": [{"@id": address} for address in PROFILES],
        "mainEntity": {"@id": WORKFLOW},
        "hasPart": references(files),
        "mentions": references(actions),
    }
    workflow = {
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": citation["title"],
        "conformsTo": {"@id": BIOSCHEMAS},
        "version": content["commit"],
        "license": {"@id": licence["@id"]},
        "author": one_or_all(references(authors)),
        "programmingLanguage": {"@id": LANGUAGE},
    }
    graph = [
        descriptor(),
        root,
        *(profile(address, name) for address, name in PROFILES.items()),
        licence,
        *authors,
        language(content),
        *(file | workflow if file["@id"] == WORKFLOW else file for file in files),
        *(data_set(about) for about in content["datasets"].values()),
        *(software(name, sorted(commits[name])) for name in sorted(commits)),
        *values.values(),
        *actions,
    ]
    return {"@context": CONTEXT, "@graph": graph}


def descriptor() -> Entity:
    """What the metadata file says of itself."""
    return {
        "@id": METADATA,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": [{"@id": CRATE}, {"@id": WORKFLOW_CRATE}],
    }


def profile(address: str, name: str) -> Entity:
    """A profile that the crate conforms to."""
    version = address.rsplit("/", 1)[1]
    return {"@id": address, "@type": "CreativeWork", "name": name, "version": version}


def language(content: dict[str, Any]) -> Entity:
    """What the workflow is written in and was run by."""
    return {
        "@id": LANGUAGE,
        "@type": ["ComputerLanguage", "SoftwareApplication"],
        "name": "Snakemake",
        "url": {"@id": "https://snakemake.github.io"},
        "identifier": "https://doi.org/10.1093/bioinformatics/bty350",
        "version": ", ".join(versions.get("snakemake", "") for versions in content["versions"]),
    }


def author(person: dict[str, str]) -> Entity:
    """An author of CITATION.cff: a person, or where there is only a name, an organisation."""
    names = [person[part] for part in ("given-names", "family-names") if part in person]
    name = person.get("name") or " ".join(names)
    kind = "Organization" if "name" in person else "Person"
    identifier = person.get("orcid") or person.get("website") or f"#{quote(name)}"
    return {"@id": identifier, "@type": kind, "name": name}


def data_set(about: dict[str, Any]) -> Entity:
    """A data set that was trained or evaluated on."""
    return {
        "@id": f"#dataset-{about['name']}",
        "@type": "CreativeWork",
        "name": about["title"],
        "description": f"{about['source']}. {about['citation']}",
        "license": about["licence"],
    }


def software(variant: str, commits: Sequence[str]) -> Entity:
    """A variant, as the program that its runs are of: at one commit, or where results are kept from
    earlier ones, at several.
    """
    properties = registry.variants()[variant].properties
    return {
        "@id": f"#variant-{variant}",
        "@type": "SoftwareApplication",
        "name": properties["title"],
        "description": properties["paper"],
        "softwareVersion": ", ".join(commits),
    }


def one_or_all(entities: list[Entity]) -> Entity | list[Entity]:
    """A list, or what is in it where that is one: as RO-Crate has it."""
    return entities[0] if len(entities) == 1 else entities
