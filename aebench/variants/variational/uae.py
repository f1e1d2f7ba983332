"""Unscented autoencoder: the posterior's sigma points are decoded instead of random draws from it,
and the Wasserstein distance to the prior, which a sharp posterior can afford, replaces KL.

    L = 1/2L Σ_j Σ_± -log p(x | μ ± √L σ_j e_j) + D w W²(q(z|x), p(z)),
    W² = ‖μ‖² + Σ_j (σ_j - 1)²

The 2L points have the posterior's mean and covariance (the unscented transform with κ = 0, whose
central point has no weight). Decoding all is costly, so each sample has ``axes`` of its L, drawn
anew at every step: the same in expectation. D, the dimensions of the data, keeps the authors'
weighing w: their first term is a mean over pixels, here a sum. Left out: full covariances and the
decay of the decoder's weights (1e-6 at the authors'). Written from the paper's description;
Janjoš et al., ICML 2023.
"""

import torch
from torch import Generator, Tensor
from torch.nn.functional import one_hot

from aebench.bottlenecks.gaussian import Gaussian
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.vae import VAE


@variant(
    "uae",
    title="Unscented autoencoder",
    family="variational",
    paper="Janjoš et al. 2023",
    equation="L = mean_j,± −log p(x | μ ± √L σ_j e_j) + D w (‖μ‖² + Σ_j (σ_j − 1)²)",
)
class UAE(VAE):
    wasserstein: float = 2.5e-4
    """w."""
    axes: int = 4
    """Numbers of the code whose two sigma points are decoded at a step; 0: all."""

    def divergence(self, posterior: Gaussian) -> Tensor:
        deviation = (0.5 * posterior.log_variance).exp()
        squares = posterior.mu.square() + (deviation - 1).square()
        return self.data.dimensions * self.wasserstein * squares.sum(1)

    def loss(self, batch: Batch, step: int) -> Loss:
        posterior = self.posterior(batch.inputs)
        points = sigma_points(posterior, self.axes, batch.generator)  # (B, P, L)
        repeated = batch.inputs.repeat_interleave(points.shape[1], dim=0)
        return {
            "reconstruction": self.reconstruction(points.flatten(0, 1), repeated),
            "divergence": self.divergence(posterior).mean(),
        }


def sigma_points(posterior: Gaussian, axes: int, generator: Generator) -> Tensor:
    """μ ± √L σ_j e_j on ``axes`` random axes j of each sample, or on all where ``axes`` is 0 or at
    least L: (B, 2 axes, L).
    """
    mu, log_variance = posterior
    dimension = mu.shape[1]
    order = torch.arange(dimension, device=mu.device)[None]
    if 0 < axes < dimension:
        order = torch.empty_like(mu).normal_(generator=generator).argsort(1)[:, :axes]
    steps = one_hot(order, dimension) * (0.5 * log_variance).exp()[:, None] * dimension**0.5
    return mu[:, None] + torch.cat([steps, -steps], dim=1)
