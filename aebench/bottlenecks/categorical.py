"""A categorical variable, relaxed while training. Jang et al. 2017; Maddison et al. 2017."""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Generator, Tensor


class Categorical(NamedTuple):
    """One of K categories with unnormalised log probabilities ``logits`` (B, K)."""

    logits: Tensor

    def sample(self, temperature: float, generator: Generator) -> Tensor:
        """One draw per row from the Gumbel-softmax distribution, (B, K) on the simplex."""
        gumbel = -torch.empty_like(self.logits).exponential_(generator=generator).log()
        return F.softmax((self.logits + gumbel) / temperature, dim=1)

    def divergence(self) -> Tensor:
        """KL from the uniform distribution, (B,) in nats, at most log K."""
        log_probabilities = F.log_softmax(self.logits, dim=1)
        entropy = -(log_probabilities.exp() * log_probabilities).sum(1)
        return math.log(self.logits.shape[1]) - entropy
