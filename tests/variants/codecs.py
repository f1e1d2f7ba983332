"""Small codecs, trained for a moment on a photograph, for the tests of this folder."""

from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aebench import registry, training
from aebench.data import Budget
from aebench.datasets.natural import photograph
from aebench.inputs import Inputs
from tests.conftest import build, describe

CODECS = sorted(
    name for name, entry in registry.variants().items() if "Codec" in registry.capabilities(entry)
)
SMALL = {"channels": 8, "latent_channels": 8}
BATCH, LEARNING_RATE = 16, 3e-3


def picture(name: str, height: int, width: int) -> Tensor:
    """The upper left of a shipped photograph, uint8 (1, 3, height, width)."""
    pixels = photograph(name)[:height, :width].transpose(2, 0, 1)
    return torch.from_numpy(np.ascontiguousarray(pixels))[None]


def tiles(name: str, count: int) -> Tensor:
    """The first tiles of a photograph, uint8 (count, 3, 32, 32)."""
    image = picture(name, 256, 256)[0].unflatten(2, (-1, 32)).unflatten(1, (-1, 32))
    found: Tensor = image.permute(1, 3, 0, 2, 4).flatten(0, 1)[:count].contiguous()
    return found


def untrained(name: str, **settings: Any) -> Any:
    """A small codec of natural images."""
    known = registry.variants()[name].settings
    small = {setting: value for setting, value in SMALL.items() if setting in known}
    data = describe("natural", backbone={"name": "mlp", "hidden": [32], "latent_dimension": 8})
    return build(name, data, **small | settings).eval()


@cache
def trained(name: str, steps: int = 60, **settings: Any) -> Any:
    """The same, trained, in evaluation mode."""
    variant = untrained(name, **settings)
    budget = Budget(steps, BATCH, LEARNING_RATE)
    training.train(variant, Inputs(tiles("coffee.png", 64), variant.data), budget, seed=0)
    return variant.eval()
