"""Draw one figure of all data sets: all.svg, all.pdf, an SVG per group of metrics, figure.json."""

import argparse
from pathlib import Path

from aebench.figures.drawing import description, write
from aebench.figures.rankings import Rankings, read
from aebench.files import ALL_DATASETS, read_json, write_json, written_whole
from aebench.registry import Entry, figures_across


def draw(entry: Entry, rankings: Rankings, folder: Path) -> list[str]:
    """Write the figure's files; returns the groups of metrics that have one of their own."""
    function = entry.load()
    groups = rankings.groups if entry.properties["per_group"] else []
    return write(
        lambda: function(rankings), lambda group: function(rankings, group=group), groups, folder
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="plan.json")
    parser.add_argument("--tables", type=Path, required=True, help="folder that compare.py wrote")
    parser.add_argument("--figure", required=True, choices=figures_across(), help="a figure's name")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()
    entry = figures_across()[arguments.figure]
    rankings = read(read_json(arguments.plan), arguments.tables)
    with written_whole(arguments.output) as folder:
        drawn = draw(entry, rankings, folder)
        content = {**description(entry, ALL_DATASETS), "variants": [], "groups": drawn}
        write_json(folder / "figure.json", content)


if __name__ == "__main__":
    main()
