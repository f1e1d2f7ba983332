"""β-TCVAE: of the divergence from the prior, only the total correlation of the code weighs β.

    L = E_q[-log p(x|z)] + I_q(x; z) + β TC(z) + Σ_j KL(q(z_j) ‖ p(z_j))
      = E_q[-log p(x|z)] + KL(q(z|x) ‖ p(z)) + (β - 1) TC(z)

TC(z) = KL(q(z) ‖ Π_j q(z_j)) is estimated from the batch, ``weighted`` (as in the paper's
experiments) or ``stratified``; the rest is in closed form, so that β = 1 is the VAE. The weighted
estimate is too large by about (L - 1) log N, a constant: good for gradients, not a number to
report. Chen et al., NeurIPS 2018, equation 4, appendices C.1 and C.2.
"""

import math

import torch
from torch import Tensor

from aebench.bottlenecks.gaussian import Gaussian
from aebench.registry import variant
from aebench.variants.base import Loss
from aebench.variants.variational.vae import VAE


@variant(
    "beta-tcvae",
    title="β-TCVAE",
    family="variational",
    paper="Chen et al. 2018",
    equation="L = E_q[−log p(x|z)] + I_q(x; z) + β TC(z) + Σ_j KL(q(z_j) ‖ p(z_j))",
)
class BetaTCVAE(VAE):
    beta: float = 6.0
    estimator: str = "weighted"

    def build(self) -> None:
        if self.estimator not in ("weighted", "stratified"):
            raise ValueError(f"estimator '{self.estimator}', accepted: weighted, stratified")
        super().build()

    def penalties(self, posterior: Gaussian, codes: Tensor) -> Loss:
        total_correlation = self.total_correlation(posterior, codes).mean()
        return {"total_correlation": (self.beta - 1) * total_correlation}

    def total_correlation(self, posterior: Gaussian, codes: Tensor) -> Tensor:
        """log q(z) - Σ_j log q(z_j) of each code (B, L) under the batch's mixture, (B,) in nats."""
        weights = self.log_mixture_weights(len(codes)).to(codes)[:, :, None]
        # log q(z_j of sample i | x of sample n)
        log_densities = posterior.log_density(codes[:, None])  # (B, B, L)
        joint = torch.logsumexp(weights[..., 0] + log_densities.sum(2), dim=1)
        marginals = torch.logsumexp(weights + log_densities, dim=1)
        return joint - marginals.sum(1)

    def log_mixture_weights(self, batch: int) -> Tensor:
        """How much posterior n counts in the density of sample i, (batch, batch), as logarithms."""
        total = self.data.splits["train"]
        if self.estimator == "weighted":
            return torch.full((batch, batch), -math.log(total * batch))
        others = batch - 1
        weights = torch.full((batch, batch), 1 / others)
        weights.fill_diagonal_(1 / total)
        # one of the others stands for all samples outside the batch
        remaining = (total - others) / (total * others)
        weights[torch.arange(batch), (torch.arange(batch) + 1) % batch] = remaining
        return weights.log()
