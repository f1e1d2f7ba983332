"""The Kubernetes profile, planned beside an object store on this machine. There is no cluster here.

What it needs is installed for this test alone: every start of Snakemake would import it.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.workflow.conftest import ROOT, Project, environment
from tests.workflow.single_node_slurm import free_port

PACKAGES = ["snakemake-executor-plugin-kubernetes>=0.5", "snakemake-storage-plugin-s3>=0.3.6"]
PACKAGES += ["moto[s3]>=5.2", "flask", "flask-cors"]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the plugins and the object store."""
    folder = tmp_path_factory.mktemp("packages")
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"]
    resolve = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-annotate", "-"]
    wanted = subprocess.run(
        resolve, input="\n".join(PACKAGES), cwd=ROOT, capture_output=True, text=True
    )
    if wanted.returncode:
        pytest.skip(f"the plugins cannot be installed: {wanted.stderr[-200:]}")
    known = subprocess.check_output(
        [sys.executable, "-m", "uv", "pip", "freeze", "--python", sys.executable], text=True
    )
    names = {line.split("==")[0] for line in known.splitlines()} - {"python-dateutil"}
    missing = [
        line
        for line in wanted.stdout.splitlines()
        if "==" in line and line.split("==")[0] not in names
    ]
    subprocess.run([*install, "--target", str(folder), *missing], check=True)
    return folder


@pytest.fixture
def store(packages: Path) -> Iterator[dict[str, str]]:
    """The environment in which an object store of this machine is known."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    known = {
        "PYTHONPATH": str(packages),
        "SNAKEMAKE_STORAGE_S3_ENDPOINT_URL": address,
        "SNAKEMAKE_STORAGE_S3_ACCESS_KEY": "any",
        "SNAKEMAKE_STORAGE_S3_SECRET_KEY": "any",
    }
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    variables = {**environment(), **known}
    server = subprocess.Popen(command, env=variables, stderr=subprocess.DEVNULL)
    try:
        deadline = time.time() + 60
        while not answers(address):
            assert time.time() < deadline and server.poll() is None, "the object store is not there"
            time.sleep(0.1)
        yield variables
    finally:
        server.terminate()
        server.wait()


def answers(address: str) -> bool:
    """Whether a server is there."""
    try:
        return bool(urlopen(address, timeout=5).status == 200)
    except (URLError, ConnectionError):
        return False


@pytest.mark.slow
def test_the_kubernetes_profile_plans_every_job(
    fresh: Project, tmp_path: Path, store: dict[str, str]
) -> None:
    project = fresh.copy(tmp_path / "project")
    project.configure(datasets=["breast-cancer"], variants=["ae"], seeds=[0])
    here = project.planned()
    profile = ["--workflow-profile", "workflow/profiles/kubernetes", "--dry-run"]
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", *profile],
        cwd=project.folder,
        env=store,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for rule, count in here.items():
        assert re.search(rf"^{rule} +{count}$", done.stdout, re.M), (rule, count)
    assert "s3://your-bucket/results/" in done.stdout
    assert "gpu=" not in done.stdout, "a request for no GPU would be taken for one"
    assert "mem_mb=" in done.stdout and "gpu_manufacturer=nvidia" in done.stdout
