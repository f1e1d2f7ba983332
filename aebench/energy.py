"""Energy, read from the counters of the processor and the GPU where the machine lets us."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

POWERCAP = Path("/sys/class/powercap")
NOT_MEASURED = "not measured: no RAPL counter can be read"

Reading = dict[str, tuple[float, float]]
"""Joules so far by counter, and the joules after which it starts again (infinity: never)."""


def reading(device: str, powercap: Path = POWERCAP) -> Reading:
    """What the counters say now; empty where none can be read.

    Those of every processor package (RAPL, whole packages: whatever runs counts) and, on ``cuda``,
    of the GPU in use (NVML): both, or none.
    """
    found: Reading = {}
    for package in _packages(powercap):
        used, most = (
            int((package / name).read_text()) / 1e6 for name in ("energy_uj", "max_energy_range_uj")
        )
        found[package.name] = used, most
    if device != "cuda" or not found:
        return found
    of_gpu = _of_gpu()
    return found | of_gpu if of_gpu else {}


def joules(before: Reading, after: Reading) -> float | None:
    """Joules between two readings; none where there was nothing to read."""
    if not before or before.keys() != after.keys():
        return None
    spent = 0.0
    for name, (start, most) in before.items():
        used = after[name][0] - start
        spent += used if used >= 0 else used + most
    return spent


def described(powercap: Path = POWERCAP) -> str:
    """Which counters of the processor can be read, or that none can."""
    names = [(package / "name").read_text().strip() for package in _packages(powercap)]
    return f"RAPL: {', '.join(names)}" if names else NOT_MEASURED


def _packages(powercap: Path) -> Iterator[Path]:
    """Folders of the packages whose counters this process may read."""
    for package in sorted(powercap.glob("intel-rapl:*")):
        try:
            (package / "energy_uj").read_text()
            whole = (package / "name").read_text().startswith("package")
        except OSError:
            continue
        if whole:  # not a part of one, nor all of the platform
            yield package


def _of_gpu() -> Reading:
    """The counter of the GPU that torch uses; empty without NVML or on a GPU that has none."""
    import torch

    nvml = _nvml()
    if nvml is None:
        return {}
    identity = str(torch.cuda.get_device_properties(torch.cuda.current_device()).uuid)
    try:
        handle = nvml.nvmlDeviceGetHandleByUUID(f"GPU-{identity}")
        millijoules = nvml.nvmlDeviceGetTotalEnergyConsumption(handle)
    except nvml.NVMLError:
        return {}
    return {f"gpu-{identity}": (millijoules / 1e3, float("inf"))}


@cache
def _nvml() -> Any:
    """NVIDIA's management library, or none."""
    try:
        import pynvml  # type: ignore[import-untyped]
    except ImportError:
        return None
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml
