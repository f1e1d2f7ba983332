"""Small quantized hierarchical VAE: latents of several scales, coarse ones first, each expected
from those before it.

    L = Σ_l E[-log p(z_l | z_<l)] + λ 255² MSE · pixels · ln 2,
    q(z_l|x, z_<l) = U(μ_q - ½, μ_q + ½),  p(z_l|z_<l) = N(μ_p, σ_p²) ∗ U(-½, ½)

The posterior's density is one, so the divergence is -log p; at test time z_l - μ_p is rounded and
its length in the file is the same expression. The top-down path up to the last level is computed in
double precision, from integers alone, so that its σ pick the decoder's tables too. Two levels and
plain residual blocks instead of twelve levels and ConvNeXt blocks. Duan et al., WACV 2023.
"""

import copy
from collections.abc import Callable

import torch
from torch import Tensor, nn

from aebench.bottlenecks import gaussian_conditional, rounding
from aebench.coding.range_coder import Decoder, Encoder
from aebench.nn.codec_transforms import (
    ChannelsLast,
    ResidualBlock,
    SubPixelTranspose,
    doubling,
    halving,
    halvings_for,
    padded,
)
from aebench.nn.top_down import TopDown
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.codec.base import EntropyModelledCodec
from aebench.variants.codec.transform_codec import weighted_error


@variant(
    "qres-vae-mini",
    title="Quantized hierarchical VAE, small",
    family="codec",
    paper="Duan et al. 2023",
    equation="L = Σ_l −log p(z_l + u | z_<l) + λ 255² MSE · pixels · ln 2, z_l ~ μ_q + U(−½, ½)",
    needs=("images",),
)
class QResVAEMini(EntropyModelledCodec):
    """Raises `ValueError` for no ``levels``, and for more of them than ``downsamplings``."""

    codec = "qres-vae-mini"
    distortion_weight: float = 0.013
    """λ of CompressAI: bits per pixel that 255² MSE of one is worth."""
    channels: int = 32
    latent_channels: int = 24
    """Of each level."""
    levels: int = 2
    downsamplings: int = 3
    """Halvings of the image down to the first level; fewer for small images."""

    def build(self) -> None:
        image_channels, height, width = self.data.shape
        self.halvings = halvings_for(self.data.shape, self.downsamplings)
        self.depth = min(self.levels, self.halvings)
        if not 1 <= self.levels <= self.downsamplings:
            raise ValueError(f"{self.levels} levels, accepted: 1 to {self.downsamplings}")
        self.top = self.top_size(height, width)
        self.latent_dimension = self.hidden_units = sum(self.numbers())
        sizes = [image_channels, *[self.channels] * self.halvings]
        self.stages = nn.ModuleList(
            nn.Sequential(halving(inputs, outputs), ResidualBlock(outputs))
            for inputs, outputs in zip(sizes, sizes[1:], strict=False)
        )
        self.posteriors = nn.ModuleList(
            nn.Conv2d(2 * self.channels, self.latent_channels, 3, 1, 1) for _ in range(self.depth)
        )
        self.top_down = TopDown(self.depth, self.channels, self.latent_channels)
        layers: list[nn.Module] = []
        for _ in range(self.halvings - self.depth):
            layers += [doubling(self.channels, self.channels, nn.ConvTranspose2d), nn.ReLU()]
        last = doubling(self.channels, image_channels, SubPixelTranspose)
        self.decoder = nn.Sequential(ChannelsLast(), *layers, last)

    def top_size(self, height: int, width: int) -> tuple[int, int]:
        """Sides of the first level's map for an image."""
        step = 1 << self.halvings
        return -(-height // step), -(-width // step)

    def numbers(self) -> list[int]:
        """Latents of each level of an image of the data set."""
        first = self.latent_channels * self.top[0] * self.top[1]
        return [first << 2 * level for level in range(self.depth)]

    def bottom_up(self, inputs: Tensor) -> list[Tensor]:
        """Features of ``inputs`` (B, c, h, w) at each level's scale, the coarsest first."""
        features, found = padded(inputs, 1 << self.halvings), []
        features = features.contiguous(memory_format=torch.channels_last)
        for stage in self.stages:
            features = stage(features)
            found.append(features)
        return found[::-1][: self.depth]

    def images(self, features: Tensor, height: int, width: int) -> Tensor:
        """Unclipped images (B, c, height, width) of the top-down path's last features."""
        found: Tensor = self.decoder(features)
        return found[:, :, :height, :width]

    def loss(self, batch: Batch, step: int) -> Loss:
        seen, rates = self.bottom_up(batch.inputs), []

        def choose(number: int, features: Tensor, means: Tensor, scales: Tensor) -> Tensor:
            posterior = self.posteriors[number](torch.cat([features, seen[number]], dim=1))
            latents = rounding.noisy(posterior, batch.generator)
            rates.append(divergence(latents - means, scales))
            return latents

        features = self.top_down(len(batch.inputs), *self.top, choose)
        reconstructions = self.images(features, *batch.inputs.shape[2:])
        distortion = weighted_error(self.distortion_weight, reconstructions, batch.inputs)
        return {
            **{f"rate_{number}": rate.mean() for number, rate in enumerate(rates)},
            "distortion": distortion.mean(),
        }

    def descend(self, inputs: Tensor, note: Callable[[Tensor, Tensor, Tensor], None]) -> Tensor:
        """Features after the quantized top-down path of ``inputs`` (B, c, h, w); ``note`` is told
        the integers, latents and scales of each level.
        """
        seen = self.bottom_up(inputs)

        def choose(number: int, features: Tensor, means: Tensor, scales: Tensor) -> Tensor:
            both = torch.cat([features.float(), seen[number]], dim=1)
            symbols: Tensor = (self.posteriors[number](both) - means).round()
            note(symbols, symbols + means, scales)
            return symbols + means

        features: Tensor = self.exact()(len(inputs), *self.top_size(*inputs.shape[2:]), choose)
        return features.float()

    def exact(self) -> TopDown:
        """The top-down path in double precision."""
        return copy.deepcopy(self.top_down).double()

    def encode(self, inputs: Tensor) -> Tensor:
        codes: list[Tensor] = []
        self.descend(inputs, lambda _, latents, scales: codes.append(latents.flatten(1).float()))
        return torch.cat(codes, dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        parts = codes.split(self.numbers(), dim=1)

        def choose(number: int, features: Tensor, means: Tensor, scales: Tensor) -> Tensor:
            latents: Tensor = parts[number].view(means.shape)
            return latents

        features = self.top_down(len(codes), *self.top, choose)
        return self.images(features, *self.data.shape[1:]).clamp(0, 1)

    def approximated(self, inputs: Tensor) -> Tensor:
        features = self.descend(inputs, lambda *_: None)
        return self.images(features, *inputs.shape[2:]).clamp(0, 1)

    def bits_of(self, inputs: Tensor) -> Tensor:
        bits: list[Tensor] = []
        self.descend(
            inputs,
            lambda symbols, latents, scales: bits.append(
                gaussian_conditional.bits(symbols, scales)
            ),
        )
        return torch.stack(bits).sum(0).float()

    def payload(self, inputs: Tensor) -> bytes:
        encoder = Encoder()
        self.descend(
            inputs,
            lambda symbols, latents, scales: gaussian_conditional.write(encoder, symbols, scales),
        )
        return encoder.payload()

    def restored(self, payload: bytes, shape: tuple[int, int, int, int]) -> Tensor:
        decoder = Decoder(payload)

        def choose(number: int, features: Tensor, means: Tensor, scales: Tensor) -> Tensor:
            return gaussian_conditional.read(decoder, scales) + means

        features = self.exact()(shape[0], *self.top_size(*shape[2:]), choose)
        decoder.finish()
        return self.images(features.float(), *shape[2:]).clamp(0, 1)


def divergence(deviations: Tensor, scales: Tensor) -> Tensor:
    """KL of a uniform posterior of width one from its prior, at one draw: ``deviations`` z - μ_p
    and ``scales`` (B, M, h, w) to (B,) in nats.
    """
    return -gaussian_conditional.log_mass(deviations, scales).flatten(1).sum(1)
