"""Denoising autoencoder: sees corrupted inputs and is to give back the clean ones.

    L = E_q(x̃|x)[-log p(x | f(x̃))]

``corruption`` and its ``level`` are the papers' three: ``gaussian`` adds noise of that standard
deviation, ``masking`` sets that share of the numbers to 0, ``salt-and-pepper`` sets it, by a fair
coin, to the least or greatest possible value (0 and 1; of data in another range, the batch's
extremes). Codes are those of clean inputs. The papers choose corruption and level on validation
data; the default is one that the first of them often chose. Vincent et al., ICML 2008, section 2.3;
JMLR 2010, section 3.3.
"""

import torch
from torch import Generator, Tensor

from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.classic.ae import Autoencoder

CORRUPTIONS = ("gaussian", "masking", "salt-and-pepper")


@variant(
    "dae",
    title="Denoising autoencoder",
    family="classic",
    paper="Vincent et al. 2008, 2010",
    equation="L = E_q(x̃|x)[−log p(x | f(x̃))]",
)
class DenoisingAutoencoder(Autoencoder):
    corruption: str = "masking"
    """gaussian, masking or salt-and-pepper."""
    level: float = 0.25
    """Standard deviation of the noise, or share of the numbers that are replaced."""

    def build(self) -> None:
        if self.corruption not in CORRUPTIONS:
            accepted = ", ".join(CORRUPTIONS)
            raise ValueError(f"dae: corruption '{self.corruption}', accepted: {accepted}")
        super().build()

    def loss(self, batch: Batch, step: int) -> Loss:
        codes = self.encode(self.corrupted(batch.inputs, batch.generator))
        return {"reconstruction": self.reconstruction(codes, batch.inputs)}

    def corrupted(self, inputs: Tensor, generator: Generator) -> Tensor:
        """A corrupted copy x̃ of ``inputs`` (B, *shape)."""
        if self.corruption == "gaussian":
            return inputs + self.level * torch.empty_like(inputs).normal_(generator=generator)
        drawn = torch.empty_like(inputs).uniform_(generator=generator)
        kept = drawn >= self.level
        if self.corruption == "masking":
            return inputs * kept
        low, high = self.extremes(inputs)
        # given that it is below the level, the draw is above its half by a fair coin
        return torch.where(kept, inputs, torch.where(drawn >= self.level / 2, high, low))

    def extremes(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """The least and the greatest value that the data can have."""
        if self.data.value_range == "[0, 1]":
            return inputs.new_zeros(()), inputs.new_ones(())
        return torch.aminmax(inputs)
