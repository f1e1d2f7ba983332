"""DIP-VAE-I: the means of the posteriors are decorrelated and brought to unit variance.

    L = E_q[-log p(x|z)] + KL(q(z|x) ‖ p(z)) + λ_od Σ_{i≠j} C_ij² + λ_d Σ_i (C_ii - 1)²,
    C = Cov_x[μ(x)]

C is the batch's covariance. λ_d = 10 λ_od, the paper's choice for this form. Kumar et al.,
ICLR 2018, equation 6.
"""

import torch
from torch import Tensor

from aebench.bottlenecks.gaussian import Gaussian
from aebench.registry import variant
from aebench.variants.base import Loss
from aebench.variants.variational.vae import VAE


@variant(
    "dip-vae-i",
    title="DIP-VAE-I",
    family="variational",
    paper="Kumar et al. 2018",
    equation="L = ELBO + λ_od Σ_{i≠j} C_ij² + λ_d Σ_i (C_ii − 1)²,  C = Cov_x[μ(x)]",
)
class DIPVAEI(VAE):
    off_diagonal: float = 10.0
    """λ_od."""
    diagonal_ratio: float = 10.0
    """λ_d / λ_od."""

    def penalties(self, posterior: Gaussian, codes: Tensor) -> Loss:
        covariance = self.covariance(posterior)
        diagonal = covariance.diagonal()
        off_diagonal = covariance - torch.diag(diagonal)
        return {
            "covariance": self.off_diagonal * off_diagonal.square().sum(),
            "variance": self.off_diagonal * self.diagonal_ratio * (diagonal - 1).square().sum(),
        }

    def covariance(self, posterior: Gaussian) -> Tensor:
        """Covariance over the batch, (L, L)."""
        return torch.cov(posterior.mu.t(), correction=0)
