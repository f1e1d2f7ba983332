"""What a data set is: its description (known before anything runs) and its prepared splits."""

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from aebench.files import read_json, read_tensors, write_json, write_tensors

Array = np.ndarray[Any, np.dtype[Any]]
WATCHED = "watched."
"""Begins the names of a training history's columns that are no terms of the loss."""
TRAIN_CODES = 10000
"""Training samples whose codes are kept at most, the first ones: for probes."""
KINDS = ("image", "tabular", "spectra", "activations")
PRIOR_STEPS = 5000
"""Steps at most of learning the prior of discrete codes."""


@dataclass(frozen=True)
class Budget:
    """What every variant gets on a data set: optimiser steps, batch size, Adam's learning rate, its
    schedule (`aebench.training.learning_rate`), Adam's β1 and ε, the ``precision`` of matrix
    products in training (`aebench.training.in_precision`), and whether losses are ``compiled``
    (`aebench.training.compiled`).
    """

    steps: int
    batch_size: int
    learning_rate: float
    schedule: str = "constant"
    beta1: float = 0.9
    epsilon: float = 1e-8
    precision: str = "float32"
    compiled: bool = False


@dataclass(frozen=True)
class Backbone:
    """The network every variant is given: a module of `aebench.nn`, its sizes, the activation
    between its layers (relu or tanh), and where the bias of its last layer starts: ``random``, or
    at the training ``mean`` of each of the data's numbers, as the likelihood has it.
    """

    name: str
    hidden: list[int]
    latent_dimension: int
    activation: str = "relu"
    output_bias: str = "random"


@dataclass(frozen=True)
class Description:
    """What a data set states about itself.

    ``kind`` is one of `KINDS`; ``shape`` (channels, height, width) of an image, (numbers,)
    otherwise; ``maximum`` the value that 1.0 stands for where integers are stored; ``value_range``
    what variants see; ``split`` who made the split: ``official``, ``fixed`` here, or drawn anew
    for each ``seed``. Known beyond the inputs: ``classes`` the number of labels (0: none),
    ``factors`` each factor of variation with its number of values, in the order of the columns of
    ``factors``, ``anomalies`` whether test rows are marked as such, ``features`` the number of true
    features that the inputs are mixed from (0: unknown). ``redrawn``: training inputs are
    probabilities, drawn as Bernoulli variables at every step. ``files`` maps each file that must be
    had to its checksum (`aebench.datasets.download`), ``mirrors`` say where from, and ``folder`` is
    theirs in the data directory where it is not of the data set's name. ``host``: a module of
    `aebench.hosts`, the network whose hidden states the data are, and ``spliced`` whether it can go
    on from reconstructions of them. ``trained_on``: of a data set with nothing to train on, the one
    whose models are evaluated on it.
    """

    name: str
    title: str
    kind: str
    shape: list[int]
    splits: dict[str, int]
    split: str
    likelihood: str
    licence: str
    source: str
    citation: str
    backbone: dict[str, Any]
    budget: dict[str, Any]
    maximum: int = 1
    value_range: str = "[0, 1]"
    classes: int = 0
    factors: dict[str, int] = field(default_factory=dict)
    anomalies: bool = False
    features: int = 0
    redrawn: bool = False
    files: dict[str, str] = field(default_factory=dict)
    mirrors: tuple[str, ...] = ()
    folder: str = ""
    host: str = ""
    spliced: bool = False
    trained_on: str = ""

    @property
    def dimensions(self) -> int:
        """Numbers in one sample."""
        return int(np.prod(self.shape))


@dataclass(frozen=True)
class Split:
    """One split: ``inputs`` uint8 or float32 (n, *shape), and what is known of each row.

    ``labels`` int64 (n,), ``factors`` int64 (n, k), ``anomalies`` uint8 (n,) with 1 for an anomaly,
    ``features`` float32 (n, f) the true features' activations.
    """

    inputs: Array
    labels: Array | None = None
    factors: Array | None = None
    anomalies: Array | None = None
    features: Array | None = None


@dataclass(frozen=True)
class Splits:
    """A prepared data set: ``test``, the others where there are such, and, where known, the
    ``dictionary`` float32 (f, d) of directions that the inputs are mixed from.
    """

    test: Split
    train: Split | None = None
    validation: Split | None = None
    dictionary: Array | None = None

    @property
    def named(self) -> dict[str, Split]:
        """The splits that are there, by name."""
        three = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: split for name, split in three.items() if split is not None}

    @property
    def arrays(self) -> dict[str, Array]:
        """The arrays that are there: ``train_inputs``, ``test_labels`` …, ``dictionary``."""
        found = {
            f"{name}_{part.name}": getattr(split, part.name)
            for name, split in self.named.items()
            for part in fields(Split)
        }
        found["dictionary"] = self.dictionary
        return {name: array for name, array in found.items() if array is not None}


CODED, CODED_NUMBERS = 500, 30_000_000
"""Test images in a file, and numbers in them, at most: the first, for every codec alike."""


def coded(stored: Array, data: Description) -> Array:
    """The test images that codecs are measured on, (n, c, h, w), of those ``stored`` and as such:
    integers up to the data's maximum.
    """
    return stored[: min(CODED, max(1, CODED_NUMBERS // data.dimensions))]


def in_bytes(stored: Array, maximum: int) -> Array:
    """Images of integers up to ``maximum`` as uint8 up to 255."""
    if maximum == 255:
        return stored
    scaled: Array = np.rint(stored.astype(np.float32) * (255 / maximum))
    return scaled.astype(np.uint8)


def save(directory: Path, description: Description, splits: Splits) -> None:
    """Write ``data.safetensors`` and ``data.json``, with the sizes as they came out.

    Raises `ValueError` for inputs that are neither uint8 nor float32, or not finite.
    """
    for name, split in splits.named.items():
        if split.inputs.dtype not in (np.uint8, np.float32) or not np.isfinite(split.inputs).all():
            found = f"{split.inputs.dtype}, finite: {bool(np.isfinite(split.inputs).all())}"
            raise ValueError(f"{description.name}: {name} inputs are {found}")
    write_tensors(directory / "data.safetensors", splits.arrays)
    prepared = {
        "shape": list(splits.test.inputs.shape[1:]),
        "splits": {name: len(split.inputs) for name, split in splits.named.items()},
        "features": 0 if splits.dictionary is None else len(splits.dictionary),
    }
    # unsorted: the factors are in the order of their columns
    write_json(directory / "data.json", asdict(description) | prepared, sort_keys=False)


def load(directory: Path) -> tuple[Description, dict[str, Array]]:
    """Read what `save` wrote: the description and the arrays by name (``train_inputs`` …).

    Raises `aebench.files.Unreadable` where it is damaged.
    """
    description = Description(**read_json(directory / "data.json"))
    return description, read_tensors(directory / "data.safetensors")
