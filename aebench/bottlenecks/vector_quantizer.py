"""Vector quantization with a learned codebook and the straight-through gradient.

van den Oord et al., Neural Discrete Representation Learning, NeurIPS 2017.
"""

import torch
from torch import Tensor, nn


class VectorQuantizer(nn.Module):
    """Replaces each vector by the nearest of ``size`` codebook vectors of ``dimension`` numbers."""

    def __init__(self, size: int, dimension: int) -> None:
        super().__init__()
        # the authors' initialisation: uniform in ±1/size
        self.codebook = nn.Parameter((2 * torch.rand(size, dimension) - 1) / size)

    @torch.no_grad()
    def indices(self, vectors: Tensor) -> Tensor:
        """The nearest entry of each vector: (..., d) to int64 (...)."""
        rows = vectors.reshape(-1, vectors.shape[-1])
        # |z - e|² without |z|², which no choice of e changes
        lengths = self.codebook.square().sum(1)
        distances = torch.addmm(lengths, rows, self.codebook.t(), alpha=-2)  # (rows, K)
        return distances.argmin(1).view(vectors.shape[:-1])

    def forward(self, vectors: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Quantize (B, P, d).

        Returns the quantized vectors with a straight-through gradient (B, P, d), their indices
        (B, P), and per sample ‖sg[z] - e‖² and ‖z - sg[e]‖², each (B,): the last terms of eq. 3.
        """
        indices = self.indices(vectors)
        nearest = nn.functional.embedding(indices, self.codebook)
        codebook_loss = (vectors.detach() - nearest).square().sum((1, 2))
        commitment_loss = (vectors - nearest.detach()).square().sum((1, 2))
        straight_through = vectors + (nearest - vectors).detach()
        return straight_through, indices, codebook_loss, commitment_loss
