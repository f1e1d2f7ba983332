"""What a data set's host makes of a run's reconstructions of its hidden states:
artefacts.safetensors, record.json.
"""

import argparse
import importlib
from pathlib import Path

from aebench import provenance
from aebench.files import read_tensors, write_tensors


def splice(arguments: argparse.Namespace) -> None:
    """Put the reconstructions in place of the hidden states and write the host's losses."""
    import numpy as np

    host = importlib.import_module(f"aebench.hosts.{arguments.host}")
    reconstructions = read_tensors(arguments.artefacts)["reconstructions"]
    losses = host.losses(arguments.host_folder, reconstructions)
    found = {name: np.array(value) for name, value in losses.items()}
    write_tensors(arguments.output / "artefacts.safetensors", found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", required=True, help="a module of aebench.hosts")
    parser.add_argument("--host-folder", type=Path, required=True, help="what train_host.py wrote")
    parser.add_argument("--artefacts", type=Path, required=True, help="artefacts.safetensors")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()
    provenance.record(
        "splice",
        arguments.output,
        ["artefacts.safetensors"],
        lambda: splice(arguments),
        upstream=arguments.artefacts.parent,
    )


if __name__ == "__main__":
    main()
