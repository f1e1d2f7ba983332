"""Prepare one data set: data.safetensors and data.json."""

import argparse
import json
import sys
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON mapping")
    parser.add_argument("--split", default="seed-0", help="seed-<n> where the seed draws the split")
    parser.add_argument("--backbone", type=json.loads, default={}, help="JSON mapping of changes")
    parser.add_argument("--data-directory", type=Path, default=None)
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()

    from aebench.data import Description, save
    from aebench.datasets.download import Unavailable
    from aebench.files import data_directory
    from aebench.registry import datasets

    entry = datasets()[arguments.dataset]
    directory = arguments.data_directory or data_directory()
    settings = arguments.settings
    if entry.properties["split"] == "seed":
        settings = settings | {"seed": int(arguments.split.removeprefix("seed-"))}
    try:
        splits = entry.load()(directory, **settings)
    except Unavailable as reason:
        sys.exit(f"{entry.name}: {reason}")
    backbone = entry.properties["backbone"] | arguments.backbone
    description = Description(name=entry.name, **entry.properties | {"backbone": backbone})
    save(arguments.output, description, splits)


if __name__ == "__main__":
    main()
