"""Arguments that the steps of a run share on their command lines."""

import argparse
import json
from pathlib import Path


def of_run(
    description: str | None, trained: bool = True, training: bool = False
) -> argparse.ArgumentParser:
    """A parser with the data, the variant and its settings, the hardware and the output folder;
    ``trained``: and with the model; ``training``: and with the budget and the seed.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder of a prepared data set")
    if trained:
        parser.add_argument("--model", type=Path, required=True, help="model.safetensors of a run")
    parser.add_argument("--variant", required=True)
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON mapping")
    parser.add_argument("--hardware", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    if training:
        parser.add_argument("--budget", type=json.loads, required=True, help="JSON mapping")
        parser.add_argument("--seed", type=int, required=True)
    return parser
