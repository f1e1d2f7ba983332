"""Jobs share GPUs out among themselves: a place each, the emptier GPU first, freed at the end."""

import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from aebench import hardware

FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def two_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(hardware, "cuda_devices", lambda: 2)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    for name in (hardware.SHOWN, hardware.GPUS, hardware.SLOTS):
        monkeypatch.setenv(name, "")
    yield
    hardware.claim_gpu.cache_clear()


def _job(connection: Connection) -> None:
    try:
        hardware.claim_gpu()
        connection.send(os.environ.get(hardware.SHOWN))
    except hardware.HardwareMissing as error:
        connection.send(str(error))
    connection.recv()  # until told to end


class Job:
    """A process that claims a GPU and keeps it until `end`."""

    def __init__(self) -> None:
        self.connection, other = FORK.Pipe()
        self.process = FORK.Process(target=_job, args=(other,), daemon=True)
        self.process.start()
        self.saw: str | None = self.connection.recv()

    def end(self) -> None:
        self.connection.send("end")
        self.process.join()


def test_each_job_sees_a_gpu_of_its_own() -> None:
    assert hardware.share_out(1) == 2
    first, second = Job(), Job()
    assert [first.saw, second.saw] == ["0", "1"]


def test_a_place_is_free_again_when_its_job_was_killed() -> None:
    hardware.share_out(1)
    first, second = Job(), Job()
    first.process.kill()
    first.process.join()
    assert Job().saw == first.saw
    second.end()
    assert Job().saw == second.saw


def test_without_a_free_place_a_job_says_so() -> None:
    hardware.share_out(1)
    jobs = [Job(), Job()]
    assert "all places on GPUs 0,1 are taken" in str(Job().saw)
    assert all(job.process.is_alive() for job in jobs)


def test_with_slots_jobs_share_a_gpu_the_emptier_first() -> None:
    assert hardware.share_out(2) == 4
    jobs = [Job() for _ in range(4)]
    assert [job.saw for job in jobs] == ["0", "1", "0", "1"]


def test_gpus_that_the_user_chose_are_those_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(hardware.SHOWN, "5,7")
    hardware.share_out(1)
    jobs = [Job(), Job()]
    assert [job.saw for job in jobs] == ["5", "7"]


def test_where_nothing_was_shared_out_a_job_sees_what_it_is_shown() -> None:
    assert Job().saw == ""
