"""Squared Frobenius norms of an encoder's Jacobian, exact and differentiable: (B,) of (B, *shape).

Rifai et al., ICML 2011, equation 7 and, of a layer, 9.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aebench.nn.blocks import blocks, has_weights


def jacobian_norm(codes: Tensor, inputs: Tensor) -> Tensor:
    """‖∂z/∂x‖² of each sample, (B,).

    ``codes`` (B, L) must have been computed from ``inputs`` (B, *shape), which require gradients,
    each sample's from that sample alone. One backward pass for each number of the code: for
    convolutions half the time of all at once.
    """
    total = inputs.new_zeros(len(inputs))
    for number in codes.unbind(1):
        (row,) = torch.autograd.grad(number.sum(), inputs, create_graph=True)
        total = total + row.square().flatten(1).sum(1)
    return total


def layer_jacobian_norms(encoder: nn.Module, inputs: Tensor) -> Tensor:
    """Σ_l ‖∂h_l/∂h_{l-1}‖² over the layers of ``encoder``, (B,): each of its layers on its own.

    Equation 9: the squared lengths of the weights' rows, each times the squared slope of its unit.
    Raises `TypeError` for layers other than linear, convolutional, ReLU and tanh ones.
    """
    total = inputs.new_zeros(len(inputs))
    for block in blocks(encoder):
        outputs = block(inputs)
        lengths = _squared_rows(block, inputs) * _slope(block, outputs).square()
        total = total + lengths.flatten(1).sum(1)
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


def _slope(block: nn.Sequential, outputs: Tensor) -> Tensor:
    """The derivative of a block's activation where it gave ``outputs``, of their shape."""
    match block[-1]:
        case nn.ReLU():
            return (outputs > 0).to(outputs.dtype)
        case nn.Tanh():
            return 1 - outputs.square()
        case nn.Linear() | nn.Conv2d():
            return torch.ones_like(outputs)
    raise TypeError(f"no derivative of {block[-1]}")
