"""Measure what jobs ask a cluster for: the sizes of finished jobs into aebench/job_sizes.csv.

Kinds of jobs that the results folders do not hold stay as they are in the table.
"""

import argparse
from pathlib import Path

from aebench import job_sizes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path, nargs="+", help="results folder of a finished run")
    parser.add_argument("--table", type=Path, default=job_sizes.TABLE, help="default: %(default)s")
    arguments = parser.parse_args()
    known = job_sizes.read(arguments.table) if arguments.table.exists() else []
    found = [size for folder in arguments.results for size in job_sizes.measured(folder)]
    kinds = {(size.hardware, size.step, size.dataset, size.variant): size for size in known + found}
    job_sizes.write(kinds.values(), arguments.table)
    print(f"{arguments.table}: {len(found)} measured, {len(kinds)} in all")


if __name__ == "__main__":
    main()
