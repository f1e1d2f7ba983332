"""The linear VAE, a model whose evidence and optimum are known: probabilistic PCA."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.distributions import MultivariateNormal

from aebench import training
from aebench.data import Budget, Description
from aebench.objectives.bounds import importance_bound
from tests.conftest import batch_of, build, inputs_of


def principal(images: Tensor, latent: int) -> tuple[Tensor, Tensor, float, float]:
    """Probabilistic PCA's optimum (Tipping & Bishop 1999): W, the eigenvalues that it keeps, σ²,
    and the mean log-likelihood.
    """
    flat = images.flatten(1).double()
    values, vectors = torch.linalg.eigh(torch.cov(flat.t(), correction=0))
    kept, sigma2 = values[-latent:], values[:-latent].mean()
    weights = vectors[:, -latent:] * (kept - sigma2).sqrt()
    d = flat.shape[1]
    log_determinant = kept.log().sum() + (d - latent) * sigma2.log()
    evidence = -0.5 * (d * np.log(2 * np.pi) + log_determinant + d)
    return weights, kept, sigma2.item(), evidence.item()


def optimal(description: Description, images: Tensor) -> Any:
    """A linear VAE put at probabilistic PCA's optimum."""
    variant = build("vae-linear", description).double()
    mean = images.flatten(1).double().mean(0)
    weights, kept, sigma2, _ = principal(images, variant.latent_dimension)
    state = variant.state_dict()
    state["decoder.0.weight"], state["decoder.0.bias"] = weights, mean
    state["encoder.1.weight"] = weights.t() / kept[:, None]
    state["encoder.1.bias"] = -state["encoder.1.weight"] @ mean
    state["log_variance"] = (sigma2 / kept).log()
    state["shared_variance.log_deviation"] = torch.tensor(0.5 * np.log(sigma2))
    variant.load_state_dict(state)
    return variant


def evidence_of(variant: Any, images: Tensor) -> Tensor:
    """log p(x) of each image under a linear VAE, by torch.distributions."""
    weights, bias = variant.decoder[0].weight.double(), variant.decoder[0].bias.double()
    noise = variance_of(variant) * torch.eye(len(bias), dtype=torch.float64)
    covariance = weights @ weights.t() + noise
    evidence: Tensor = MultivariateNormal(bias, covariance).log_prob(images.flatten(1).double())
    return evidence


def variance_of(variant: Any) -> float:
    """σ² as it stands in evaluation."""
    log_deviation: Tensor = variant.eval().shared_variance(torch.tensor(0.0))
    return (2 * log_deviation).exp().item()


@torch.no_grad()
def test_at_the_optimum_of_ppca_every_weight_of_the_linear_vae_is_the_evidence(
    description: Description, images: Tensor
) -> None:
    variant = optimal(description, images)
    evidence = evidence_of(variant, images)
    weights, _ = variant.log_weights(images.double(), 4, torch.Generator().manual_seed(0))
    torch.testing.assert_close(weights, evidence[:, None].expand(-1, 4))
    assert evidence.mean().item() == pytest.approx(principal(images, 4)[3], rel=1e-9)


def test_the_optimum_of_ppca_is_stationary_for_the_linear_vae(
    description: Description, images: Tensor
) -> None:
    """Its gradient over many draws is noise, and the variance that it finds is PCA's."""
    variant = optimal(description, images)
    many, generator = images.double(), torch.Generator().manual_seed(0)
    drawn = []
    for _ in range(100):
        loss = sum(variant.loss(batch_of(many)._replace(generator=generator), 0).values())
        found = torch.autograd.grad(loss, list(variant.parameters()))
        drawn.append(torch.cat([gradient.flatten() for gradient in found]))
    stacked = torch.stack(drawn)
    scores = stacked.mean(0) / (stacked.std(0) / 10).clamp(min=1e-9)
    assert 0.8 < scores.square().mean() < 1.25
    assert variance_of(variant) == pytest.approx(principal(images, 4)[2], rel=0.01)


@pytest.mark.parametrize("variance", ["optimal", "shared"])
def test_a_trained_linear_vae_reaches_the_likelihood_of_ppca(
    variance: str, description: Description, images: Tensor
) -> None:
    variant = build("vae-linear", description, variance=variance)
    training.train(variant, inputs_of(images), Budget(1200, 256, 1e-2), seed=0)
    _, _, sigma2, best = principal(images, 4)
    reached = evidence_of(variant, images).mean().item()
    assert best - 0.1 < reached <= best
    assert variance_of(variant) == pytest.approx(sigma2, rel=0.01)


@torch.no_grad()
def test_the_bound_tightens_with_k_and_stays_below_the_evidence(
    description: Description, images: Tensor
) -> None:
    variant = optimal(description, images)
    variant.log_variance += 1.5
    weights, _ = variant.log_weights(images.double(), 256, torch.Generator().manual_seed(0))
    bounds = [importance_bound(weights[:, :k]).mean() for k in (1, 4, 32, 256)]
    evidence = evidence_of(variant, images).mean()
    assert bounds == sorted(bounds) and bounds[-1] < evidence + 0.02
    assert evidence - bounds[0] > 1 > 0.2 > evidence - bounds[-1]
