"""What a run of the workflow cost, and which share of it was science."""

from typing import Any

from aebench.files import read_json
from aebench.provenance import RECORD, cpu_seconds
from aebench.results import runs


def usage(plan: dict[str, Any], started: float, finished: float) -> dict[str, float]:
    """Seconds of wall clock and of CPU since ``started`` (UNIX time).

    CPU is that of this process and every process it waited for; productive is what training,
    encoding and measuring recorded for themselves, without start-up and imports.
    """
    # runs that evaluate another's model share its training
    paths = dict.fromkeys(folder / RECORD for run in runs(plan) for folder in run.folders)
    records = [path for path in paths if path.exists() and path.stat().st_mtime >= started]
    return {
        "wall_seconds": finished - started,
        "cpu_seconds": cpu_seconds(),
        "productive_cpu_seconds": sum(read_json(path)["cpu_seconds"] for path in records),
        "jobs": len(records),
    }
