"""LoRAE: a square linear layer between encoder and decoder, pressed to low rank, so that codes lie
in as few dimensions as the data need.

    L = -log p(x | z) + D/2 λ ‖M‖_*,  z = M f(x),  ‖M‖_* the sum of M's singular values

M has no bias. The authors' first term is a mean of squares over the D dimensions, here a sum in
nats; D/2 keeps its weighing (exactly, for a Gaussian likelihood of unit variance). λ is the default
of their training script, for CelebA; its grid runs from 1e-5 to 5. How low the rank gets is told by
the codes' effective rank. Mazumder et al., WACV 2024, arXiv:2310.16194.
"""

import torch
from torch import Tensor, nn

from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.classic.ae import Autoencoder


@variant(
    "lorae",
    title="Low-rank autoencoder",
    family="classic",
    paper="Mazumder et al. 2023",
    equation="L = −log p(x|z) + D/2 λ ‖M‖_*,  z = M f(x)",
)
class LoRAE(Autoencoder):
    rank_weight: float = 1e-5
    """λ."""

    def build(self) -> None:
        super().build()
        self.linear = nn.Linear(self.latent_dimension, self.latent_dimension, bias=False)

    def encode(self, inputs: Tensor) -> Tensor:
        codes: Tensor = self.linear(self.encoder(inputs))
        return codes

    def loss(self, batch: Batch, step: int) -> Loss:
        weight = 0.5 * self.data.dimensions * self.rank_weight
        nuclear_norm = torch.linalg.matrix_norm(self.linear.weight, "nuc")
        return {**super().loss(batch, step), "nuclear_norm": weight * nuclear_norm}
