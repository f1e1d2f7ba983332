"""The RO-Crate of a run: every file with its checksum, and what was made by which action.

Checked once by hand with `rocrate-validator` 0.13 (Workflow Run Crate 0.5, all that is required);
it fetches the crate's context from the network, so here are the same demands without it.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from aebench.publishing.crate import PROFILES, author, software

Entities = dict[str, dict[str, Any]]


@pytest.fixture
def entities(folder: Path) -> Entities:
    graph = json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    assert len(found) == len(graph), "an identifier is there twice"
    return found


def pointers(value: Any) -> list[str]:
    """Identifiers that an entity's values refer to."""
    if isinstance(value, list):
        return [target for each in value for target in pointers(each)]
    return [value["@id"]] if isinstance(value, dict) else []


def test_every_published_file_is_in_the_crate_with_its_checksum(
    folder: Path, entities: Entities
) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    parts = pointers(entities["./"]["hasPart"])
    assert set(parts) == files - {"ro-crate-metadata.json"}
    for name in parts:
        content = (folder / name).read_bytes()
        assert entities[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert entities[name]["contentSize"] == str(len(content))


def test_whatever_the_crate_refers_to_is_in_it_or_on_the_web(entities: Entities) -> None:
    for entity in entities.values():
        for name, value in entity.items():
            for target in pointers(value):
                assert target in entities or target.startswith("https://"), (name, target)


def test_the_crate_says_what_it_conforms_to_and_who_made_it(entities: Entities) -> None:
    descriptor, root = entities["ro-crate-metadata.json"], entities["./"]
    assert descriptor["about"] == {"@id": "./"}
    assert "https://w3id.org/ro/crate/1.1" in pointers(descriptor["conformsTo"])
    assert set(pointers(root["conformsTo"])) == set(PROFILES)
    assert root["datePublished"] == "2023-11-14T22:13:20+00:00"
    assert root["license"] == {"@id": "https://spdx.org/licenses/Apache-2.0"}
    (maker,) = pointers(root["author"])
    assert entities[maker]["name"] == "The AEBench maintainers"


def test_the_workflow_is_the_main_entity_and_was_run(entities: Entities) -> None:
    (name,) = pointers(entities["./"]["mainEntity"])
    workflow = entities[name]
    assert {"File", "SoftwareSourceCode", "ComputationalWorkflow"} == set(workflow["@type"])
    assert "ComputerLanguage" in entities[workflow["programmingLanguage"]["@id"]]["@type"]
    run = entities["#run"]
    assert run["@type"] == "CreateAction" and run["instrument"] == {"@id": name}
    assert {"plan.json", "#dataset-digits"} == set(pointers(run["object"]))
    assert {"index.html", "results.json", "tables/scores.csv"} <= set(pointers(run["result"]))
    assert run["endTime"] == "2023-11-14T22:13:20+00:00"
    assert run["startTime"] == "2023-11-14T22:13:18+00:00"


def test_each_run_is_an_action_of_its_variant_with_its_settings(entities: Entities) -> None:
    actions = [e for e in entities.values() if e["@type"] == "CreateAction"]
    assert len(actions) == 1 + 6
    assert set(pointers(entities["./"]["mentions"])) == {action["@id"] for action in actions}
    run = entities["#run-cpu-digits-vae-2"]
    assert run["instrument"] == {"@id": "#variant-vae"} and "error" not in run
    used = [entities[name] for name in pointers(run["object"])]
    values = {e["name"]: e["value"] for e in used if e["@type"] == "PropertyValue"}
    assert values == {"seed": 2, "latent_dimension": 8}


def test_a_run_that_failed_is_an_action_that_failed(entities: Entities) -> None:
    run = entities["#run-cpu-digits-vae-1"]
    assert run["actionStatus"] == "http://schema.org/FailedActionStatus"
    assert run["error"] == "FloatingPointError: the loss is <nan>"
    of_all = entities["#run"]["actionStatus"]
    assert of_all == "http://schema.org/CompletedActionStatus"


def test_an_author_is_a_person_or_where_there_is_one_name_an_organisation() -> None:
    ada = author({"given-names": "Ada", "family-names": "L", "orcid": "https://orcid.org/0"})
    assert ada == {"@id": "https://orcid.org/0", "@type": "Person", "name": "Ada L"}
    assert author({"name": "A B"}) == {"@id": "#A%20B", "@type": "Organization", "name": "A B"}


def test_a_variant_has_the_commits_of_its_runs(entities: Entities) -> None:
    assert entities["#variant-vae"]["softwareVersion"] == "0123456789ab"
    assert software("vae", ["aaaa", "bbbb"])["softwareVersion"] == "aaaa, bbbb"
