"""Print what was found in a few lines; exit with 1 where anything failed."""

import argparse
import sys
from pathlib import Path

from aebench import summary
from aebench.files import read_json


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="plan.json")
    parser.add_argument("--tables", type=Path, required=True, help="folder that compare.py wrote")
    parser.add_argument("--usage", type=Path, default=None, help="usage.json")
    arguments = parser.parse_args()
    usage = read_json(arguments.usage) if arguments.usage else None
    print("\n".join(summary.lines(read_json(arguments.plan), arguments.tables, usage)))
    sys.exit(1 if summary.read_rows(arguments.tables / "failures.csv") else 0)


if __name__ == "__main__":
    main()
