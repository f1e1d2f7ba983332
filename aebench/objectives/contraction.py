"""Squared Frobenius norms of an encoder's Jacobian, exact and differentiable: (B,) of (B, *shape).

Rifai et al., ICML 2011, equations 7 and 9.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aebench.nn.blocks import blocks, has_weights


def jacobian_norm(codes: Tensor, inputs: Tensor) -> Tensor:
    """‖∂z/∂x‖² of each sample, (B,).

    ``codes`` (B, L) must have been computed from ``inputs`` (B, *shape), which require gradients,
    each sample's from that sample alone. One batched backward pass per number of the code.
    """
    length = codes.shape[1]
    # direction j asks for the gradient of number j of every sample's code
    directions = torch.eye(length, device=codes.device, dtype=codes.dtype)[:, None]
    rows = torch.autograd.grad(
        codes,
        inputs,
        directions.expand(length, *codes.shape),
        create_graph=True,
        is_grads_batched=True,
    )[0]  # (L, B, *shape)
    return rows.square().flatten(2).sum((0, 2))


def layer_jacobian_norms(encoder: nn.Module, inputs: Tensor) -> Tensor:
    """Σ_l ‖∂h_l/∂h_{l-1}‖² over the layers of ``encoder``, (B,): each of its layers on its own.

    For a ReLU layer equation 9: the squared lengths of the weight rows of the units that are on.
    Raises `TypeError` for layers other than linear and convolutional ones.
    """
    total = inputs.new_zeros(len(inputs))
    for block in blocks(encoder):
        outputs = block(inputs)
        lengths = _squared_rows(block, inputs)
        if any(isinstance(layer, nn.ReLU) for layer in block):
            lengths = lengths * (outputs > 0)
        total = total + lengths.expand_as(outputs).flatten(1).sum(1)
        inputs = outputs
    return total


def _squared_rows(block: nn.Sequential, inputs: Tensor) -> Tensor:
    """Squared lengths of the rows of a layer's matrix, (1, *outputs): the squared weights applied
    to ones, so that a padded border counts what it sees.
    """
    ones = torch.ones_like(inputs[:1])
    for layer in block:
        match layer:
            case nn.Linear():
                ones = F.linear(ones, layer.weight.square())
            case nn.Conv2d(stride=stride, padding=padding):
                ones = F.conv2d(ones, layer.weight.square(), None, stride, padding)
            case nn.Flatten():
                ones = layer(ones)
            case _ if has_weights(layer):
                raise TypeError(f"no Jacobian of {layer}")
    return ones
