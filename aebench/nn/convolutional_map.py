"""Convolutions whose code is a map of vectors: the encoder and decoder of VQ-VAE, without its
residual blocks.

4×4 convolutions of stride 2, as many as lead to a map of at most 8×8 positions (at least one), and
a 3×3 one; back the same way. van den Oord et al. 2017, section 4.1.
"""

from itertools import pairwise

from torch import Tensor, nn

from aebench.nn.convolutional import ToImage
from aebench.nn.mlp import ACTIVATIONS

LARGEST_MAP = 8


class Flatten(nn.Module):
    """A map (B, d, h, w) to (B, h·w·d): the vectors of its positions, one after the other."""

    def forward(self, maps: Tensor) -> Tensor:
        """Flatten ``maps``."""
        return maps.permute(0, 2, 3, 1).flatten(1)


class Unflatten(nn.Module):
    """Back from (B, h·w·d) to a map (B, d, h, w)."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.size = height, width

    def forward(self, codes: Tensor) -> Tensor:
        """Unflatten ``codes``."""
        maps: Tensor = codes.unflatten(1, (*self.size, -1))
        return maps.permute(0, 3, 1, 2)


def positions(shape: list[int]) -> int:
    """Vectors of the map of an image of ``shape``."""
    height, width = map_size(shape)
    return height * width


def map_size(shape: list[int]) -> tuple[int, int]:
    """Height and width of the map of an image of ``shape`` (c, h, w).

    Raises `ValueError` for images that the convolutions do not halve evenly.
    """
    _, height, width = shape
    halvings = _halvings(shape)
    if height % (1 << halvings) or width % (1 << halvings):
        raise ValueError(
            f"convolutional_map: images of {height}×{width}, accepted: multiples of {1 << halvings}"
        )
    return height >> halvings, width >> halvings


def encoder(
    shape: list[int], hidden: list[int], outputs: int, activation: str = "relu"
) -> nn.Module:
    """(B, *shape) to (B, outputs), a multiple of the positions; ``hidden``: one width of all
    layers.

    Raises `ValueError` for ``outputs`` that the positions do not divide.
    """
    between, (width,) = ACTIVATIONS[activation], hidden
    layers: list[nn.Module] = []
    for fewer, more in pairwise([shape[0], *[width] * _halvings(shape)]):
        layers += [nn.Conv2d(fewer, more, 4, 2, 1), between()]
    layers += [nn.Conv2d(width, width, 3, 1, 1), between()]
    return nn.Sequential(*layers, nn.Conv2d(width, _channels(outputs, shape), 1), Flatten())


def decoder(
    inputs: int, hidden: list[int], shape: list[int], activation: str = "relu"
) -> nn.Module:
    """(B, inputs), a multiple of the positions, to the likelihood's parameters (B, *shape).

    Raises `ValueError` for ``inputs`` that the positions do not divide.
    """
    between, (width,) = ACTIVATIONS[activation], hidden
    layers: list[nn.Module] = [nn.Conv2d(_channels(inputs, shape), width, 3, 1, 1)]
    for _ in range(_halvings(shape) - 1):
        layers += [between(), nn.ConvTranspose2d(width, width, 4, 2, 1)]
    layers += [between(), ToImage(width, shape[0], 4, 2, 1)]
    return nn.Sequential(Unflatten(*map_size(shape)), *layers)


def _halvings(shape: list[int]) -> int:
    """How often the image is halved on the way to the map."""
    halvings = 1
    while max(shape[1:]) >> halvings > LARGEST_MAP:
        halvings += 1
    return halvings


def _channels(numbers: int, shape: list[int]) -> int:
    count = positions(shape)
    if numbers % count:
        raise ValueError(f"convolutional_map: {count} positions do not divide {numbers} numbers")
    return numbers // count
