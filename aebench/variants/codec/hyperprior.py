"""Scale hyperprior: a second, small code tells the decoder how widely each latent is spread.

    L = E_u[-log N(y + u; 0, σ²) ∗ U - log p(z + u)] + λ 255² MSE · pixels · ln 2,  σ = h_s(z + u)

∗ U: convolved with U(-½, ½), so that it is the probability of a rounded latent. z = h_a(|y|) has a
factorised prior and comes first in the stream. Here h_s gives log σ instead of σ. The decoder's σ
only picks one of 64 integer tables, and h_s is computed in double precision: floating-point noise
then changes no table. Ballé et al., ICLR 2018, equation 11.
"""

import copy
from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

from aebench.bottlenecks import gaussian_conditional, rounding
from aebench.bottlenecks.factorised_entropy_model import FactorisedEntropyModel
from aebench.coding.range_coder import Decoder, Encoder
from aebench.nn import codec_transforms
from aebench.nn.codec_transforms import padded
from aebench.registry import variant
from aebench.variants.codec.transform_codec import ConvolutionalCodec

HYPER_HALVINGS = 2


class Expected(NamedTuple):
    """Gaussians of latents, both (B, M, h, w)."""

    means: Tensor
    scales: Tensor


@variant(
    "hyperprior",
    title="Scale hyperprior",
    family="codec",
    paper="Ballé et al. 2018",
    equation="L = −log p(y + u | σ(z + v)) − log p(z + v) + λ 255² MSE · pixels · ln 2",
    needs=("images",),
)
class Hyperprior(ConvolutionalCodec):
    codec = "hyperprior"
    numbers = 1
    """Of each latent, from the hyper-synthesis."""

    def build_entropy_model(self) -> None:
        # fewer halvings where the latents' map is smaller than their step
        smallest = min(self.map_shape[1:])
        self.hyper_halvings = max(1, min(HYPER_HALVINGS, smallest.bit_length() - 1))
        sizes = self.latent_channels, self.channels, self.hyper_halvings
        self.hyper_encoder = codec_transforms.hyper_analysis(*sizes)
        outputs = self.numbers * self.latent_channels
        self.hyper_decoder = codec_transforms.hyper_synthesis(
            self.channels, outputs, self.hyper_halvings
        )
        self.entropy_model = FactorisedEntropyModel(self.channels)

    def fit_prior(self, codes: Tensor, seed: int) -> None:
        """Make the tables of the hyper-latents; ``codes`` and ``seed`` are not needed."""
        self.entropy_model.fit()

    def hyper_latents(self, latents: Tensor) -> Tensor:
        """z of ``latents`` (B, M, h, w)."""
        found: Tensor = self.hyper_encoder(
            padded(self.described(latents), 1 << self.hyper_halvings)
        )
        return found

    def described(self, latents: Tensor) -> Tensor:
        """What the hyper-analysis sees."""
        return latents.abs()

    def expected(self, hyper_latents: Tensor, latents: Tensor, decoder: nn.Module) -> Expected:
        """What ``decoder``, the hyper-synthesis, says of ``latents`` (only their shape counts)."""
        height, width = latents.shape[2:]
        return self.gaussians(decoder(hyper_latents)[:, :, :height, :width])

    def gaussians(self, outputs: Tensor) -> Expected:
        """Means and scales from the hyper-synthesis's outputs."""
        scales = gaussian_conditional.scales_of(outputs)
        return Expected(torch.zeros_like(scales), scales)

    def noisy(self, latents: Tensor, generator: Generator) -> tuple[Tensor, dict[str, Tensor]]:
        hyper_latents = rounding.noisy(self.hyper_latents(latents), generator)
        noisy = rounding.noisy(latents, generator)
        expected = self.expected(hyper_latents, latents, self.hyper_decoder)
        rates = self.nats(noisy, expected), self.entropy_model.nats(hyper_latents)
        return self.decoder_sees(noisy, latents, expected), dict(
            zip(("rate", "side_rate"), rates, strict=True)
        )

    def decoder_sees(self, noisy: Tensor, latents: Tensor, expected: Expected) -> Tensor:
        """What the synthesis is given in training."""
        return noisy

    def nats(self, latents: Tensor, expected: Expected) -> Tensor:
        """-log p(y|z), (B,)."""
        mass = gaussian_conditional.log_mass(latents - expected.means, expected.scales)
        return -mass.flatten(1).sum(1)

    def told(self, latents: Tensor) -> tuple[Tensor, Expected]:
        """The quantized z of ``latents`` and what a decoder makes of it, in double precision."""
        model = self.entropy_model
        quantized = model.values(model.symbols(self.hyper_latents(latents)))
        return quantized, self.expected(quantized.double(), latents, self.exact())

    def exact(self) -> nn.Module:
        """The hyper-synthesis in double precision."""
        return copy.deepcopy(self.hyper_decoder).double()

    def quantized(self, latents: Tensor) -> Tensor:
        _, expected = self.told(latents)
        return ((latents - expected.means).round() + expected.means).float()

    def bits_of(self, inputs: Tensor) -> Tensor:
        latents = self.latents(inputs)
        quantized, expected = self.told(latents)
        symbols = (latents - expected.means).round()
        of_side = self.entropy_model.bits(self.entropy_model.symbols(quantized))
        return (gaussian_conditional.bits(symbols, expected.scales) + of_side).float()

    def written(self, latents: Tensor) -> bytes:
        encoder = Encoder()
        quantized, expected = self.told(latents)
        self.entropy_model.write(encoder, self.entropy_model.symbols(quantized))
        symbols = (latents - expected.means).round()
        gaussian_conditional.write(encoder, symbols, expected.scales)
        return encoder.payload()

    def read(self, payload: bytes, shape: tuple[int, int, int, int]) -> Tensor:
        decoder = Decoder(payload)
        count, _, height, width = shape
        step = 1 << self.hyper_halvings
        size = count, self.channels, -(-height // step), -(-width // step)
        hyper_latents = self.entropy_model.values(self.entropy_model.read(decoder, size))
        like = torch.empty(shape, device="meta")
        expected = self.expected(hyper_latents.double(), like, self.exact())
        symbols = gaussian_conditional.read(decoder, expected.scales)
        decoder.finish()
        return (symbols + expected.means).float()
