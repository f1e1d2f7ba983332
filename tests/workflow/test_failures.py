"""A failure is a result, and a killed benchmark goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.workflow.conftest import Project, environment

BROKEN = '''"""A variant that fails."""

from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.classic.ae import Autoencoder


@variant("{name}", title="Broken", family="classic", paper="none", equation="none")
class Broken(Autoencoder):
    def loss(self, batch: Batch, step: int) -> Loss:
        {body}
'''


def test_what_fails_is_reported_and_the_rest_completes(fresh: Project, tmp_path: Path) -> None:
    project = fresh.copy(tmp_path / "project")
    classic = project.folder / "aebench/variants/classic"
    raises = BROKEN.format(name="raises", body='raise RuntimeError("the reason it gave")')
    nan = 'return {"reconstruction": super().loss(batch, step)["reconstruction"] * float("nan")}'
    (classic / "raises.py").write_text(raises)
    (classic / "diverges.py").write_text(BROKEN.format(name="diverges", body=nan))
    project.configure(datasets=["digits"], variants=["ae", "raises", "diverges"])
    done = project.snakemake(check=False)
    assert done.returncode == 1
    assert "failures: 4" in done.stdout
    report = (project.folder / "results/report/index.html").read_text()
    assert "the reason it gave" in report and "reconstruction is nan" in report
    scores = (project.folder / "results/tables/scores-summary.csv").read_text()
    assert ",ae," in scores and "diverges" not in scores
    again = project.snakemake(check=False)
    assert again.returncode == 1, "the failure must not be forgotten"
    assert "rule train" not in again.stdout + again.stderr


def test_a_killed_benchmark_ends_in_the_same_bytes(fresh: Project, tmp_path: Path) -> None:
    steps = {"digits": {"steps": 3000}}
    projects = [fresh.copy(tmp_path / name) for name in ("whole", "killed")]
    for project in projects:
        project.edit("aebench/training.py", "CHECKPOINT_SECONDS = 10.0", "CHECKPOINT_SECONDS = 0.2")
        project.configure(datasets=["digits"], variants=["vae", "vq-vae"], budget=steps)
    whole, killed = projects
    whole.run("scripts/benchmark.py")
    victim = subprocess.Popen(
        [sys.executable, "scripts/benchmark.py"],
        cwd=killed.folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.time() + 120
    while not list(killed.folder.glob("results/cpu/*/*/*/checkpoint-*")):
        assert time.time() < deadline and victim.poll() is None, "no checkpoint was written"
        time.sleep(0.05)
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    assert not (killed.folder / "results/report/index.html").exists()
    killed.run("scripts/benchmark.py")
    assert not list(killed.folder.glob("results/cpu/*/*/*/checkpoint-*"))
    same = ["results/cpu/**/model.safetensors", "results/cpu/**/[!t]*/artefacts.safetensors"]
    same += ["results/cpu/**/history.csv", "results/tables/scores*"]
    compared = 0
    for path in (path for pattern in same for path in whole.folder.glob(pattern)):
        other = killed.folder / path.relative_to(whole.folder)
        assert other.read_bytes() == path.read_bytes(), path
        compared += 1
    priors = 2  # of the discrete codes
    assert compared == 4 * 3 + priors + 4
