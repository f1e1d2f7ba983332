"""Multi-layer perceptrons, the decoder the encoder's mirror."""

from collections.abc import Callable
from itertools import pairwise
from math import prod

from torch import nn

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {"relu": nn.ReLU, "tanh": nn.Tanh}
"""By the name that `aebench.data.Backbone` has."""


def perceptron(widths: list[int], activation: Callable[[], nn.Module] = nn.ReLU) -> list[nn.Module]:
    """Linear layers between the widths, an activation between the layers."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), activation()]
    return layers[:-1]


def encoder(
    shape: list[int], hidden: list[int], outputs: int, activation: str = "relu"
) -> nn.Module:
    """(B, *shape) to (B, outputs)."""
    widths = [prod(shape), *hidden, outputs]
    return nn.Sequential(nn.Flatten(), *perceptron(widths, ACTIVATIONS[activation]))


def decoder(
    inputs: int, hidden: list[int], shape: list[int], activation: str = "relu"
) -> nn.Module:
    """(B, inputs) to the likelihood's parameters (B, *shape)."""
    widths = [inputs, *hidden[::-1], prod(shape)]
    return nn.Sequential(*perceptron(widths, ACTIVATIONS[activation]), nn.Unflatten(1, shape))
