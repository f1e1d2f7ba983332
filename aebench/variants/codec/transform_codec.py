"""Codecs of one map of latents: analysis, quantization, entropy coding, synthesis.

    L = R + λ 255² MSE · pixels · ln 2 = (bits per pixel + λ 255² MSE) · pixels · ln 2

R is the rate in nats of an image's latents, λ is CompressAI's and the trade-off's only setting.
Ballé et al., ICLR 2017 and 2018.
"""

import math

from torch import Generator, Tensor, nn

from aebench.nn import codec_transforms
from aebench.nn.codec_transforms import halvings_for, padded
from aebench.objectives.likelihoods import squared_error
from aebench.variants.base import Batch, Loss
from aebench.variants.codec.base import EntropyModelledCodec, LearnedCodec

LARGEST_VALUE = 255
LARGEST_GRADIENT = 1.0
"""Norm to which gradients of the loss in bits per pixel are cut, as CompressAI's examples do:
without, one bad step can end in latents of zeros.
"""


class TransformCodec(LearnedCodec):
    """Base of codecs of one map of latents: analysis, quantization, synthesis; padded by
    repetition to what the analysis divides, and cut back.
    """

    distortion_weight = 1.0
    channels: int = 32
    latent_channels: int = 48
    downsamplings: int = 3
    """Halvings of the image; fewer where a map of two positions a side is reached before."""

    def build(self) -> None:
        if self.data.kind != "image":
            raise ValueError(f"{self.codec}: {self.data.name} has no images")
        self.gradient_norm = LARGEST_GRADIENT * math.log(2) * math.prod(self.data.shape[1:])
        self.halvings = halvings_for(self.data.shape, self.downsamplings)
        self.map_shape = (self.latent_channels, *self.map_size(*self.data.shape[1:]))
        self.latent_dimension = self.hidden_units = math.prod(self.map_shape)
        self.encoder = self.make_analysis()
        self.decoder = self.make_synthesis()
        self.build_entropy_model()

    def make_analysis(self) -> nn.Module:
        """Images (B, c, h, w), sides divisible by 2^halvings, to latents (B, M, …)."""
        raise NotImplementedError

    def make_synthesis(self) -> nn.Module:
        """Latents to images."""
        raise NotImplementedError

    def build_entropy_model(self) -> None:
        """Make what says how probable latents are."""
        raise NotImplementedError

    def noisy(self, latents: Tensor, generator: Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """What the synthesis sees of ``latents`` in training, and named rates (B,) in nats."""
        raise NotImplementedError

    def quantized(self, latents: Tensor) -> Tensor:
        """What the synthesis sees of ``latents`` at test time."""
        raise NotImplementedError

    def written(self, latents: Tensor) -> bytes:
        """``latents`` (B, M, h, w), quantized, as bytes."""
        raise NotImplementedError

    def read(self, payload: bytes, shape: tuple[int, int, int, int]) -> Tensor:
        """The quantized latents of ``shape`` (B, M, h, w) that `written` wrote."""
        raise NotImplementedError

    def map_size(self, height: int, width: int) -> tuple[int, int]:
        """Height and width of the latents of an image."""
        stride = 1 << self.halvings
        return -(-height // stride), -(-width // stride)

    def latents(self, inputs: Tensor) -> Tensor:
        """Latents (B, M, …) of ``inputs`` (B, c, h, w)."""
        found: Tensor = self.encoder(padded(inputs, 1 << self.halvings))
        return found

    def loss(self, batch: Batch, step: int) -> Loss:
        height, width = batch.inputs.shape[2:]
        latents, rates = self.noisy(self.latents(batch.inputs), batch.generator)
        reconstructions = self.decoder(latents)[:, :, :height, :width]
        distortion = weighted_error(self.distortion_weight, reconstructions, batch.inputs)
        return {
            **{name: rate.mean() for name, rate in rates.items()},
            "distortion": distortion.mean(),
        }

    def encode(self, inputs: Tensor) -> Tensor:
        return self.quantized(self.latents(inputs)).flatten(1)

    def decode(self, codes: Tensor) -> Tensor:
        height, width = self.data.shape[1:]
        return self.images(codes.unflatten(1, self.map_shape), height, width)

    def images(self, latents: Tensor, height: int, width: int) -> Tensor:
        """The images (B, c, height, width) of quantized latents."""
        decoded: Tensor = self.decoder(latents)[:, :, :height, :width].clamp(0, 1)
        return decoded

    def payload(self, inputs: Tensor) -> bytes:
        return self.written(self.latents(inputs))

    def restored(self, payload: bytes, shape: tuple[int, int, int, int]) -> Tensor:
        count, _, height, width = shape
        size = self.map_size(height, width)
        return self.images(self.read(payload, (count, self.latent_channels, *size)), height, width)

    def approximated(self, inputs: Tensor) -> Tensor:
        height, width = inputs.shape[2:]
        return self.images(self.quantized(self.latents(inputs)), height, width)


class ConvolutionalCodec(EntropyModelledCodec, TransformCodec):
    """With the transforms of Ballé et al., and an entropy model."""

    distortion_weight: float = 0.013
    """λ of CompressAI: bits per pixel that 255² MSE of one is worth."""
    transform: str = "relu"
    """Between the layers: ``relu``, or ``gdn``, generalised divisive normalization."""

    def make_analysis(self) -> nn.Module:
        sizes = self.data.shape[0], self.channels, self.latent_channels, self.halvings
        return codec_transforms.analysis(*sizes, self.transform)

    def make_synthesis(self) -> nn.Module:
        sizes = self.data.shape[0], self.channels, self.latent_channels, self.halvings
        return codec_transforms.synthesis(*sizes, self.transform)


def weighted_error(weight: float, reconstructions: Tensor, inputs: Tensor) -> Tensor:
    """λ 255² MSE · pixels · ln 2 of images (B, c, h, w) in [0, 1], (B,); ``weight`` is λ."""
    per_square = weight * LARGEST_VALUE**2 * math.log(2) / inputs.shape[1]
    return per_square * squared_error(reconstructions, inputs)
