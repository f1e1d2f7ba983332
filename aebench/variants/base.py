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
    """``inputs`` float (B, *shape), the source of all randomness of this step, and int64 ``labels``
    (B,) where the data set has them.
    """

    inputs: Tensor
    generator: Generator
    labels: Tensor | None = None

    @property
    def known_labels(self) -> Tensor:
        """The labels. Raises `ValueError` where there are none."""
        if self.labels is None:
            raise ValueError("the variant learns from labels, and the batch has no labels")
        return self.labels


class Variant(nn.Module):
    """Base of all variants. Annotated class attributes with defaults are the settings.

    Raises `AttributeError` for a setting that the class does not have.
    """

    weight_decay = 0.0
    """Decoupled decay of encoder's and decoder's weights, per step and unit of learning rate."""

    gradient_norm = 0.0
    """To which a step's gradient is shortened where it is longer; 0: never."""

    compilable = True
    """Whether `aebench.training.compiled` may take its loss: none that is differentiated twice."""

    likelihood = ""
    """A name of `aebench.objectives.likelihoods`; empty: the data set's."""
    observation_variance = 1.0
    """Of a Gaussian likelihood with fixed variance."""

    def __init__(self, data: Description, **settings: Any) -> None:
        super().__init__()
        self.total_steps = 1
        """Steps of the budget, set when training starts: for schedules."""
        for name, value in settings.items():
            getattr(type(self), name)
            setattr(self, name, value)
        self.data = data
        self.backbone = Backbone(**data.backbone)
        self.latent_dimension = self.backbone.latent_dimension
        name = self.likelihood or data.likelihood
        self.observation = likelihoods.make(name, data, self.observation_variance)
        self.build()

    def build(self) -> None:
        """Make the networks: an encoder to ``latent_dimension`` numbers and a decoder back."""
        self.encoder = self.make_encoder(self.latent_dimension)
        self.decoder = self.make_decoder()

    @property
    def device(self) -> torch.device:
        """Where its parameters are."""
        return next(iter([*self.parameters(), *self.buffers()])).device

    def make_encoder(self, outputs: int) -> nn.Module:
        """The data set's encoder, (B, *shape) to (B, outputs)."""
        network = importlib.import_module(f"aebench.nn.{self.backbone.name}")
        sizes = self.data.shape, self.backbone.hidden, outputs
        made: nn.Module = network.encoder(*sizes, self.backbone.activation)
        return made

    def make_decoder(self, inputs: int | None = None) -> nn.Module:
        """The data set's decoder: ``inputs`` numbers, by default latent_dimension, to the
        parameters of its likelihood, (B, inputs) to (B, *shape).
        """
        network = importlib.import_module(f"aebench.nn.{self.backbone.name}")
        inputs = self.latent_dimension if inputs is None else inputs
        shape = [self.data.shape[0] * self.observation.parameters, *self.data.shape[1:]]
        made: nn.Module = network.decoder(
            inputs, self.backbone.hidden, shape, self.backbone.activation
        )
        return made

    def loss(self, batch: Batch, step: int) -> Loss:
        """Terms of the objective on one batch, means over its samples."""
        raise NotImplementedError

    def encode(self, inputs: Tensor) -> Tensor:
        """Codes (B, latent_dimension) of ``inputs`` (B, *shape); deterministic."""
        codes: Tensor = self.encoder(inputs)
        return codes

    def decode(self, codes: Tensor) -> Tensor:
        """The expected sample (B, *shape) of each code."""
        return self.observation.mean(self.decoder(codes))

    def reconstruction(self, codes: Tensor, inputs: Tensor) -> Tensor:
        """Mean over the batch of -log p(x|z), in nats."""
        return self.observation.negative_log(self.decoder(codes), inputs).mean()


class StandardNormalPrior(Variant):
    """A variant whose codes are N(0, I) a priori: it can draw samples."""

    def prior_codes(self, count: int, generator: Generator) -> Tensor:
        """Draw ``count`` codes from the prior, (count, latent_dimension)."""
        shape = (count, self.latent_dimension)
        return torch.randn(shape, generator=generator, device=generator.device)
