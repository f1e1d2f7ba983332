"""Generalised divisive normalization: channels divide each other, and an approximate inverse.

    y_i = x_i / √n_i,    inverse: y_i = x_i √n_i,    n_i = β_i + Σ_j γ_ij x_j²

Stored are √(β + p) and √(γ + p) with p = 2⁻³⁶, of which the squares are taken: β stays at least
10⁻⁶, γ at least 0, and gradients do not vanish at γ = 0. Ballé et al., ICLR 2016 (the equation) and
ICLR 2017 (its inverse).
"""

from typing import Any

import torch
from torch import Tensor, nn

from aebench.nn.lower_bound import lower_bound

PEDESTAL = 2.0**-36
SMALLEST_BETA = 1e-6
INITIAL_GAMMA = 0.1
PART = 4096
"""Pixels normalised at once: they stay in the cache. Memory would take longer than arithmetic."""


class GDN(nn.Module):
    """Of maps (B, ``channels``, h, w), fastest where these are channels-last in memory."""

    def __init__(self, channels: int, inverse: bool = False) -> None:
        super().__init__()
        self.inverse = inverse
        self.root_beta = nn.Parameter((torch.ones(channels) + PEDESTAL).sqrt())
        self.root_gamma = nn.Parameter((INITIAL_GAMMA * torch.eye(channels) + PEDESTAL).sqrt())

    @property
    def beta(self) -> Tensor:
        """β (channels,), at least 10⁻⁶."""
        return _squared(self.root_beta, SMALLEST_BETA)

    @property
    def gamma(self) -> Tensor:
        """γ (channels, channels), at least 0."""
        return _squared(self.root_gamma, 0.0)

    def forward(self, maps: Tensor) -> Tensor:
        """Normalise ``maps``."""
        pixels = maps.permute(0, 2, 3, 1)  # (B, h, w, channels)
        flat = pixels.reshape(-1, pixels.shape[3])
        scaled: Tensor = _Normalised.apply(flat, self.gamma, self.beta, self.inverse)  # type: ignore[no-untyped-call]
        return scaled.view(pixels.shape).permute(0, 3, 1, 2)


class _Normalised(torch.autograd.Function):
    """Pixels (n, C), γ, β to normalised pixels (n, C)."""

    @staticmethod
    def forward(context: Any, pixels: Tensor, gamma: Tensor, beta: Tensor, inverse: bool) -> Tensor:
        found = torch.empty_like(pixels)
        factors = []
        for x, y in zip(pixels.split(PART), found.split(PART), strict=True):
            norm = torch.addmm(beta, x * x, gamma.t())
            factor = norm.sqrt_() if inverse else norm.rsqrt_()
            torch.mul(x, factor, out=y)
            if any(context.needs_input_grad):
                factors.append(factor)
        context.save_for_backward(pixels, gamma, *factors)
        context.inverse = inverse
        return found

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        pixels, gamma, *factors = context.saved_tensors
        # y = x f(n): 2 f' is 1 / f of the inverse, -f³ otherwise
        sign = 1 if context.inverse else -1
        of_pixels = torch.empty_like(pixels)
        of_gamma, of_beta = torch.zeros_like(gamma), torch.zeros_like(gamma[0])
        parts = (tensor.split(PART) for tensor in (pixels, gradients[0], of_pixels))
        for factor, x, of_y, of_x in zip(factors, *parts, strict=True):
            twice = of_y * x  # the gradient of n, twice, but for its sign
            twice = twice.div_(factor) if sign > 0 else twice.mul_(factor).mul_(factor).mul_(factor)
            of_gamma.addmm_(twice.t(), x * x, alpha=sign / 2)
            of_beta.add_(twice.sum(0), alpha=sign / 2)
            torch.mul(of_y, factor, out=of_x).addcmul_(x, twice.mm(gamma), value=sign)
        return of_pixels, of_gamma, of_beta, None


def _squared(root: Tensor, smallest: float) -> Tensor:
    return lower_bound(root, (smallest + PEDESTAL) ** 0.5).square() - PEDESTAL
