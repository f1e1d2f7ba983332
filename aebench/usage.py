"""What a run of the workflow cost, and which share of it was science."""

import resource
from pathlib import Path
from typing import Any

from aebench.files import read_json
from aebench.provenance import RECORD


def usage(plan: dict[str, Any], started: float, finished: float) -> dict[str, float]:
    """Seconds of wall clock and of CPU since ``started`` (UNIX time).

    CPU is that of this process and every process it waited for; productive is what training,
    encoding and measuring recorded for themselves, without start-up and imports.
    """
    cpu = sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    records = [path for path in _records(plan) if path.exists() and path.stat().st_mtime >= started]
    return {
        "wall_seconds": finished - started,
        "cpu_seconds": cpu,
        "productive_cpu_seconds": sum(read_json(path)["cpu_seconds"] for path in records),
        "jobs": len(records),
    }


def _records(plan: dict[str, Any]) -> list[Path]:
    return [
        Path(folder) / RECORD
        for run in plan["runs"]
        for folder in (run["train"], run["encode"], *run["scores"].values())
    ]
