"""A benchmark whose results lie in an object store, with the profile that is shipped."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.workflow.conftest import Project
from tests.workflow.local_object_store import ADDRESS, install, object_store

PROFILE = ["--workflow-profile", "workflow/profiles/s3"]
SMALL = {
    "datasets": ["breast-cancer"],
    "variants": ["ae"],
    "seeds": [0],
    "budget": {"breast-cancer": {"steps": 30}},
}
MADE_BY_EACH_MACHINE = {"compare", "judge", "draw_across", "render"}


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where an object store is that the environment names."""
    (packages := tmp_path / "packages").mkdir()
    if why_not := install(packages):
        pytest.skip(why_not)
    with object_store(packages) as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield variables[ADDRESS]


@pytest.mark.slow
def test_results_lie_in_the_object_store_and_another_machine_makes_only_its_own_page(
    fresh: Project, tmp_path: Path, address: str
) -> None:
    here = fresh.copy(tmp_path / "here")
    here.configure(**SMALL)
    there = here.copy(tmp_path / "there")
    here.snakemake(*PROFILE)
    stored = re.findall("<Key>(.+?)</Key>", urlopen(f"{address}/your-bucket").read().decode())
    names = [Path(key).name for key in stored]
    assert names.count("scores.json") == 4 and names.count("model.safetensors") == 1
    assert all(key.startswith("results/") for key in stored)
    assert (here.folder / "results/report/index.html").is_file()
    assert not list((here.folder / "results").glob("cpu/**/*.*")), "local copies are gone"
    planned = there.snakemake(*PROFILE, "--dry-run").stdout
    assert set(re.findall(r"^(?:local)?rule (\w+):", planned, re.M)) == MADE_BY_EACH_MACHINE
