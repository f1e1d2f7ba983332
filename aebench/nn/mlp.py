"""Multi-layer perceptrons with ReLU, the decoder the encoder's mirror."""

from itertools import pairwise
from math import prod

from torch import nn


def perceptron(widths: list[int]) -> list[nn.Module]:
    """Linear layers between the widths, ReLU between the layers."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return layers[:-1]


def encoder(shape: list[int], hidden: list[int], outputs: int) -> nn.Module:
    """(B, *shape) to (B, outputs)."""
    return nn.Sequential(nn.Flatten(), *perceptron([prod(shape), *hidden, outputs]))


def decoder(inputs: int, hidden: list[int], shape: list[int]) -> nn.Module:
    """(B, inputs) to logits (B, *shape)."""
    return nn.Sequential(*perceptron([inputs, *hidden[::-1], prod(shape)]), nn.Unflatten(1, shape))
