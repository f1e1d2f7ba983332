"""Where every result lies, and how a file is written: whole or not at all.

Everything expensive carries a key in its path (`aebench.fingerprint.key`), so a result is found
again whatever the dates of the files say, and undoing an edit finds the old result.
"""

import fcntl
import glob
import json
import os
import platform
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

DATA_DIRECTORY = "AEBENCH_DATA"
"""Environment variable that names the data directory, above config.yaml's ``data_directory``."""
CLAIM = "AEBENCH_CLAIM"
"""Environment variable that names the claim, or ``all``, whose runs are planned."""
RESULTS = Path("results")
PLAN = RESULTS / "plan.json"
TABLES = RESULTS / "tables"
REPORT = RESULTS / "report"
USAGE = RESULTS / "usage.json"
LOCK = RESULTS / ".lock"
FROM_SOURCE = Path(".snakemake/from_source.pickle")
ALL_DATASETS = "all"
"""Stands for a data set's name where figures of all of them together lie."""


def data_directory(configured: str = "data") -> Path:
    """Where data sets that are files are looked for: the environment has the last word."""
    return Path(os.environ.get(DATA_DIRECTORY, configured)).expanduser()


def data_folder(dataset: str, split: str, key: str) -> Path:
    """Prepared data: ``data.safetensors``, ``data.json``. ``split``: official, fixed, seed-<n>."""
    return RESULTS / "data" / dataset / f"{split}-{key}"


def run_folder(hardware: str, dataset: str, setting: str, seed: int) -> Path:
    """All steps of one run."""
    return RESULTS / hardware / dataset / setting / f"seed-{seed}"


def step_folder(run: Path, step: str, key: str) -> Path:
    """One step of one run: ``train-<key>``, ``encode-<key>``, ``<metric group>-<key>``."""
    return run / f"{step}-{key}"


def calibration_folder(dataset: str, group: str, key: str) -> Path:
    """Scores of a perfect and a random code, ``calibration.json``, or of real images and noise,
    ``references.json``.
    """
    return RESULTS / "calibration" / dataset / f"{group}-{key}"


def classifier_folder(dataset: str, split: str, key: str) -> Path:
    """A data set's classifier and its features of test images."""
    return RESULTS / "classifier" / dataset / f"{split}-{key}"


def host_folder(host: str, key: str) -> Path:
    """A network whose hidden states are a data set."""
    return RESULTS / "hosts" / host / key


def codecs_folder(dataset: str, key: str) -> Path:
    """What the classical codecs reach on a data set: ``codecs.json``, ``pictures.safetensors``."""
    return RESULTS / "codecs" / dataset / key


def figure_folder(dataset: str, figure: str, key: str) -> Path:
    """One figure of one data set: ``all.svg``, ``all.pdf`` and one SVG per setting."""
    return RESULTS / "figures" / dataset / f"{figure}-{key}"


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``, for a file or for a folder of such written whole, that
    becomes ``path`` when the block succeeds.

    It is on the disk before it has its name: whole after a power cut too, and a disk that only
    then turns out to be full is an `OSError`. What processes of this machine that were killed here
    left behind goes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = f".{path.name}.{platform.node()}."
    for left in path.parent.glob(f"{glob.escape(beside)}*"):
        if not _runs(int(left.name.removeprefix(beside))):
            _remove(left)
    temporary = path.with_name(f"{beside}{os.getpid()}")
    try:
        yield temporary
        if temporary.is_dir():
            _remove(path)
        else:
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
        os.replace(temporary, path)
    except Exception as error:
        error.add_note(f"This happened while {path} was written.")
        raise
    finally:
        _remove(temporary)


def _remove(path: Path) -> None:
    """Remove a file or a folder where there is one."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    """Whether a process of this machine is alive."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Unreadable(OSError):
    """A file holds something else than was written into it."""


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Read ``path`` in the block. Raises `Unreadable`, which says what to do, where that fails."""
    try:
        yield
    except (FileNotFoundError, MemoryError, RuntimeError):
        raise  # it is not there, or there is no memory for it
    except Exception as error:
        advice = "Remove it and run the same command again: it is made anew."
        raise Unreadable(f"{path} cannot be read ({error}). {advice}") from error


def hold(path: Path) -> None:
    """Lock ``path`` until this process ends, in whatever way.

    Raises `BlockingIOError` where a living process holds it. Where the file system has no locks
    there is none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)  # never closed: the lock goes with it
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    except OSError:
        pass


def date_back(folder: Path) -> None:
    """Date as of now what a clock ahead of this one has dated, as far as it may be touched.

    Snakemake refuses a result that seems older than what it was made from.
    """
    now = time.time()
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError, PermissionError):
            if path.stat().st_mtime > now:
                os.utime(path)


def write_text(path: Path, text: str) -> None:
    """Write text, whole or not at all."""
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes, whole or not at all."""
    with written_whole(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, content: Any, sort_keys: bool = True) -> None:
    """Write JSON, its keys sorted unless their order says something."""
    write_text(path, json.dumps(content, indent=1, sort_keys=sort_keys, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Read JSON. Raises `Unreadable` where the file holds something else."""
    with reading(path):
        return json.loads(path.read_text(encoding="utf-8"))


def write_tensors(path: Path, arrays: Mapping[str, Any], **metadata: str) -> None:
    """Write NumPy arrays or torch tensors, with text ``metadata``, as safetensors."""
    import numpy as np
    from safetensors.numpy import save_file

    with written_whole(path) as temporary:
        # NumPy's writer: contiguous arrays, and no torch in jobs that have none
        save_file(
            {name: np.asarray(array, order="C") for name, array in sorted(arrays.items())},
            temporary,
            metadata=metadata or None,
        )


def read_tensors(path: Path) -> dict[str, Any]:
    """NumPy arrays by name from safetensors. Raises `Unreadable` for any other file."""
    from safetensors.numpy import load_file

    with reading(path):
        return dict(load_file(path))
