"""DIP-VAE-II: the codes drawn from the posteriors are decorrelated and brought to unit variance.

    L = E_q[-log p(x|z)] + KL(q(z|x) ‖ p(z)) + λ_od Σ_{i≠j} C_ij² + λ_d Σ_i (C_ii - 1)²,
    C = Cov_q(z)[z] = Cov_x[μ(x)] + E_x[Σ(x)]

λ_d = λ_od, the paper's choice for this form. Kumar et al., ICLR 2018, equation 7.
"""

import torch
from torch import Tensor

from aebench.bottlenecks.gaussian import Gaussian
from aebench.registry import variant
from aebench.variants.variational.dip_vae_i import DIPVAEI


@variant(
    "dip-vae-ii",
    title="DIP-VAE-II",
    family="variational",
    paper="Kumar et al. 2018",
    equation="L = ELBO + λ_od Σ_{i≠j} C_ij² + λ_d Σ_i (C_ii − 1)²,  C = Cov_x[μ(x)] + E_x[Σ(x)]",
)
class DIPVAEII(DIPVAEI):
    diagonal_ratio: float = 1.0
    """λ_d / λ_od."""

    def covariance(self, posterior: Gaussian) -> Tensor:
        return super().covariance(posterior) + torch.diag(posterior.log_variance.exp().mean(0))
