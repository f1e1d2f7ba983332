"""A benchmark through a real SLURM of one node, with the profile that is shipped.

The smoke preset is about 400 jobs, and on a node each of them imports torch: too long here. This is
one run, with every kind of group that the profile makes of it.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflow.conftest import Project
from tests.workflow.single_node_slurm import install, slurm

CPUS = "2"
WITHOUT_ACCOUNTING = ["--slurm-no-account", "--slurm-status-command", "squeue"]
IN_HASTE = ["--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks"]
SMALL = {
    "datasets": ["breast-cancer"],
    "variants": ["ae"],
    "seeds": [0],
    "budget": {"breast-cancer": {"steps": 30}},
}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a running SLURM."""
    if why_not := install():
        pytest.skip(why_not)
    (tmp_path / "slurm").mkdir()
    with slurm(tmp_path / "slurm", cpus=int(CPUS)) as environment:
        yield environment


@pytest.mark.slow
def test_slurm_runs_every_job_and_the_scores_are_those_of_one_machine(
    fresh: Project, tmp_path: Path, cluster: dict[str, str]
) -> None:
    fresh = fresh.copy(tmp_path / "here")
    fresh.configure(**SMALL)
    there = fresh.copy(tmp_path / "there")
    fresh.snakemake("--until", "measure")
    profile = ["--workflow-profile", "workflow/profiles/slurm", "--cores", CPUS]
    command = [sys.executable, "-m", "snakemake", *profile, *WITHOUT_ACCOUNTING, *IN_HASTE, "2"]
    environment = {**cluster, "PATH": f"{Path(sys.executable).parent}:{cluster['PATH']}"}
    done = subprocess.run(
        command, cwd=there.folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (there.folder / "results/report/index.html").exists()
    # data; model and what it encodes; timing; scores. Tables, figures and page are made here
    jobs = subprocess.check_output(["squeue", "--noheader", "--states=all"], env=environment)
    assert len(jobs.splitlines()) == 4
    scores = sorted((fresh.folder / "results/cpu").rglob("scores.json"))
    assert len(scores) == 4
    for path in scores:
        if not path.parent.name.startswith("cost"):  # seconds and memory
            other = there.folder / path.relative_to(fresh.folder)
            assert other.read_bytes() == path.read_bytes(), path
