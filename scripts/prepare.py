"""Prepare one data set: data.safetensors and data.json."""

import argparse
import json
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", required=True)
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON mapping")
    parser.add_argument("--data-directory", type=Path, default=None)
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()

    import os

    from aebench.data import Description, save
    from aebench.registry import datasets

    entry = datasets()[arguments.dataset]
    directory = arguments.data_directory or Path(os.environ.get("AEBENCH_DATA", "data"))
    splits = entry.load()(directory.expanduser(), **arguments.settings)
    save(arguments.output, Description(name=entry.name, **entry.properties), splits)


if __name__ == "__main__":
    main()
