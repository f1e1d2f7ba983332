"""Draw one figure of one data set: all.svg, all.pdf, an SVG per setting, figure.json."""

import argparse
from pathlib import Path

from aebench.figures.drawing import description, write
from aebench.files import read_json, write_json, written_whole
from aebench.registry import Entry, figures
from aebench.results import DatasetResults, of_dataset


def draw(entry: Entry, results: DatasetResults, folder: Path) -> list[str]:
    """Write the figure's files; returns the settings that have one of their own."""
    function = entry.load()
    settings = results.settings if entry.properties["per_variant"] else []
    return write(
        lambda: function(results),
        lambda setting: function(results, setting=setting),
        settings,
        folder,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="plan.json")
    parser.add_argument("--dataset", required=True, help="a data set of the plan")
    parser.add_argument("--figure", required=True, choices=figures(), help="a figure's name")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()
    entry = figures()[arguments.figure]
    results = of_dataset(read_json(arguments.plan), arguments.dataset)
    with written_whole(arguments.output) as folder:
        drawn = draw(entry, results, folder)
        content = {**description(entry, arguments.dataset), "variants": drawn}
        write_json(folder / "figure.json", content)


if __name__ == "__main__":
    main()
