"""pyproject.toml's list of dependencies, the lock and both conda files agree."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from scripts import lock

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / lock.LOCK).read_text()
PINS = lock.pins(LOCK)
RUN = PROJECT["dependencies"]
DEV = PROJECT["optional-dependencies"]["dev"]


def conda_packages(kind: str) -> list[str]:
    """The lines of a conda file's pip section."""
    content = yaml.safe_load((ROOT / f"envs/{kind}.yaml").read_text())
    packages: list[str] = content["dependencies"][-1]["pip"]
    return packages


@pytest.mark.parametrize("requirement", RUN + DEV)
def test_the_lock_pins_every_dependency_within_its_bounds(requirement: str) -> None:
    wanted = Requirement(requirement)
    assert wanted.specifier.contains(PINS[lock.canonical(requirement)])


def test_every_line_of_the_lock_is_one_exact_pin() -> None:
    lines = [line for line in LOCK.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[^\s;*]+( ; .+)?", line) for line in lines)
    assert len(lines) == len(PINS)


def test_the_lock_holds_none_of_the_packages_that_torch_pins_itself() -> None:
    assert not [name for name in PINS if lock.CUDA_PACKAGES.match(name)]


@pytest.mark.parametrize("kind", ["cpu", "cuda"])
def test_a_conda_file_pins_the_run_dependencies_as_the_lock_does(kind: str) -> None:
    packages = [line for line in conda_packages(kind) if not line.startswith("--")]
    found = {name: version for name, version in (line.split("==") for line in packages)}
    build = "+cpu" if kind == "cpu" else ""
    wanted = {name: PINS[name] for name in map(lock.canonical, RUN)}
    assert found == wanted | {"torch": PINS["torch"] + build}


def test_only_the_cpu_file_takes_torch_from_the_index_of_cpu_builds() -> None:
    options = {
        kind: [line for line in conda_packages(kind) if line.startswith("--")]
        for kind in ("cpu", "cuda")
    }
    assert options == {"cpu": [f"--extra-index-url {lock.CPU_INDEX}"], "cuda": []}


def test_the_conda_files_are_what_the_lock_gives() -> None:
    for path, text in lock.environments(ROOT, LOCK).items():
        assert (ROOT / path).read_text() == text, f"{path}: run `make lock`"


def test_conda_installs_the_oldest_python_that_the_project_supports() -> None:
    assert PROJECT["requires-python"] == f">={lock.PYTHON}"
    for kind in ("cpu", "cuda"):
        content = yaml.safe_load((ROOT / f"envs/{kind}.yaml").read_text())
        assert content["dependencies"][:-1] == [f"python={lock.PYTHON}", "pip=25"]
