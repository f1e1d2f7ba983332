"""The Kubernetes profile, planned beside an object store on this machine: no cluster is here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflow.conftest import Project
from tests.workflow.local_object_store import install, object_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Variables by which an object store of this machine is known, and the executor."""
    (packages := tmp_path / "packages").mkdir()
    if why_not := install(packages, "snakemake-executor-plugin-kubernetes>=0.5"):
        pytest.skip(why_not)
    with object_store(packages) as variables:
        yield variables


@pytest.mark.slow
def test_the_kubernetes_profile_plans_every_job(
    fresh: Project, tmp_path: Path, store: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = fresh.copy(tmp_path / "project")
    project.configure(datasets=["breast-cancer"], variants=["ae"], seeds=[0])
    here = project.planned()
    for name, value in store.items():
        monkeypatch.setenv(name, value)
    profile = ["--workflow-profile", "workflow/profiles/kubernetes", "--dry-run"]
    there = project.snakemake(*profile).stdout
    for rule, count in here.items():
        assert re.search(rf"^{rule} +{count}$", there, re.M), (rule, count)
    assert "s3://your-bucket/results/" in there
    assert "gpu=" not in there, "a request for no GPU would be taken for one"
    assert "mem_mb=" in there and "gpu_manufacturer=nvidia" in there
