"""`scripts/prepare.py`: one line where files are wanting, nothing half-written where killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aebench import data

ROOT = Path(__file__).parents[2]
SPRITES = ["--dataset", "sprites", "--settings", '{"train": 20, "validation": 5, "test": 5}']
CUT = f"""
import os, runpy, signal, sys
from pathlib import Path
import safetensors.numpy
from aebench import files

def cut(path):
    Path(path).write_bytes(b"half of it")
    os.kill(os.getpid(), signal.SIGKILL)

def write_text(path, text):
    with files.written_whole(path) as temporary:
        cut(temporary)

if sys.argv.pop(1) == "data.safetensors":
    safetensors.numpy.save_file = lambda arrays, path, metadata: cut(path)
else:
    files.write_text = write_text
sys.argv[0] = "prepare.py"
runpy.run_path({str(ROOT / "scripts/prepare.py")!r}, run_name="__main__")
"""
"""Runs prepare and kills it when it has written half of the file named first."""


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *map(str, command)], env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize("killed_in", ["data.safetensors", "data.json"])
def test_a_killed_run_leaves_no_half_written_file_and_the_next_one_works(
    killed_in: str, tmp_path: Path
) -> None:
    killed = run("-c", CUT, killed_in, *SPRITES, "--output", tmp_path)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not (tmp_path / killed_in).exists() and not (tmp_path / "data.json").exists()
    again = run(ROOT / "scripts/prepare.py", *SPRITES, "--output", tmp_path)
    assert again.returncode == 0, again.stderr
    description, arrays = data.load(tmp_path)
    assert description.splits == {"train": 20, "validation": 5, "test": 5}
    assert len(arrays["train_inputs"]) == 20


@pytest.mark.parametrize("killed_in", ["data.safetensors", "data.json"])
def test_what_a_killed_run_left_is_cleaned_up_by_the_next_one(
    killed_in: str, tmp_path: Path
) -> None:
    run("-c", CUT, killed_in, *SPRITES, "--output", tmp_path)
    run(ROOT / "scripts/prepare.py", *SPRITES, "--output", tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"data.safetensors", "data.json"}


def test_a_missing_file_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    ran = run(ROOT / "scripts/prepare.py", "--dataset", "folder", "--output", tmp_path / "output")
    assert ran.returncode == 1 and not (tmp_path / "output").exists()
    assert ran.stderr == "folder: set 'path' to a folder of images\n"
