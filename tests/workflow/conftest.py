"""A copy of the project with a small benchmark, run once and copied for each test."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "workflow", "profiles", "aebench", "scripts", "envs", "config.yaml")
CONFIG = {
    "hardware": ["cpu"],
    "seeds": [0, 1],
    "datasets": ["digits", {"sprites": {"train": 300, "validation": 20, "test": 100}}],
    "variants": ["ae", "vae", {"beta-vae": {"beta": [2, 8]}}],
    "budget": {"digits": {"steps": 30}, "sprites": {"steps": 20}},
}


@dataclass
class Project:
    """A folder with the project and its results."""

    folder: Path

    def snakemake(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Snakemake in the folder."""
        return self.run("-m", "snakemake", *arguments, check=check)

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Python in the folder."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    def planned(self) -> dict[str, int]:
        """Jobs of each rule that a dry run would do."""
        output = self.snakemake("--dry-run").stdout
        table = output.split("Job stats:")[1] if "Job stats:" in output else ""
        counts = re.findall(r"^(\w+) +(\d+)$", table.split("total")[0], re.M)
        return {rule: int(count) for rule, count in counts}

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace text in a file."""
        path = self.folder / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def configure(self, **values: object) -> None:
        """Change keys of config.yaml."""
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **values}))

    def copy(self, folder: Path) -> "Project":
        """The same project elsewhere, its dates lost, as after ``git clone`` and ``cp -r``."""
        shutil.copytree(self.folder, folder, symlinks=True, copy_function=shutil.copyfile)
        return Project(folder)


def environment() -> dict[str, str]:
    """This interpreter first on the path, as in an active environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path}


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project, nothing run."""
    folder = tmp_path_factory.mktemp("project")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part, follow_symlinks=False)
    project = Project(folder)
    project.configure(**CONFIG)
    return project


@pytest.fixture(scope="session")
def finished(fresh: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project after a run."""
    project = fresh.copy(tmp_path_factory.mktemp("finished") / "project")
    project.snakemake()
    return project


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    """A copy of the finished project to change, without .snakemake."""
    copy = finished.copy(tmp_path / "project")
    shutil.rmtree(copy.folder / ".snakemake")
    return copy
