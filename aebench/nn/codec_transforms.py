"""Transforms of learned image codecs: convolutions that halve, and back.

5×5 convolutions of stride 2 with GDN or ReLU between them (Ballé et al., ICLR 2018, figure 4), and
the hyperprior's of the same paper. Latents are one ``2^halvings``-th of the image a side.
"""

import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aebench.nn.gdn import GDN

KERNEL = 5
TRANSFORMS = ("gdn", "relu")
UNIT = 0.1
"""One step of a latent that is rounded in training, in units of the layers' own numbers: in steps
of 1 untrained latents are all rounded to zero, and zeros teach a decoder nothing.
"""


class SubPixelTranspose(nn.ConvTranspose2d):
    """A 5×5 transposed convolution of stride 2, computed as a 3×3 convolution to four times the
    channels (Shi et al., CVPR 2016): the same numbers, sooner where there are few channels.
    """

    def forward(self, maps: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(B, c, h, w) to (B, d, 2h, 2w)."""
        inputs, outputs = self.weight.shape[:2]
        # output 2i + a sums inputs j over taps a + 2 + 2(i - j): even taps where a is 0
        taps = F.pad(self.weight, (0, 1, 0, 1)).view(inputs, outputs, 3, 2, 3, 2).flip(2, 4)
        kernel = taps.permute(3, 5, 1, 0, 2, 4).reshape(4 * outputs, inputs, 3, 3)
        bias = None if self.bias is None else self.bias.repeat(4)
        spread = F.conv2d(maps, kernel, bias, padding=1).permute(0, 2, 3, 1)  # (B, h, w, 4d)
        spread = spread.unflatten(3, (2, 2, outputs)).transpose(2, 3)  # (B, h, 2, w, 2, d)
        found: Tensor = spread.flatten(3, 4).flatten(1, 2).permute(0, 3, 1, 2)
        return found


def halving(inputs: int, outputs: int) -> nn.Conv2d:
    """(B, inputs, 2h, 2w) to (B, outputs, h, w)."""
    return nn.Conv2d(inputs, outputs, KERNEL, 2, KERNEL // 2)


class ToLatents(nn.Module):
    """The last layer of an analysis: its outputs in units of a latent's step."""

    def forward(self, maps: Tensor) -> Tensor:
        """``maps`` (B, c, h, w), scaled."""
        return maps / UNIT


class FromLatents(nn.Module):
    """The first layer of a synthesis: undoes `ToLatents`, and orders memory by pixels."""

    def forward(self, latents: Tensor) -> Tensor:
        """``latents`` (B, c, h, w), scaled back."""
        return (latents * UNIT).contiguous(memory_format=torch.channels_last)


def doubling(inputs: int, outputs: int, kind: type[nn.ConvTranspose2d]) -> nn.ConvTranspose2d:
    """(B, inputs, h, w) to (B, outputs, 2h, 2w)."""
    return kind(inputs, outputs, KERNEL, 2, KERNEL // 2, output_padding=1)


def activation(transform: str, channels: int, inverse: bool = False) -> nn.Module:
    """What stands between two layers. Raises `ValueError` for another name than `TRANSFORMS`."""
    made: dict[str, Callable[[], nn.Module]] = {
        "gdn": partial(GDN, channels, inverse),
        "relu": nn.ReLU,
    }
    if transform not in made:
        raise ValueError(f"transform '{transform}', accepted: {', '.join(TRANSFORMS)}")
    return made[transform]()


def analysis(
    image_channels: int, channels: int, latent_channels: int, halvings: int, transform: str
) -> nn.Sequential:
    """Images (B, c, h, w) to latents (B, latent_channels, h / 2^halvings, w / 2^halvings)."""
    widths = [image_channels, *[channels] * (halvings - 1)]
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [halving(inputs, outputs), activation(transform, outputs)]
    last = halving(widths[-1], latent_channels)
    return nn.Sequential(ChannelsLast(), *layers, last)


def synthesis(
    image_channels: int, channels: int, latent_channels: int, halvings: int, transform: str
) -> nn.Sequential:
    """Back from latents to images."""
    widths = [latent_channels, *[channels] * (halvings - 1)]
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers.append(doubling(inputs, outputs, nn.ConvTranspose2d))
        layers.append(activation(transform, outputs, inverse=True))
    last = doubling(widths[-1], image_channels, SubPixelTranspose)
    return nn.Sequential(ChannelsLast(), *layers, last)


def hyper_analysis(latent_channels: int, channels: int, halvings: int) -> nn.Sequential:
    """Latents (B, latent_channels, h, w) to hyper-latents (B, channels, h / 2^halvings, …)."""
    layers: list[nn.Module] = [nn.Conv2d(latent_channels, channels, 3, 1, 1)]
    for _ in range(halvings):
        layers += [nn.ReLU(), halving(channels, channels)]
    return nn.Sequential(ChannelsLast(), *layers)


def hyper_synthesis(channels: int, outputs: int, halvings: int) -> nn.Sequential:
    """Hyper-latents back to ``outputs`` parameters of each position of the latents."""
    layers: list[nn.Module] = []
    for _ in range(halvings):
        layers += [doubling(channels, channels, nn.ConvTranspose2d), nn.ReLU()]
    return nn.Sequential(ChannelsLast(), *layers, nn.Conv2d(channels, outputs, 3, 1, 1))


class ChannelsLast(nn.Module):
    """Keeps the numbers, orders memory by pixels: convolutions of few channels are faster so."""

    def forward(self, maps: Tensor) -> Tensor:
        """``maps`` (B, c, h, w) as they are."""
        return maps.contiguous(memory_format=torch.channels_last)


class ResidualBlock(nn.Module):
    """x + a bottleneck of three convolutions of x, (B, ``channels``, h, w) to the same: He et al.,
    CVPR 2016, as in the analysis of He et al., CVPR 2022 (ELIC).
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = max(1, channels // 2)
        self.layers = nn.Sequential(
            nn.Conv2d(channels, half, 1),
            nn.ReLU(),
            nn.Conv2d(half, half, 3, 1, 1),
            nn.ReLU(),
            nn.Conv2d(half, channels, 1),
        )

    def forward(self, maps: Tensor) -> Tensor:
        """Add what the layers find to ``maps``."""
        return torch.add(maps, self.layers(maps))


def halvings_for(shape: list[int], wanted: int) -> int:
    """How often images of ``shape`` (c, h, w) are halved: ``wanted``, or fewer where that would
    leave less than two positions a side; at least once.
    """
    return max(1, min(wanted, min(shape[1:]).bit_length() - 2))


def padded(maps: Tensor, multiple: int, across: int = 0) -> Tensor:
    """``maps`` (B, c, h, w) with the last row and column repeated until the height is a multiple of
    ``multiple``, the width of ``across``, by default the same.
    """
    below, right = -maps.shape[2] % multiple, -maps.shape[3] % (across or multiple)
    return F.pad(maps, (0, right, 0, below), mode="replicate") if below or right else maps


def tiles(maps: Tensor, height: int, width: int) -> Tensor:
    """``maps`` (B, c, h, w) as tiles (B·rows·columns, c, ``height``, ``width``), `padded` to whole
    ones, row by row.
    """
    whole = padded(maps, height, width).unflatten(3, (-1, width)).unflatten(2, (-1, height))
    # (B, c, rows, height, columns, width) to (B, rows, columns, c, height, width)
    found: Tensor = whole.permute(0, 2, 4, 1, 3, 5).flatten(0, 2)
    return found


def from_tiles(found: Tensor, height: int, width: int) -> Tensor:
    """The maps (B, c, ``height``, ``width``) whose `tiles` (tiles, c, h, w) are ``found``."""
    h, w = found.shape[2:]
    rows, columns = math.ceil(height / h), math.ceil(width / w)
    whole = found.unflatten(0, (-1, rows, columns)).permute(0, 3, 1, 4, 2, 5)
    maps: Tensor = whole.flatten(4, 5).flatten(2, 3)[:, :, :height, :width]
    return maps
