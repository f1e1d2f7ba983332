"""Measure one group of metrics on one run: scores.json, matrices.safetensors, record.json."""

import argparse
from pathlib import Path

from aebench import data, provenance
from aebench.files import read_json, write_json, write_tensors


def measure(arguments: argparse.Namespace) -> None:
    """Hand the arrays to the group's metrics."""
    from safetensors.numpy import load_file

    from aebench import measuring

    description, arrays = data.load(arguments.data)
    artefacts = load_file(arguments.artefacts)
    for path in arguments.features:
        artefacts |= load_file(path)
    trained, encoded = arguments.train / "cost.json", arguments.artefacts.with_name("cost.json")
    cost = read_json(trained) | read_json(encoded)
    named = measuring.arrays(description, arrays, artefacts, cost)
    measured = measuring.measure(arguments.group, named)
    scores = {"values": measured.values, "failures": measured.failures}
    write_json(arguments.output / "scores.json", scores)
    write_tensors(arguments.output / "matrices.safetensors", measured.matrices)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group", required=True, help="a module of aebench.metrics")
    parser.add_argument("--data", type=Path, required=True, help="folder of a prepared data set")
    parser.add_argument("--train", type=Path, required=True, help="folder of the trained model")
    parser.add_argument("--artefacts", type=Path, required=True, help="artefacts.safetensors")
    parser.add_argument(
        "--features",
        type=Path,
        nargs="*",
        default=[],
        help="features.safetensors of the data set's classifier and of the run",
    )
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()
    provenance.record(
        "measure",
        arguments.output,
        ["scores.json", "matrices.safetensors"],
        lambda: measure(arguments),
        upstream=[arguments.artefacts, *arguments.features][-1].parent,
    )


if __name__ == "__main__":
    main()
