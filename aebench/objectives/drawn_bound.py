"""Importance weights of a model that draws one code per sample at a time."""

from collections.abc import Callable

import torch
from torch import Tensor


def drawn_bound(draw: Callable[[], tuple[Tensor, Tensor]], count: int) -> tuple[Tensor, Tensor]:
    """log p(x,z) - log q(z|x), and its part log p(x|z): each (B, count), in nats, of ``count``
    calls of ``draw``, which gives log p(z) - log q(z|x) and log p(x|z) of a new z, each (B,).
    """
    ratios, likelihoods = zip(*(draw() for _ in range(count)), strict=True)
    likelihood = torch.stack(likelihoods, dim=1)
    return torch.stack(ratios, dim=1) + likelihood, likelihood
