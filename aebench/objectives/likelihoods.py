"""Negative log likelihoods: nats per sample, summed over the data's dimensions."""

import torch.nn.functional as F
from torch import Tensor


def bernoulli(logits: Tensor, images: Tensor) -> Tensor:
    """-log p(x|z) of independent Bernoulli pixels: (B, *shape) twice to (B,).

    For grey values x in [0, 1] it is the cross-entropy of a pixel that is on with probability x.
    """
    entropy = F.binary_cross_entropy_with_logits(logits, images, reduction="none")
    return entropy.flatten(1).sum(1)


def squared_error(reconstructions: Tensor, images: Tensor) -> Tensor:
    """Squared Euclidean distance, (B, *shape) twice to (B,)."""
    return (reconstructions - images).square().flatten(1).sum(1)
