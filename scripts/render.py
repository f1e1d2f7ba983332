"""Write the report: one HTML file with every table and figure inside."""

import argparse
from pathlib import Path

from aebench.files import read_json, write_text
from aebench.report import rendering

LOCK = Path("envs/requirements.lock")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="plan.json")
    parser.add_argument("--tables", type=Path, required=True, help="folder that compare.py wrote")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()
    lock = LOCK if LOCK.is_file() else None
    page = rendering.render(read_json(arguments.plan), arguments.tables, lock)
    write_text(arguments.output / "index.html", page)


if __name__ == "__main__":
    main()
