"""Likelihoods p(x|z): negative logarithms in nats per sample, summed over the data's dimensions.

A data set names its likelihood (`BY_NAME`); a variant's decoder gives its parameters, ``outputs``.
"""

import math
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor


class Likelihood(Protocol):
    """What a decoder's outputs (B, *shape) say about the data."""

    def negative_log(self, outputs: Tensor, inputs: Tensor) -> Tensor:
        """-log p(x|z): (B, *shape) twice to (B,), in nats."""

    def mean(self, outputs: Tensor) -> Tensor:
        """E[x|z], (B, *shape)."""


class Bernoulli:
    """Independent Bernoulli values; ``outputs`` are logits.

    For grey values x in [0, 1] it is the cross-entropy of a pixel that is on with probability x.
    """

    def negative_log(self, outputs: Tensor, inputs: Tensor) -> Tensor:
        """-log p(x|z): (B, *shape) twice to (B,), in nats."""
        entropy = F.binary_cross_entropy_with_logits(outputs, inputs, reduction="none")
        return entropy.flatten(1).sum(1)

    def mean(self, outputs: Tensor) -> Tensor:
        """E[x|z], (B, *shape)."""
        return torch.sigmoid(outputs)


class Gaussian:
    """N(outputs, 1), independently: half the squared error and a constant."""

    def negative_log(self, outputs: Tensor, inputs: Tensor) -> Tensor:
        """-log p(x|z): (B, *shape) twice to (B,), in nats."""
        constant = 0.5 * math.log(2 * math.pi) * inputs[0].numel()
        return 0.5 * squared_error(outputs, inputs) + constant

    def mean(self, outputs: Tensor) -> Tensor:
        """E[x|z], (B, *shape)."""
        return outputs


BY_NAME: dict[str, Likelihood] = {"bernoulli": Bernoulli(), "gaussian": Gaussian()}


def squared_error(reconstructions: Tensor, inputs: Tensor) -> Tensor:
    """Squared Euclidean distance, (B, *shape) twice to (B,)."""
    return (reconstructions - inputs).square().flatten(1).sum(1)
