"""What a training step pays for its batch, as a share of the step and against a DataLoader.

    python -m benchmarks.batches

Batches come from memory: rows of uint8 picked by index and scaled to floats. The peer is PyTorch's
DataLoader over the same rows as a TensorDataset, shuffled, without workers, scaled in the same way.
Both run in turn in one process; medians of the rounds. The step is a VAE's, on the data set's own
network and batch size. One thread.
"""

import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import torch
from torch import Generator, Tensor
from torch.utils.data import DataLoader, TensorDataset

from aebench import registry, training
from aebench.data import Array, Budget, Description
from aebench.inputs import Inputs

ROWS, STEPS, ROUNDS = 8192, 30, 5


def stored(data: Description) -> Array:
    """Random integers in a data set's shape and range."""
    return np.random.default_rng(0).integers(
        0, data.maximum + 1, (ROWS, *data.shape), dtype=np.uint8
    )


def from_memory(inputs: Inputs, size: int) -> None:
    """The benchmark's own batches."""
    batches, noise = training._Batches(inputs, size, seed=0), Generator()
    for step in range(STEPS):
        batches.at(step, noise)


def from_loader(rows: Tensor, maximum: int, size: int) -> None:
    """The peer's."""

    def endless() -> Iterator[Tensor]:
        while True:
            for (batch,) in DataLoader(TensorDataset(rows), size, shuffle=True):
                yield batch.float().div_(maximum)

    batches = endless()
    for _ in range(STEPS):
        next(batches)


def steps(data: Description, inputs: Inputs, budget: Budget) -> None:
    """Whole training steps, batches included."""
    variant = training.build(registry.variants()["vae"], data, {}, 0, "cpu")
    training.train(variant, inputs, budget, seed=0)


def seconds(function: Callable[..., None], *arguments: object) -> float:
    """CPU seconds of one call."""
    started = time.process_time()
    function(*arguments)
    return time.process_time() - started


def main() -> None:
    """Print, per data set, the batch's share of a step and the peer's time as a multiple."""
    torch.set_num_threads(1)
    for name in ("digits", "mnist", "sprites", "rooms"):
        data = Description(name=name, **registry.datasets()[name].properties)
        budget = Budget(STEPS, data.budget["batch_size"], data.budget["learning_rate"])
        rows = stored(data)
        inputs = Inputs(rows, data)
        arguments: list[tuple[object, ...]] = [
            (from_memory, inputs, budget.batch_size),
            (from_loader, torch.from_numpy(rows), data.maximum, budget.batch_size),
            (steps, data, inputs, budget),
        ]
        rounds = [[seconds(*call) for call in arguments] for _ in range(ROUNDS + 1)]  # type: ignore[arg-type]
        memory, loader, whole = (median(times) for times in zip(*rounds[1:], strict=True))
        print(
            f"{name:8} batch {1e6 * memory / STEPS:7.0f} µs, {memory / whole:6.2%} of a step; "
            f"DataLoader {loader / memory:5.1f} times as long"
        )


if __name__ == "__main__":
    main()
