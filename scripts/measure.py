"""Measure one group of metrics on one run: scores.json, matrices.safetensors, record.json."""

import argparse
from pathlib import Path
from typing import Any

from aebench import data, provenance
from aebench.data import Array
from aebench.files import read_json, read_tensors, write_json, write_tensors


def measure(arguments: argparse.Namespace) -> None:
    """Hand the arrays to the group's metrics."""
    from aebench import measuring

    description, arrays = data.load(arguments.data)
    artefacts: dict[str, Array] = {}
    for path in [*arguments.artefacts, *arguments.features]:
        artefacts |= read_tensors(path)
    cost: dict[str, Any] = {}
    for step in (arguments.train, *(path.parent for path in arguments.artefacts)):
        if (step / "cost.json").is_file():
            cost |= read_json(step / "cost.json")
    named = measuring.arrays(description, arrays, artefacts, cost)
    others = [read_tensors(path) for path in succeeded(arguments.others)]
    named["other_codes"] = [found["codes"] for found in others]
    named["other_directions"] = [
        found["directions"][measuring.stands_for_something(found["directions"])]
        for found in others
        if "directions" in found
    ]
    measured = measuring.measure(arguments.group, named)
    scores = {"values": measured.values, "failures": measured.failures}
    write_json(arguments.output / "scores.json", scores)
    write_tensors(arguments.output / "matrices.safetensors", measured.matrices)


def succeeded(paths: list[Path]) -> list[Path]:
    """Those that are not what a failed step left."""
    return [path for path in paths if path.stat().st_size]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group", required=True, help="a module of aebench.metrics")
    parser.add_argument("--data", type=Path, required=True, help="folder of a prepared data set")
    parser.add_argument("--train", type=Path, required=True, help="folder of the trained model")
    parser.add_argument(
        "--artefacts",
        type=Path,
        nargs="+",
        required=True,
        help="artefacts.safetensors of each step whose arrays the group reads",
    )
    parser.add_argument(
        "--others",
        type=Path,
        nargs="*",
        default=[],
        help="artefacts.safetensors of the setting's other seeds, where the group reads them",
    )
    parser.add_argument(
        "--features",
        type=Path,
        nargs="*",
        default=[],
        help="features.safetensors of the data set's classifier and of the run",
    )
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()
    read = [*arguments.artefacts, *arguments.features[-1:]]  # the run's own come last
    provenance.record(
        "measure",
        arguments.output,
        ["scores.json", "matrices.safetensors"],
        lambda: measure(arguments),
        upstream=provenance.first_failed([path.parent for path in read]),
    )


if __name__ == "__main__":
    main()
