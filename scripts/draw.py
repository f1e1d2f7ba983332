"""Draw one figure of one data set: all.svg, all.pdf, an SVG per setting, figure.json."""

import argparse
from pathlib import Path

from aebench.figures import style
from aebench.files import read_json, write_json
from aebench.registry import Entry, figures
from aebench.results import DatasetResults, of_dataset


def draw(entry: Entry, results: DatasetResults, folder: Path) -> list[str]:
    """Write the figure's files; returns the settings that have one of their own.

    Where nothing is there to show, the figure of all settings says so.
    """
    function = entry.load()
    with style.look():
        try:
            whole = function(results)
        except style.NothingToShow as reason:
            whole = style.empty(str(reason))
        for kind in ("svg", "pdf"):
            style.save(whole, folder / f"all.{kind}")
        variants = []
        for setting in results.settings if entry.properties["per_variant"] else []:
            try:
                style.save(function(results, setting=setting), folder / f"{setting}.svg")
            except style.NothingToShow:
                continue
            variants.append(setting)
    return variants


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", type=Path, required=True, help="plan.json")
    parser.add_argument("--dataset", required=True, help="a data set of the plan")
    parser.add_argument("--figure", required=True, choices=figures(), help="a figure's name")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()
    entry = figures()[arguments.figure]
    results = of_dataset(read_json(arguments.plan), arguments.dataset)
    content = {
        "name": entry.name,
        "dataset": arguments.dataset,
        "title": entry.properties["title"],
        "caption": entry.properties["caption"],
        "variants": draw(entry, results, arguments.output),
    }
    write_json(arguments.output / "figure.json", content)


if __name__ == "__main__":
    main()
