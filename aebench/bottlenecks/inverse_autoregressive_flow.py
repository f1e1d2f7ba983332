"""An invertible map of codes, each number scaled and shifted by functions of those before it.

Kingma et al., Improved Variational Inference with Inverse Autoregressive Flow, NeurIPS 2016.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from aebench.nn.masked_perceptron import MaskedPerceptron

OPEN_GATE = 2.0
"""The gates' first logit: far enough from zero to begin near the identity, the paper's advice."""


class InverseAutoregressiveFlow(nn.Module):
    """``steps`` of z ← σ ⊙ z + (1 - σ) ⊙ m, where (m, s) = f(z, context) autoregressively and
    σ = sigmoid(s): the paper's algorithm 1, with the order of the numbers reversed between steps.
    """

    def __init__(self, numbers: int, context: int, width: int, depth: int, steps: int) -> None:
        super().__init__()
        networks = [MaskedPerceptron(numbers, 2, context, width, depth) for _ in range(steps)]
        for network in networks:
            nn.init.constant_(network.biases[-1][numbers:], OPEN_GATE)
        self.steps = nn.ModuleList(networks)

    def forward(self, codes: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """(B, numbers) and (B, context) to the new codes (B, numbers) and the logarithm of the
        Jacobian's determinant (B,).
        """
        log_determinant = torch.zeros_like(codes[:, 0])
        for number, step in enumerate(self.steps):
            codes = codes.flip(1) if number else codes
            shift, gate = step(codes, context).unbind(1)
            opening = torch.sigmoid(gate)
            codes = opening * codes + (1 - opening) * shift
            log_determinant = log_determinant + logsigmoid(gate).sum(1)
        return codes, log_determinant
