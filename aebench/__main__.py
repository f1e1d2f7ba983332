"""The command line: ``python -m aebench list variants``.

Answers come from `aebench.registry` alone, so nothing here waits for torch, NumPy or pandas.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from aebench import registry
from aebench.registry import Entry

Row = list[str]


def of_variant(entry: Entry) -> Row:
    """A variant's row."""
    settings = ", ".join(f"{name}={s.default}" for name, s in entry.settings.items())
    properties = entry.properties
    return [entry.name, properties["family"], properties["title"], properties["paper"], settings]


def of_dataset(entry: Entry) -> Row:
    """A data set's row."""
    properties = entry.properties
    known = [f"{properties['classes']} classes"] if properties.get("classes") else []
    known += [f"{name} {count}" for name, count in properties.get("factors", {}).items()]
    known += ["anomalies"] if properties.get("anomalies") else []
    known += [f"{properties['features']} true features"] if properties.get("features") else []
    splits = ", ".join(f"{split} {count}" for split, count in properties["splits"].items())
    made = {"official": "official", "fixed": "fixed", "seed": "drawn by the seed"}
    return [
        entry.name,
        properties["title"],
        properties["kind"],
        "×".join(map(str, properties["shape"])),
        properties.get("value_range", "[0, 1]"),
        f"{splits} ({made[properties['split']]})",
        ", ".join(known),
        properties["licence"],
        properties["source"],
        properties["citation"],
    ]


def of_metric(entry: Entry) -> Row:
    """A metric's row."""
    properties = entry.properties
    group, better, unit = (properties[name] for name in ("group", "better", "unit"))
    return [entry.name, group, better, unit, entry.summary]


LISTS: dict[str, tuple[Callable[[], Mapping[str, Entry]], Row, Callable[[Entry], Row]]] = {
    "variants": (
        registry.variants,
        ["name", "family", "title", "paper", "settings"],
        of_variant,
    ),
    "datasets": (
        registry.datasets,
        ["name", "title", "kind", "shape", "values", "splits", "knows"]
        + ["licence", "source", "citation"],
        of_dataset,
    ),
    "metrics": (
        registry.metrics,
        ["name", "group", "better", "unit", "summary"],
        of_metric,
    ),
}


def table(rows: Sequence[Row]) -> str:
    """Rows of text in aligned columns; an empty cell shows as a dash."""
    filled = [[cell or "-" for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*filled, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in filled)


def blocks(rows: Sequence[Row]) -> str:
    """Each row as a block of lines under its name, where a table would be too wide to read."""
    header, *entries = rows
    width = max(map(len, header))
    return "\n\n".join(
        "\n".join(
            [
                entry[0],
                *(
                    f"  {name:{width}}  {cell}"
                    for name, cell in zip(header[1:], entry[1:], strict=True)
                    if cell
                ),
            ]
        )
        for entry in entries
    )


def as_json(entry: Entry) -> dict[str, Any]:
    """Everything the registry knows of an entry."""
    known = asdict(entry) | {"summary": entry.summary}
    del known["methods"]
    if entry.kind == "variant":
        known["capabilities"] = sorted(registry.capabilities(entry))
    return known


def list_entries(arguments: argparse.Namespace) -> None:
    """``list``: what can stand in config.yaml, and what is measured."""
    entries, header, row = LISTS[arguments.what]
    if arguments.json:
        print(json.dumps([as_json(entry) for entry in entries().values()], indent=1))
    else:
        rows = [header, *map(row, entries().values())]
        print(blocks(rows) if arguments.what == "datasets" else table(rows))


def main(words: Sequence[str] | None = None) -> None:
    """Run the subcommand that ``words`` name."""
    parser = argparse.ArgumentParser(prog="python -m aebench", description="AEBench")
    commands = parser.add_subparsers(required=True, metavar="command")
    listing = commands.add_parser("list", help="what there is: variants, data sets, metrics")
    listing.add_argument("what", choices=LISTS)
    listing.add_argument("--json", action="store_true", help="everything known, as JSON")
    listing.set_defaults(run=list_entries)
    arguments = parser.parse_args(words)
    arguments.run(arguments)


if __name__ == "__main__":
    main()
