"""What goes wrong outside the benchmark loses nothing and leaves nothing half-written for whole.

One variant meets a fault in the middle of its training, whichever the file ``fault`` names. Then
the fault goes, the same command is run again, and its results are those of an undisturbed run.
"""

import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflow.conftest import Project, environment

FAULTY = Path(__file__).with_name("faulty.py")
TRAINED = ("scripts/benchmark.py", "--until", "train")
COMPARED = ("scripts/benchmark.py", "results/tables/scores.csv")
STEPS = list(range(60))


@pytest.fixture(scope="module")
def untried(fresh: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One variant on one small data set, nothing run; a checkpoint after every step."""
    project = fresh.copy(tmp_path_factory.mktemp("untried") / "project")
    shutil.copy(FAULTY, project.folder / "aebench/variants/classic/faulty.py")
    project.edit("aebench/training.py", "CHECKPOINT_SECONDS = 10.0", "CHECKPOINT_SECONDS = 0.0")
    budget = {"breast-cancer": {"steps": len(STEPS)}}
    project.configure(datasets=["breast-cancer"], seeds=[0], variants=["faulty"], budget=budget)
    return project


@pytest.fixture(scope="module")
def undisturbed(untried: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The same, run as far as the tables."""
    project = untried.copy(tmp_path_factory.mktemp("undisturbed") / "project")
    project.run(*COMPARED)
    shutil.rmtree(project.folder / ".snakemake")
    return project


def fault(project: Project, name: str | None) -> None:
    """Have the next training meet a fault, or none."""
    path = project.folder / "fault"
    path.write_text(name) if name else path.unlink()


def steps(project: Project) -> list[int]:
    """Every step of training that was taken, in the order of time."""
    return [int(step) for step in (project.folder / "steps").read_text().split()]


def same(project: Project, other: Project, pattern: str) -> bool:
    """Whether both have the same files, some, with the same bytes."""
    found, expected = (
        {path.relative_to(each.folder): path.read_bytes() for path in each.folder.glob(pattern)}
        for each in (project, other)
    )
    return bool(found) and found == expected


def left(project: Project, pattern: str) -> list[str]:
    return [path.name for path in project.folder.glob(f"results/cpu/**/{pattern}")]


def trained_and_failed(project: Project, name: str) -> str:
    """What is said of a training that met a fault, after the name of its log."""
    fault(project, name)
    done = project.run(*TRAINED, check=False)
    assert done.returncode == 1
    assert not left(project, "record.json"), "it is no result of the variant"
    assert not left(project, "model.safetensors") and left(project, "checkpoint-*")
    return done.stdout.split("results/logs/cpu/breast-cancer/faulty/seed-0/train-")[-1]


def test_a_killed_job_goes_on_from_its_checkpoint(
    untried: Project, undisturbed: Project, tmp_path: Path
) -> None:
    project = untried.copy(tmp_path / "project")
    said = trained_and_failed(project, "killed")
    assert "Ended by signal 9" in said and "run the same command again" in said
    fault(project, None)
    project.run(*TRAINED)
    assert steps(project) == STEPS
    assert same(project, undisturbed, "results/cpu/**/model.safetensors")
    assert not left(project, "checkpoint-*")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="Linux limits address spaces")
def test_want_of_memory_is_no_result(untried: Project, tmp_path: Path) -> None:
    said = trained_and_failed(untried.copy(tmp_path / "project"), "limited")
    assert "can't allocate memory" in said
    assert "the machine's fault, so no result" in said and "--cores 1" in said


def test_a_second_call_waits_for_the_first_and_a_killed_one_needs_no_unlocking(
    untried: Project, undisturbed: Project, tmp_path: Path
) -> None:
    project = untried.copy(tmp_path / "project")
    fault(project, "stuck")
    first = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--until", "train"],
        cwd=project.folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    process = int(eventually(project.folder / "process"))
    second = project.run(*TRAINED, check=False)
    assert second.returncode == 1
    assert "Another benchmark runs in this folder; nothing was done." in second.stderr
    first.kill()
    first.wait()
    until_it_ended(process)
    shutil.rmtree(project.folder / ".snakemake")
    fault(project, None)
    project.snakemake("--until", "train")
    assert steps(project) == STEPS, "the second call did not train beside the first"
    assert same(project, undisturbed, "results/cpu/**/model.safetensors")


def eventually(path: Path) -> str:
    """What is in a file as soon as there is anything."""
    deadline = time.time() + 120
    while not (path.exists() and path.read_text()):
        assert time.time() < deadline, f"{path} was not written"
        time.sleep(0.05)
    return path.read_text()


def until_it_ended(process: int) -> None:
    deadline = time.time() + 60
    while time.time() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    raise AssertionError("the job outlived its scheduler")


@pytest.fixture
def small_disk(untried: Project, tmp_path: Path) -> Iterator[Project]:
    """The project with its results on a disk of a few megabytes."""
    project = untried.copy(tmp_path / "project")
    results = project.folder / "results"
    results.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(results)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root alone")
    yield project
    subprocess.run(["umount", results], check=True)


def test_a_full_disk_is_named_and_costs_nothing_but_the_room(
    small_disk: Project, undisturbed: Project
) -> None:
    fault(small_disk, "filled")
    done = small_disk.run(*COMPARED, check=False)
    assert done.returncode == 1
    disk = small_disk.folder / "results"
    assert f"The disk of {disk} is full (0.0 MB left): make room on it first." in done.stdout
    assert not left(small_disk, "record.json"), "it is no result of the variant"
    assert not left(small_disk, "model.safetensors")
    again = small_disk.run(*COMPARED, check=False)
    assert f"{disk} cannot be written" in again.stderr and "make room" in again.stderr
    fault(small_disk, None)
    (disk / "ballast").unlink()
    small_disk.run(*COMPARED)
    assert same(small_disk, undisturbed, "results/tables/scores*.csv")


@pytest.mark.parametrize(
    ("pattern", "reader"),
    [
        ("results/data/*/*/data.safetensors", "train"),
        ("results/cpu/**/model.safetensors", "encode"),
    ],
)
def test_a_damaged_file_is_named_and_made_anew_once_removed(
    undisturbed: Project, tmp_path: Path, pattern: str, reader: str
) -> None:
    project = undisturbed.copy(tmp_path / "project")
    (damaged,) = project.folder.glob(pattern)
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[: len(whole) // 2])
    for step in project.folder.glob("results/cpu/*/*/*/*"):
        if reader == "train" or not step.name.startswith("train-"):
            shutil.rmtree(step)
    command = ("scripts/benchmark.py", "--until", reader)
    done = project.run(*command, check=False)
    assert done.returncode == 1
    assert f"Unreadable: {damaged.relative_to(project.folder)} cannot be read" in done.stdout
    assert "Remove it and run the same command again" in done.stdout
    (result,) = undisturbed.folder.glob(f"results/cpu/*/*/*/{reader}-*/*.safetensors")
    assert not list(project.folder.glob(f"results/cpu/**/{reader}-*/record.json")), "no result"
    damaged.unlink()
    project.run(*command)
    assert same(project, undisturbed, str(result.relative_to(undisturbed.folder)))


def test_clocks_that_disagree_change_nothing(undisturbed: Project, tmp_path: Path) -> None:
    project = undisturbed.copy(tmp_path / "project")
    (lost,) = project.folder.glob("results/cpu/*/*/*/reconstruction-*/scores.json")
    dates, century = random.Random(0), 100 * 365 * 86400
    for path in (path for path in project.folder.rglob("*") if path.is_file()):
        os.utime(path, (dates.randrange(century),) * 2)
    table = COMPARED[-1]
    assert "Nothing to be done" in project.snakemake("--dry-run", table).stdout
    lost.unlink()
    (project.folder / table).unlink()
    done = project.snakemake(table)
    assert re.search("^measure +1\ncompare +1\ntotal +2$", done.stdout + done.stderr, re.M)
    assert same(project, undisturbed, "results/tables/scores*.csv")
