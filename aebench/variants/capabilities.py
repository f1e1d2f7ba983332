"""What only some variants can do. A variant declares it by defining the members; nothing else."""

from typing import Protocol, runtime_checkable

from torch import Generator, Tensor, nn

from aebench.variants.base import Batch, Loss


@runtime_checkable
class ClosedForm(Protocol):
    """Is fitted at once instead of by gradient steps."""

    def fit(self, images: Tensor) -> Loss:
        """Fit to ``images`` (n, *shape) in [0, 1] and return the loss reached."""


@runtime_checkable
class Generative(Protocol):
    """Has a distribution over codes to draw new samples from."""

    def sample(self, count: int, generator: Generator) -> Tensor:
        """Draw ``count`` samples, (count, *shape) in [0, 1]."""


@runtime_checkable
class DiscreteCodes(Protocol):
    """Its codes are entries of a finite codebook."""

    codebook_size: int

    def indices(self, images: Tensor) -> Tensor:
        """Codebook entries of ``images``: int64 (n, positions), each in [0, codebook_size)."""


@runtime_checkable
class Adversarial(Protocol):
    """Trains against an adversary, which takes its own step after each of the model's."""

    adversary: nn.Module
    adversary_learning_rate: float
    """As a multiple of the model's."""

    def adversary_loss(self, batch: Batch, step: int) -> Loss:
        """What the adversary minimises."""
