"""What several tests need: a small data set and variants built on it."""

from typing import Any

import numpy as np
import pytest
import torch

from aebench import registry, training
from aebench.data import Budget, Description
from aebench.inputs import Inputs
from aebench.variants.base import Batch

torch.set_num_threads(1)

BUDGET = Budget(steps=60, batch_size=32, learning_rate=1e-3)


def describe(name: str, **changed: Any) -> Description:
    """A data set's description, changed."""
    return Description(name=name, **registry.datasets()[name].properties | changed)


@pytest.fixture
def description() -> Description:
    """The digits, with a smaller backbone."""
    return describe("digits", backbone={"name": "mlp", "hidden": [32, 32], "latent_dimension": 4})


@pytest.fixture(scope="session")
def images() -> torch.Tensor:
    """The first 256 real digits, (256, 1, 8, 8) in [0, 1]."""
    from sklearn.datasets import load_digits

    stored = load_digits().images[:256, None].astype(np.uint8)
    return Inputs(stored, describe("digits")).all()


def labels_of(images: torch.Tensor) -> torch.Tensor:
    """A class from 0 to 9 for each image, which depends on the image alone; int64 (n,)."""
    return images.flatten(1).sum(1).mul(16).round().long() % 10


def inputs_of(images: torch.Tensor) -> Inputs:
    """Floats (n, *shape) as a training set."""
    return Inputs(images.numpy(), describe("digits", maximum=1), labels=labels_of(images))


def build(name: str, description: Description, seed: int = 0, **settings: Any) -> Any:
    """A variant under a seed."""
    return training.build(registry.variants()[name], description, settings, seed, "cpu")


def batch_of(images: torch.Tensor, seed: int = 0) -> Batch:
    """A batch with noise of its own."""
    return Batch(images, torch.Generator().manual_seed(seed), labels_of(images))
