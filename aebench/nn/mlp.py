"""Multi-layer perceptrons with ReLU, the decoder the encoder's mirror."""

from collections.abc import Callable
from itertools import pairwise
from math import prod

from torch import nn


def perceptron(widths: list[int], activation: Callable[[], nn.Module] = nn.ReLU) -> list[nn.Module]:
    """Linear layers between the widths, an activation between the layers."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), activation()]
    return layers[:-1]


def encoder(shape: list[int], hidden: list[int], outputs: int) -> nn.Module:
    """(B, *shape) to (B, outputs)."""
    return nn.Sequential(nn.Flatten(), *perceptron([prod(shape), *hidden, outputs]))


def decoder(inputs: int, hidden: list[int], shape: list[int]) -> nn.Module:
    """(B, inputs) to the likelihood's parameters (B, *shape)."""
    return nn.Sequential(*perceptron([inputs, *hidden[::-1], prod(shape)]), nn.Unflatten(1, shape))
