"""σ-VAE: whose σ is the error that is left, and whose posterior's σ is drawn, not learned."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal

from aebench import training
from aebench.data import Description
from aebench.objectives.likelihoods import Bernoulli
from tests.conftest import BUDGET, batch_of, build, inputs_of


def reconstruction_of(sigma: Any, images: Tensor) -> tuple[Tensor, Tensor]:
    """The means and the reconstruction term of one step under a seed."""
    codes = sigma.posterior(images).sample(torch.Generator().manual_seed(0))
    return sigma.decode(codes), sigma.loss(batch_of(images), 0)["reconstruction"]


def test_the_optimal_sigma_is_the_root_mean_squared_error(
    description: Description, images: Tensor
) -> None:
    means, found = reconstruction_of(build("sigma-vae", description), images)
    rmse = (means - images).square().mean().sqrt()

    def cost(sigma: Tensor) -> Tensor:
        log_densities: Tensor = Normal(means, sigma).log_prob(images)
        return -log_densities.sum((1, 2, 3)).mean()

    torch.testing.assert_close(found, cost(rmse))
    assert found < cost(0.97 * rmse) and found < cost(1.03 * rmse)


def test_the_optimal_sigma_makes_the_loss_the_logarithm_of_the_error(
    description: Description, images: Tensor
) -> None:
    """As if the gradient went through σ: D/2 log MSE, whatever else is constant."""
    sigma = build("sigma-vae", description)
    means, found = reconstruction_of(sigma, images)
    logarithm = 32 * (means - images).square().mean().log()
    weights = list(sigma.decoder.parameters())
    ours, theirs = torch.autograd.grad(found, weights), torch.autograd.grad(logarithm, weights)
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


def test_the_shared_sigma_comes_to_rest_at_the_root_mean_squared_error(
    description: Description, images: Tensor
) -> None:
    sigma = build("sigma-vae", description, variance="shared")
    parameter = sigma.shared_variance.log_deviation
    optimiser = torch.optim.Adam([parameter], lr=0.05)
    for _ in range(300):
        means, loss = reconstruction_of(sigma, images)
        (parameter.grad,) = torch.autograd.grad(loss, [parameter])
        optimiser.step()
    rmse = (means - images).square().mean().sqrt()
    torch.testing.assert_close(sigma.shared_variance(rmse).exp(), rmse, rtol=1e-3, atol=0)


def test_in_evaluation_sigma_is_that_of_training_not_of_the_inputs(
    description: Description, images: Tensor
) -> None:
    sigma = build("sigma-vae", description)
    errors = []
    for part in images.split(64):
        means, _ = reconstruction_of(sigma, part)
        errors.append((means - part).square().mean())
    sigma.eval()
    remembered = (2 * sigma.shared_variance(torch.tensor(9.0))).exp()
    torch.testing.assert_close(remembered, torch.stack(errors).mean())
    outputs = torch.zeros(4, 1, 8, 8)
    alone = sigma.observation.negative_log(outputs[:1], images[:1])
    together = sigma.observation.negative_log(outputs, images[:4])
    torch.testing.assert_close(alone[0], together[0])


def test_a_perfect_reconstruction_does_not_make_sigma_zero(description: Description) -> None:
    observation = build("sigma-vae", description).observation
    outputs = torch.zeros(2, 1, 8, 8)
    found = observation.negative_log(outputs, observation.mean(outputs))
    torch.testing.assert_close(found, torch.full((2,), 64 * (0.5 * math.log(2 * math.pi) - 6)))


def test_the_fixed_posterior_draws_one_sigma_per_sample(
    description: Description, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """σε with σ ~ N(0, C): variance C, fourth moment 9 C², and squares that go together."""
    sigma = build("sigma-vae", description, variance="fixed-posterior")
    monkeypatch.setattr(sigma, "reconstruction", lambda codes, inputs: codes)
    many = images[:1].expand(200_000, -1, -1, -1)
    with torch.no_grad():
        codes = sigma.loss(batch_of(many), 0)["reconstruction"]
        noise = codes - sigma.encode(images[:1])
    c = (0.75 / 0.8) ** 2
    squares = noise.square()
    assert noise.mean().item() == pytest.approx(0, abs=0.01)
    assert squares.mean().item() == pytest.approx(c, rel=0.02)
    assert squares.square().mean().item() == pytest.approx(9 * c**2, rel=0.1)
    assert torch.cov(squares.t())[0, 1].item() == pytest.approx(2 * c**2, rel=0.1)
    variances = sigma.posterior(images).log_variance.exp()
    torch.testing.assert_close(variances, torch.full((256, 4), c))


def test_the_fixed_posterior_holds_the_means_alone(
    description: Description, images: Tensor
) -> None:
    sigma = build("sigma-vae", description, variance="fixed-posterior")
    assert isinstance(sigma.observation, Bernoulli)
    mu = torch.randn(7, 4, requires_grad=True)
    posterior = sigma.posterior(images[:7])._replace(mu=mu)
    (gradient,) = torch.autograd.grad(sigma.divergence(posterior).sum(), mu)
    torch.testing.assert_close(gradient, mu.detach())
    weights = [parameter.shape for parameter in sigma.encoder.parameters()]
    assert weights[-1] == (4,)


@pytest.mark.parametrize(
    ("name", "variance"),
    [("sigma-vae", "shared"), ("sigma-vae", "fixed-posterior"), ("vae-linear", "shared")],
)
def test_the_other_variances_train_every_parameter(
    name: str, variance: str, description: Description, images: Tensor
) -> None:
    variant = build(name, description, variance=variance)
    before = {path: p.detach().clone() for path, p in variant.named_parameters()}
    error = (variant.decode(variant.encode(images)) - images).square().mean()
    training.train(variant, inputs_of(images), BUDGET, seed=0)
    assert (variant.decode(variant.encode(images)) - images).square().mean() < error
    for path, parameter in variant.named_parameters():
        assert not torch.equal(parameter, before[path]), path


@pytest.mark.parametrize("name", ["sigma-vae", "vae-linear"])
def test_an_unknown_variance_is_refused(name: str, description: Description) -> None:
    with pytest.raises(ValueError, match="variance 'best', accepted: optimal, shared"):
        build(name, description, variance="best")


def test_sigma_vae_refuses_a_likelihood_that_is_no_mean(description: Description) -> None:
    with pytest.raises(ValueError, match="accepted: bernoulli, gaussian"):
        build("sigma-vae", description, likelihood="learned-gaussian")
