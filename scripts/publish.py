"""Put a finished run's report on the site: what `make publish` calls."""

import argparse
import sys
from pathlib import Path

from aebench.files import PLAN, REPORT, RESULTS, TABLES, read_json
from aebench.publishing.site import Unfinished, publish


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, default=PLAN, help="plan.json")
    parser.add_argument("--tables", type=Path, default=TABLES, help="folder that compare.py wrote")
    parser.add_argument("--report", type=Path, default=REPORT, help="folder that render.py wrote")
    parser.add_argument("--output", type=Path, default=RESULTS / "site", help="folder of the site")
    arguments = parser.parse_args()
    try:
        plan = read_json(arguments.plan)
        folder = publish(plan, arguments.tables, arguments.report, arguments.output)
    except FileNotFoundError as error:
        return fail(f"there is no {error.filename}")
    except Unfinished as missing:
        return fail(str(missing))
    print(f"published: {folder / 'index.html'}\nall reports: {arguments.output / 'index.html'}")
    return 0


def fail(missing: str) -> int:
    """Say in one line what is missing."""
    print(f"nothing to publish: {missing}; `make benchmark` makes it", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
