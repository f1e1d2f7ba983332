"""Mixtures of Gaussians over codes: a fitted one, and the density under equal weights."""

import math

import torch
from torch import Generator, Tensor, nn

from aebench.bottlenecks.gaussian import Gaussian


def log_mean_density(components: Gaussian, codes: Tensor) -> Tensor:
    """log 1/K Σ_k N(codes; component k) of ``codes`` (B, L) under K equal components: (B,)."""
    log_densities = components.log_density(codes[:, None]).sum(2)  # (B, K)
    return torch.logsumexp(log_densities, dim=1) - math.log(len(components.mu))


class GaussianMixture(nn.Module):
    """``components`` Gaussians with full covariances, N(0, I) until fitted by expectation
    maximisation. Weights (K,), means (K, L) and the covariances' Cholesky factors (K, L, L) are
    buffers.
    """

    weights: Tensor
    means: Tensor
    factors: Tensor

    def __init__(self, components: int, latent_dimension: int) -> None:
        super().__init__()
        self.register_buffer("weights", torch.full((components,), 1 / components))
        self.register_buffer("means", torch.zeros(components, latent_dimension))
        self.register_buffer("factors", torch.eye(latent_dimension).repeat(components, 1, 1))

    def fit(self, codes: Tensor, seed: int) -> None:
        """Fit to ``codes`` (n, L), n ≥ K, by scikit-learn on the CPU from k-means++ centres."""
        from sklearn.mixture import GaussianMixture as ScikitGaussianMixture

        fitted = ScikitGaussianMixture(len(self.weights), max_iter=2000, random_state=seed)
        fitted.fit(codes.double().cpu().numpy())
        self.weights.copy_(torch.from_numpy(fitted.weights_))
        self.means.copy_(torch.from_numpy(fitted.means_))
        self.factors.copy_(torch.linalg.cholesky(torch.from_numpy(fitted.covariances_)))

    def sample(self, count: int, generator: Generator) -> Tensor:
        """Draw ``count`` codes, (count, L)."""
        # the first of exponential clocks with rates w rings for k with probability w_k
        clocks = torch.empty(count, len(self.weights), device=generator.device)
        chosen = (clocks.exponential_(generator=generator) / self.weights).argmin(1)
        noise = torch.randn(
            (count, self.means.shape[1], 1), generator=generator, device=generator.device
        )
        return self.means[chosen] + (self.factors[chosen] @ noise).squeeze(2)

    def log_density(self, codes: Tensor) -> Tensor:
        """log density of ``codes`` (B, L), (B,) in nats."""
        differences = (codes[:, None] - self.means)[..., None]  # (B, K, L, 1)
        whitened = torch.linalg.solve_triangular(self.factors, differences, upper=False)
        log_determinants = self.factors.diagonal(dim1=1, dim2=2).log().sum(1)
        constant = 0.5 * math.log(2 * math.pi) * codes.shape[1]
        log_densities = -0.5 * whitened.square().sum((2, 3)) - log_determinants - constant
        return torch.logsumexp(self.weights.log() + log_densities, dim=1)
