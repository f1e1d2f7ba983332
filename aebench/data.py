"""What a data set is: its description (known before anything runs) and its prepared splits."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from aebench.files import write_json, write_tensors

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Budget:
    """What every variant gets on a data set: optimiser steps, batch size, Adam's learning rate."""

    steps: int
    batch_size: int
    learning_rate: float


@dataclass(frozen=True)
class Backbone:
    """The network every variant is given: a module of `aebench.nn` and its sizes."""

    name: str
    hidden: list[int]
    latent_dimension: int


@dataclass(frozen=True)
class Description:
    """What a data set states about itself.

    ``shape`` is (channels, height, width); ``maximum`` the value that 1.0 stands for in the stored
    integers; ``classes`` the number of labels (0: none); ``factors`` maps each known factor of
    variation to its number of values, in the order of the columns of ``factors``; ``files`` maps
    each file that must be had to the SHA-256 of its decompressed bytes, ``mirrors`` say where from.
    """

    name: str
    title: str
    kind: str
    shape: list[int]
    maximum: int
    splits: dict[str, int]
    likelihood: str
    licence: str
    source: str
    citation: str
    backbone: dict[str, Any]
    budget: dict[str, Any]
    classes: int = 0
    factors: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    mirrors: tuple[str, ...] = ()

    @property
    def dimensions(self) -> int:
        """Numbers in one sample."""
        return int(np.prod(self.shape))


@dataclass(frozen=True)
class Split:
    """One split: ``images`` uint8 (n, *shape), ``labels`` int64 (n,), ``factors`` int64 (n, k)."""

    images: Array
    labels: Array | None = None
    factors: Array | None = None

    def arrays(self, prefix: str) -> dict[str, Array]:
        """The arrays that are there, under ``<prefix>_<name>``."""
        named = {"images": self.images, "labels": self.labels, "factors": self.factors}
        return {f"{prefix}_{name}": array for name, array in named.items() if array is not None}


Splits = dict[str, Split]
"""``train`` and ``test``, and ``validation`` where there is one."""


def save(directory: Path, description: Description, splits: Splits) -> None:
    """Write ``data.safetensors`` and ``data.json``."""
    arrays = {name: a for split, part in splits.items() for name, a in part.arrays(split).items()}
    write_tensors(directory / "data.safetensors", arrays)
    sizes = {name: len(split.images) for name, split in splits.items()}
    write_json(directory / "data.json", asdict(description) | {"splits": sizes})


def load(directory: Path) -> tuple[Description, dict[str, Array]]:
    """Read what `save` wrote: the description and the arrays by name (``train_images`` …)."""
    description = Description(**json.loads((directory / "data.json").read_text()))
    return description, load_file(directory / "data.safetensors")
