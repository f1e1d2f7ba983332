"""The record beside every result: what made it, on what, and whether it worked.

A failure is a result: its record carries the reason, the files that others wait for are left
empty, and later steps pass the record on. What the machine failed at is no result: the job fails
and leaves no record, so the next call does it again.
"""

import importlib.metadata
import os
import resource
import subprocess
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from aebench.files import read_json, write_json, write_text
from aebench.hardware import HardwareMissing, describe

RECORD = "record.json"
ALONE = "AEBENCH_ALONE"
"""Environment variable: set where no other job runs beside this one."""
NO_MEMORY = ("can't allocate memory", "CUDA out of memory", "std::bad_alloc", "ALLOC_FAILED")
"""What torch says, as a `RuntimeError`, where it gets none."""
NO_DEVICE = (
    *("No CUDA GPUs", "NVIDIA driver", "CUDA driver", "ECC error", "busy or unavailable"),
    *("initialization error", "unspecified launch failure", "CUBLAS_STATUS_NOT_INITIALIZED"),
    "start new thread",
)
"""What it says where there is no GPU to work on, or no thread."""
NO_FILE = ("I/O error", "deserializing")
"""What safetensors says of files, as a `SafetensorError`, and not of the tensors."""
AGAIN = "This is the machine's fault, so no result: the next call does this job again."
FEWER = (
    "Fewer jobs at once (--cores 1, gpu_slots: 1) leave more memory for each; what runs out of it "
    "with --cores 1 is recorded as failed."
)
LIBRARIES = ("torch", "numpy", "scikit-learn", "scikit-image", "scipy", "snakemake")


def record(
    step: str,
    folder: Path,
    outputs: list[str],
    work: Callable[[], None],
    upstream: Path | None = None,
    **context: Any,
) -> None:
    """Do ``work``, which writes ``outputs`` into ``folder``, and write its record.

    Where ``upstream`` failed, or ``work`` raises, the record says so and the outputs are empty.
    Raises what ``work`` raised where that is the machine's fault (`machine_fault`).
    """
    before = read_json(upstream / RECORD) if upstream else {"status": "completed"}
    reason, failed_step = before.get("reason"), before.get("failed_step")
    started, cpu_started = time.perf_counter(), cpu_seconds()
    if before["status"] == "completed":
        try:
            work()
        except Exception as error:
            if note := machine_fault(error):
                error.add_note(note)
                raise
            traceback.print_exc()
            text = " ".join(str(error).split())
            reason, failed_step = f"{type(error).__name__}: {text}"[:500], step
    if reason:
        for name in outputs:
            write_text(folder / name, "")
    content = {
        "step": step,
        "status": "failed" if reason else "completed",
        "reason": reason,
        "failed_step": failed_step,
        "seconds": time.perf_counter() - started,
        "cpu_seconds": cpu_seconds() - cpu_started,
        "peak_memory_bytes": peak_memory(),
        "finished": time.time(),
        "machine": describe(),
        "versions": versions(),
        "commit": commit(),
        **context,
    }
    write_json(folder / RECORD, content)


def machine_fault(error: Exception) -> str:
    """What to do about an error that is the machine's fault; empty where it is the method's.

    The machine's are want of memory where other jobs ran beside this one, of a GPU, and all that
    has to do with files: a full disk, a damaged file.
    """

    def said(kind: type[Exception], words: Iterable[str]) -> bool:
        return isinstance(error, kind) and any(each in str(error) for each in words)

    if isinstance(error, MemoryError) or said(RuntimeError, NO_MEMORY):
        return "" if os.environ.get(ALONE) else f"{AGAIN} {FEWER}"
    machines = isinstance(error, OSError | HardwareMissing) or said(RuntimeError, NO_DEVICE)
    return AGAIN if machines or said(SafetensorError, NO_FILE) else ""


def first_failed(folders: Sequence[Path]) -> Path:
    """The first of some steps' folders whose record says that it failed, or else the last."""
    failed = (folder for folder in folders if read_json(folder / RECORD)["status"] == "failed")
    return next(failed, folders[-1])


@cache
def versions() -> dict[str, str]:
    """Installed versions of the libraries that numbers depend on."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}


@cache
def commit() -> str:
    """The git commit of the code, ``-modified`` where files differ from it, or ``"unknown"``."""
    command = ["git", "describe", "--always", "--dirty=-modified", "--abbrev=12", "--exclude=*"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent
        )
    except FileNotFoundError:
        return "unknown"
    return done.stdout.strip() or "unknown"


def peak_memory() -> int:
    """Bytes: the most this process held of host memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def cpu_seconds() -> float:
    """CPU time of this process and of the children it waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
