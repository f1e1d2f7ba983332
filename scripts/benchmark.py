"""Run the benchmark and print where the report is: what `make benchmark` calls."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = Path("results")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", help="a file of workflow/presets: smoke, full")
    arguments, rest = parser.parse_known_args()
    preset = ROOT / f"workflow/presets/{arguments.preset}.yaml"
    if arguments.preset and not preset.is_file():
        known = ", ".join(sorted(path.stem for path in preset.parent.glob("*.yaml")))
        return fail(f"--preset: there is no preset '{arguments.preset}'; known: {known}")
    return run([*(["--configfile", str(preset)] if arguments.preset else []), *rest])


def run(arguments: list[str]) -> int:
    """Run Snakemake; where it found nothing to do, print the summary in its place."""
    snakemake = [sys.executable, "-m", "snakemake"]
    quiet = ["--quiet", "rules", "host"]  # last: it would take a target for one of its values
    usage = RESULTS / "usage.json"
    before = usage.stat().st_mtime_ns if usage.exists() else None
    status = subprocess.run([*snakemake, *arguments, *quiet], check=False).returncode
    ran = usage.exists() and usage.stat().st_mtime_ns != before
    if status or ran or not (RESULTS / "tables").is_dir() or is_dry(arguments):
        return status
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    summarise = [sys.executable, str(ROOT / "scripts/summarise.py")]
    paths = ["--plan", "results/plan.json", "--tables", "results/tables"]
    return subprocess.run([*summarise, *paths], check=False, env=environment).returncode


def is_dry(arguments: list[str]) -> bool:
    """Whether Snakemake only says what it would do: ``--dry-run``, ``-n``, ``-np``."""
    return any(
        argument in ("--dry-run", "--dryrun") or re.fullmatch(r"-\w*n\w*", argument)
        for argument in arguments
    )


def fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
