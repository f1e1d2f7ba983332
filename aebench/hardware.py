"""Which hardware there is, asked without importing torch."""

import ctypes
import fcntl
import itertools
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from aebench import energy

KINDS = ("cpu", "cuda")
SLOTS = "AEBENCH_GPU_SLOTS"
"""Environment variable: how many jobs share one GPU."""
GPUS = "AEBENCH_GPUS"
"""Environment variable: their names, as `SHOWN` has them."""
SHOWN = "CUDA_VISIBLE_DEVICES"


class HardwareMissing(Exception):
    """The configuration asks for hardware that this machine lacks."""


@cache
def cuda_devices() -> int:
    """Number of CUDA devices that the driver shows (0 without a driver)."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int()
    if driver.cuInit(0) != 0 or driver.cuDeviceGetCount(ctypes.byref(count)) != 0:
        return 0
    return count.value


def select(asked: str | list[str]) -> list[str]:
    """Turn the configuration's ``hardware`` into kinds; ``auto`` takes what is there.

    Raises `HardwareMissing` where CUDA is asked for by name and absent.
    """
    if asked == "auto":
        return ["cpu", "cuda"] if cuda_devices() else ["cpu"]
    kinds = [asked] if isinstance(asked, str) else list(asked)
    if "cuda" in kinds and not cuda_devices():
        raise HardwareMissing(
            "hardware: found cuda, but the driver shows no CUDA device on this machine; "
            "accepted here: cpu, or auto to take what is there"
        )
    return kinds


def share_out(slots: int) -> int:
    """Let jobs know of the GPUs here, ``slots`` to each; returns how many places that makes."""
    devices = cuda_devices()
    shown = [name for name in os.environ.get(SHOWN, "").split(",") if name]
    names = shown if len(shown) == devices else [str(index) for index in range(devices)]
    os.environ.update({GPUS: ",".join(names), SLOTS: str(slots)})
    return slots * devices


@cache
def claim_gpu() -> None:
    """Take a place on one of the GPUs of `share_out` for as long as this process lives, and let it
    see that GPU alone: Snakemake counts places, but does not say which.

    The emptier GPU goes first. To be called before CUDA starts, which looks once. On a cluster,
    which hands GPUs out itself, there is nothing to do. Raises `HardwareMissing` where all places
    are taken.
    """
    names = os.environ.get(GPUS, "")
    if not names:
        return
    slots, folder = int(os.environ[SLOTS]), Path(tempfile.gettempdir())
    for slot, name in itertools.product(range(slots), names.split(",")):
        # never closed: the kernel frees the place when the process ends, in whatever way
        path = folder / f"aebench-gpu-{os.getuid()}-{name}-{slot}"
        place = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(place)
            continue
        os.environ[SHOWN] = name
        return
    raise HardwareMissing(
        f"all places on GPUs {names} are taken, {slots} on each (gpu_slots in config.yaml); other "
        f"processes hold {folder}/aebench-gpu-*"
    )


def describe() -> dict[str, str | int]:
    """The machine in words: processor, cores, memory in GiB, GPU, system, Python."""
    cpu = Path("/proc/cpuinfo")
    models = (
        [
            line.split(":", 1)[1].strip()
            for line in cpu.read_text().splitlines()
            if "model name" in line
        ]
        if cpu.exists()
        else []
    )
    memory = Path("/proc/meminfo")
    kibibytes = int(memory.read_text().split()[1]) if memory.exists() else 0
    return {
        "processor": models[0] if models else platform.processor() or platform.machine(),
        "cores": len(models),
        "memory_gib": round(kibibytes / 2**20),
        "gpu": gpu_name(),
        "energy": energy.described(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }


@cache
def gpu_name() -> str:
    """The name of the GPU that this process uses first, or ``"none"``."""
    if not cuda_devices() or not shutil.which("nvidia-smi"):
        return "none"
    query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    first = os.environ.get(SHOWN, "").split(",")[0]
    query += [f"--id={first}"] if first else []
    done = subprocess.run(query, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[0] if done.returncode == 0 and done.stdout else "CUDA device"
