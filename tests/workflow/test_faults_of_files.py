"""What a step does where memory, disk or a file fails it, and not its method."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import SafetensorError

from aebench import data, provenance, summary, worker
from aebench.data import Split, Splits
from aebench.files import (
    Unreadable,
    hold,
    read_json,
    read_tensors,
    write_tensors,
    write_text,
    written_whole,
)
from aebench.provenance import RECORD, record
from tests.conftest import describe


def no_memory_for_torch() -> None:
    torch.empty(2**50)


def no_memory_for_numpy() -> None:
    np.empty(2**50)


def no_room() -> None:
    Path("/dev/full").write_text("a text")


def no_file() -> None:
    read_tensors(Path("absent.safetensors"))


MACHINES = [no_memory_for_torch, no_memory_for_numpy, no_file]
MACHINES += [no_room] if Path("/dev/full").exists() else []


@pytest.mark.parametrize("work", MACHINES)
def test_a_fault_of_the_machine_is_not_recorded(work: Callable[[], None], tmp_path: Path) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each its own
        record("train", tmp_path, ["model.safetensors"], work)
    assert raised.value.__notes__[-1].startswith(provenance.AGAIN)
    assert (provenance.FEWER in raised.value.__notes__[-1]) == ("memory" in work.__name__)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), ValueError("no"), KeyError("x")])
def test_a_failure_of_the_method_is_recorded(error: Exception, tmp_path: Path) -> None:
    def work() -> None:
        raise error

    record("train", tmp_path, ["model.safetensors"], work)
    assert read_json(tmp_path / RECORD)["reason"] == f"{type(error).__name__}: {error}"
    assert (tmp_path / "model.safetensors").read_bytes() == b""


@pytest.mark.parametrize("garbage", [b"", b"\x93 no such file", bytes(range(256)) * 9])
def test_garbage_is_named_with_what_to_do(garbage: bytes, tmp_path: Path) -> None:
    for name, read in [("scores.json", read_json), ("model.safetensors", read_tensors)]:
        path = tmp_path / name
        path.write_bytes(garbage)
        with pytest.raises(Unreadable, match=f"{path} cannot be read .*Remove it and run the same"):
            read(path)


@pytest.mark.parametrize("damaged", ["data.json", "data.safetensors"])
def test_a_data_set_cut_in_half_is_named(damaged: str, tmp_path: Path) -> None:
    images = np.zeros((20, 1, 8, 8), np.uint8)
    data.save(tmp_path, describe("digits"), Splits(test=Split(images)))
    path = tmp_path / damaged
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Unreadable, match=damaged):
        data.load(tmp_path)


def test_an_absent_file_is_said_to_be_absent(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="scores.json"):
        read_json(tmp_path / "scores.json")


def test_what_cannot_be_written_is_the_methods_fault_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    with pytest.raises(SafetensorError, match="dtype") as raised:
        write_tensors(path, {"weights": np.array([object()])})
    assert raised.value.__notes__ == [f"This happened while {path} was written."]
    assert not provenance.machine_fault(raised.value)
    assert not list(tmp_path.iterdir())


def test_a_job_whose_warm_process_is_gone_is_run_without(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text("import sys; print(sys.argv[1]); sys.exit(3)")
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as gone:
        gone.bind(f"{folder}/socket")
        job = [sys.executable, worker.__file__, "job.py", "an argument"]
        environment = {**os.environ, worker.SOCKET: f"{folder}/socket"}
        done = subprocess.run(job, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("an argument\n", 3), done.stderr


def test_a_folder_has_its_name_when_all_of_it_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "figure"
    with pytest.raises(OSError, match="room"), written_whole(folder) as temporary:
        write_text(temporary / "all.svg", "half of it")
        raise OSError("no room")
    assert not list(tmp_path.iterdir())
    for text in ("first", "second"):
        with written_whole(folder) as temporary:
            write_text(temporary / "all.svg", text)
        assert (folder / "all.svg").read_text() == text and len(list(tmp_path.iterdir())) == 1


def test_a_lock_is_held_by_one_alone(tmp_path: Path) -> None:
    hold(tmp_path / "results/.lock")
    with pytest.raises(BlockingIOError):
        hold(tmp_path / "results/.lock")


def test_the_end_of_a_log_is_its_error_and_not_where_it_came_from(tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    log.write_text('Traceback:\n  File "x.py", line 3\n    f()\nOSError: no room\nWhat to do.\n')
    lines = summary.unfinished(tmp_path, [log, *[tmp_path / "absent.log"] * 4])
    assert lines[:3] == [f"{log}:", "  OSError: no room", "  What to do."]
    assert "  (nothing)" in lines and "and 2 jobs more" in lines
    assert lines[-1] == summary.NOT_FINISHED
