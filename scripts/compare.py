"""Gather every score of a plan into tables with intervals and tests, and some as LaTeX."""

import argparse
from pathlib import Path

from aebench import comparison, latex
from aebench.files import read_json
from aebench.results import runs
from aebench.summary import read_rows, read_scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="plan.json")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()
    plan = read_json(arguments.plan)
    codecs = {
        name: read_json(Path(folder) / "codecs.json") for name, folder in plan["codecs"].items()
    }
    comparison.write(arguments.output, runs(plan), plan["calibrations"], codecs)
    scores = read_scores(arguments.output / "scores-summary.csv")
    failures = read_rows(arguments.output / "failures.csv")
    latex.write(arguments.output, plan["datasets"], scores, failures)


if __name__ == "__main__":
    main()
