"""A job forked from the warm process is the job that Python runs."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aebench import worker

SCRIPT = """
import os, sys, json
print(json.dumps([sys.argv[1:], os.getcwd(), os.environ.get("MARK"), __name__]))
print("to stderr", file=sys.stderr)
if sys.argv[1] == "raise": raise RuntimeError("broken")
if sys.argv[1] == "kill": os.kill(os.getpid(), 9)
if sys.argv[1] == "sleep":
    import time
    open("pid", "w").write(str(os.getpid()))
    time.sleep(60)
sys.exit(int(sys.argv[2]))
"""


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server without libraries."""
    monkeypatch.setattr(worker, "PRELOADED", ())
    monkeypatch.delenv(worker.SOCKET, raising=False)
    worker.start()
    yield
    worker.stop()


def job(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Run the script as a rule's shell does."""
    (folder / "script.py").write_text(SCRIPT)
    command = f"{worker.SHELL_FUNCTION} python script.py {' '.join(arguments)}"
    environment = {**os.environ, "MARK": "set"}
    return subprocess.Popen(
        ["bash", "-c", command], cwd=folder, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.mark.usefixtures("warm")
def test_a_job_has_its_arguments_folder_environment_output_and_status(tmp_path: Path) -> None:
    started = job(tmp_path, "leave", "3")
    out, err = started.communicate(timeout=60)
    assert out.strip() == f'[["leave", "3"], "{tmp_path}", "set", "__main__"]'
    assert err.strip() == "to stderr"
    assert started.returncode == 3


@pytest.mark.usefixtures("warm")
def test_an_exception_is_printed_and_fails(tmp_path: Path) -> None:
    started = job(tmp_path, "raise", "0")
    assert "RuntimeError: broken" in started.communicate(timeout=60)[1]
    assert started.returncode == 1


@pytest.mark.usefixtures("warm")
def test_a_job_that_is_killed_fails(tmp_path: Path) -> None:
    started = job(tmp_path, "kill", "0")
    started.communicate(timeout=60)
    assert started.returncode == 128 + 9


@pytest.mark.usefixtures("warm")
def test_a_job_ends_with_its_client(tmp_path: Path) -> None:
    started = job(tmp_path, "sleep", "0")
    pid = tmp_path / "pid"
    deadline = time.time() + 30
    while not (pid.exists() and pid.read_text()) and time.time() < deadline:
        time.sleep(0.02)
    number = int(pid.read_text())
    subprocess.run(["pkill", "-KILL", "-f", "worker.py script.py sleep"], check=True)
    while os.path.exists(f"/proc/{number}") and time.time() < deadline:
        time.sleep(0.02)
    assert not os.path.exists(f"/proc/{number}")
    started.communicate(timeout=60)


def test_without_a_server_python_is_python(tmp_path: Path) -> None:
    started = job(tmp_path, "leave", "0")
    assert started.communicate(timeout=60)[0].startswith('[["leave", "0"]')
    assert started.returncode == 0 and sys.executable
