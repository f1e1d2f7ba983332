"""What every variant shares: networks from the data set's backbone, a loss, codes and back."""

import importlib
from typing import Any, NamedTuple

import torch
from torch import Generator, Tensor, nn

from aebench.data import Backbone, Description
from aebench.objectives import likelihoods

Loss = dict[str, Tensor]
"""Named scalar terms in nats per sample, their sum what is minimised."""


class Batch(NamedTuple):
    """``images`` float (B, *shape) in [0, 1] and the source of all randomness of this step."""

    images: Tensor
    generator: Generator


class Variant(nn.Module):
    """Base of all variants. Annotated class attributes with defaults are the settings.

    Raises `AttributeError` for a setting that the class does not have.
    """

    def __init__(self, data: Description, **settings: Any) -> None:
        super().__init__()
        for name, value in settings.items():
            getattr(type(self), name)
            setattr(self, name, value)
        self.data = data
        self.backbone = Backbone(**data.backbone)
        self.latent_dimension = self.backbone.latent_dimension
        self.likelihood = getattr(likelihoods, data.likelihood)
        self.build()

    def build(self) -> None:
        """Make the networks: an encoder to ``latent_dimension`` numbers and a decoder back."""
        self.encoder = self.make_encoder(self.latent_dimension)
        self.decoder = self.make_decoder()

    def make_encoder(self, outputs: int) -> nn.Module:
        """The data set's encoder, (B, *shape) to (B, outputs)."""
        network = importlib.import_module(f"aebench.nn.{self.backbone.name}")
        return network.encoder(self.data.shape, self.backbone.hidden, outputs)  # type: ignore[no-any-return]

    def make_decoder(self) -> nn.Module:
        """The data set's decoder, (B, latent_dimension) to logits (B, *shape)."""
        network = importlib.import_module(f"aebench.nn.{self.backbone.name}")
        return network.decoder(self.latent_dimension, self.backbone.hidden, self.data.shape)  # type: ignore[no-any-return]

    def loss(self, batch: Batch, step: int) -> Loss:
        """Terms of the objective on one batch, means over its samples."""
        raise NotImplementedError

    def encode(self, images: Tensor) -> Tensor:
        """Codes (B, latent_dimension) of ``images`` (B, *shape) in [0, 1]; deterministic."""
        codes: Tensor = self.encoder(images)
        return codes

    def decode(self, codes: Tensor) -> Tensor:
        """The expected image (B, *shape) of each code."""
        return torch.sigmoid(self.decoder(codes))

    def reconstruction(self, codes: Tensor, images: Tensor) -> Tensor:
        """Mean over the batch of -log p(x|z), in nats."""
        negative_log: Tensor = self.likelihood(self.decoder(codes), images)
        return negative_log.mean()


class StandardNormalPrior(Variant):
    """A variant whose codes are N(0, I) a priori: it can draw samples."""

    def sample(self, count: int, generator: Generator) -> Tensor:
        """Decode ``count`` draws from the prior, (count, *shape)."""
        shape = (count, self.latent_dimension)
        return self.decode(torch.randn(shape, generator=generator, device=generator.device))
