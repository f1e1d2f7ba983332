"""Gather what every setting of a plan costs, print it and write it as CSV."""

import argparse
from dataclasses import replace
from pathlib import Path

from aebench import comparison
from aebench.files import read_json, write_text
from aebench.registry import COST
from aebench.results import runs

SHOWN = ["budget_seconds", "train_throughput", "inference_throughput", "latency"]
SHOWN += ["peak_memory", "train_energy"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="plan.json")
    parser.add_argument("--output", type=Path, required=True, help="CSV file")
    arguments = parser.parse_args()
    costs = [
        replace(run, score_folders={COST: run.score_folders[COST]})
        for run in runs(read_json(arguments.plan))
        if COST in run.score_folders
    ]
    table = comparison.summary(comparison.scores(costs))
    write_text(arguments.output, table.to_csv(index=False))
    where = ["hardware", "dataset", "setting"]
    means = table.pivot(index=where, columns="metric", values="mean")
    print(means.reindex(columns=SHOWN).to_string(float_format="%.4g", na_rep="not measured"))
    print(f"\nMeans over seeds; all costs, with intervals: {arguments.output}")


if __name__ == "__main__":
    main()
