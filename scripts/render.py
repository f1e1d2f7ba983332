"""Write the report: one HTML file with every table and figure inside, and the figures as files."""

import argparse
import shutil
from pathlib import Path

from aebench.figures.drawn_files import drawn_files
from aebench.files import read_json, write_bytes, write_text
from aebench.report import rendering

LOCK = Path("envs/requirements.lock")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="plan.json")
    parser.add_argument("--tables", type=Path, required=True, help="folder that compare.py wrote")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()
    lock = LOCK if LOCK.is_file() else None
    plan = read_json(arguments.plan)
    page = rendering.render(plan, arguments.tables, lock)
    shutil.rmtree(arguments.output / "figures", ignore_errors=True)
    for name, path in drawn_files(plan).items():
        write_bytes(arguments.output / "figures" / name, path.read_bytes())
    write_text(arguments.output / "index.html", page)


if __name__ == "__main__":
    main()
