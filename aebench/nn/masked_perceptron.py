"""Perceptrons whose output j sees only the inputs before j. Germain et al., MADE, ICML 2015."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class MaskedPerceptron(nn.Module):
    """``numbers`` inputs to ``outputs`` numbers for each, output j a function of inputs 1 … j - 1
    and of all ``context`` numbers, through ``depth`` hidden layers of ``width`` ELU units.

    Hidden unit k sees the first k mod ``numbers`` inputs: those that see none carry the context.
    """

    def __init__(self, numbers: int, outputs: int, context: int, width: int, depth: int) -> None:
        super().__init__()
        self.numbers, self.outputs, self.width, self.depth = numbers, outputs, width, depth
        widths = [numbers, *[width] * depth, outputs * numbers]
        linear = [nn.Linear(before, after) for before, after in pairwise(widths)]
        self.weights = nn.ParameterList(layer.weight for layer in linear)
        self.biases = nn.ParameterList(layer.bias for layer in linear)
        self.of_context = nn.Linear(context, width, bias=False)

    def seen(self, layer: int, device: torch.device) -> Tensor:
        """How many inputs each unit of a layer may see, (units,); layer 0 are the inputs, each of
        which sees itself.
        """
        position = torch.arange(self.numbers, device=device)
        if layer == 0:
            return position + 1
        if layer > self.depth:
            return position.repeat(self.outputs)
        return torch.arange(self.width, device=device) % self.numbers

    def forward(self, codes: Tensor, context: Tensor) -> Tensor:
        """(B, numbers) and (B, context) to (B, outputs, numbers)."""
        hidden = codes
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            before, after = self.seen(layer, codes.device), self.seen(layer + 1, codes.device)
            mask = after[:, None] >= before  # (units of the next, units)
            hidden = F.linear(F.elu(hidden) if layer else hidden, weight * mask, bias)
            if layer == 0:
                hidden = hidden + self.of_context(context)
        return hidden.view(-1, self.outputs, self.numbers)
