"""An object store on this machine, for one test, and the plugins that know of such.

They are installed for that test alone: every start of Snakemake would import them.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.workflow.conftest import ROOT, environment
from tests.workflow.single_node_slurm import free_port

PACKAGES = ["snakemake-storage-plugin-s3>=0.3.6", "moto[s3]>=5.2", "flask", "flask-cors"]
ADDRESS = "SNAKEMAKE_STORAGE_S3_ENDPOINT_URL"
UV = [sys.executable, "-m", "uv", "pip"]


def install(folder: Path, *more: str) -> str:
    """Install the packages that are not here into a folder; why they cannot be, or nothing."""
    wanted = subprocess.run(
        [*UV, "compile", "--quiet", "--no-annotate", "-"],
        input="\n".join([*PACKAGES, *more]),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if wanted.returncode:
        return f"the plugins cannot be installed: {wanted.stderr[-200:]}"
    known = subprocess.check_output([*UV, "freeze", "--python", sys.executable], text=True)
    names = {line.split("==")[0] for line in known.splitlines()} - {"python-dateutil"}
    lines = [line for line in wanted.stdout.splitlines() if "==" in line]
    missing = [line for line in lines if line.split("==")[0] not in names]
    there = [*UV, "install", "--quiet", "--no-deps", "--target", str(folder)]
    done = subprocess.run([*there, *missing], capture_output=True, text=True)
    return f"the plugins cannot be installed: {done.stderr[-200:]}" if done.returncode else ""


@contextmanager
def object_store(packages: Path) -> Iterator[dict[str, str]]:
    """Variables by which Snakemake finds the packages and a store that ends with the block."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    known = {
        "PYTHONPATH": str(packages),
        ADDRESS: address,
        "SNAKEMAKE_STORAGE_S3_ACCESS_KEY": "any",
        "SNAKEMAKE_STORAGE_S3_SECRET_KEY": "any",
    }
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    variables = {**environment(), **known}
    server = subprocess.Popen(
        command, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.time() + 60
        while not answers(address):
            assert time.time() < deadline and server.poll() is None, "the object store is not there"
            time.sleep(0.1)
        yield known
    finally:
        server.terminate()
        server.wait()


def answers(address: str) -> bool:
    """Whether a server is there."""
    try:
        return bool(urlopen(address, timeout=5).status == 200)
    except (URLError, ConnectionError):
        return False
