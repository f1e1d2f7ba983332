"""The top-down path of a hierarchical VAE: each scale's latents, expected from those before it.

Duan et al., WACV 2023, figure 2, with plain residual blocks.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from aebench.bottlenecks import gaussian_conditional
from aebench.nn.codec_transforms import ResidualBlock, doubling

Choose = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""From number, features h (B, N, …), means and scales of a level (B, M, …) to its latents."""


class TopDown(nn.Module):
    """From a learned constant through ``levels`` scales, doubling between them."""

    def __init__(self, levels: int, channels: int, latent_channels: int) -> None:
        super().__init__()
        self.start = nn.Parameter(0.1 * torch.randn(channels, 1, 1))
        each = range(levels)
        self.priors = nn.ModuleList(nn.Conv2d(channels, 2 * latent_channels, 3, 1, 1) for _ in each)
        self.inlets = nn.ModuleList(nn.Conv2d(latent_channels, channels, 1) for _ in each)
        self.blocks = nn.ModuleList(ResidualBlock(channels) for _ in each)
        self.doublings = nn.ModuleList(
            doubling(channels, channels, nn.ConvTranspose2d) for _ in each[1:]
        )

    def forward(self, count: int, height: int, width: int, choose: Choose) -> Tensor:
        """Features (count, N, …) after all levels; the first has ``height`` × ``width``."""
        features = self.start.repeat(count, 1, height, width)  # a view confuses FLOP counters
        for number, prior in enumerate(self.priors):
            if number:
                features = self.doublings[number - 1](features)
            means, log_scales = prior(features).chunk(2, dim=1)
            scales = gaussian_conditional.scales_of(log_scales)
            latents = choose(number, features, means, scales)
            features = self.blocks[number](features + self.inlets[number](latents))
        return features
