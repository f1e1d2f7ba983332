"""A learnable scalar codebook for each number of the code. Hsu et al., NeurIPS 2023."""

import torch
from torch import Tensor, nn


class LatentQuantizer(nn.Module):
    """Replaces number j of a code by the nearest of the ``values`` scalars of codebook j."""

    def __init__(self, latent_dimension: int, values: int) -> None:
        super().__init__()
        # the authors' initialisation
        self.codebooks = nn.Parameter(torch.linspace(-0.5, 0.5, values).repeat(latent_dimension, 1))

    @torch.no_grad()
    def indices(self, codes: Tensor) -> Tensor:
        """The nearest entry of each number: (B, L) to int64 (B, L)."""
        return (codes[:, :, None] - self.codebooks).abs().argmin(2)

    def values(self, indices: Tensor) -> Tensor:
        """The entries that ``indices`` (B, L) name, (B, L)."""
        return self.codebooks.expand(len(indices), -1, -1).gather(2, indices[:, :, None]).squeeze(2)

    def forward(self, codes: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Quantize (B, L).

        Returns the quantized codes with a straight-through gradient (B, L), their indices (B, L),
        and per sample the means over the code of (sg[z] - z_q)² and (z - sg[z_q])², each (B,).
        """
        indices = self.indices(codes)
        nearest = self.values(indices)
        quantization_loss = (codes.detach() - nearest).square().mean(1)
        commitment_loss = (codes - nearest.detach()).square().mean(1)
        straight_through = codes + (nearest - codes).detach()
        return straight_through, indices, quantization_loss, commitment_loss
