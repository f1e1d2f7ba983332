"""Variants with another prior, or another hold on it, each pinned to mathematics it must obey."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Generator, Tensor, nn
from torch.distributions import Normal, kl_divergence

from aebench import training
from aebench.bottlenecks.gaussian import Gaussian
from aebench.bottlenecks.gaussian_mixture import GaussianMixture
from aebench.data import Description
from aebench.objectives import maximum_mean_discrepancy as mmd
from aebench.variants.base import Batch
from aebench.variants.variational import hvae
from aebench.variants.variational.uae import sigma_points
from tests.conftest import BUDGET, batch_of, build, describe, inputs_of

SMALL = {"name": "mlp", "hidden": [32, 32], "latent_dimension": 4}


@pytest.fixture
def squared() -> Description:
    """The digits under a Gaussian likelihood, whose negative logarithm is half a squared error."""
    return describe("digits", backbone=SMALL, likelihood="gaussian")


def labelled(images: Tensor, seed: int = 0) -> Batch:
    """A batch with classes."""
    return batch_of(images, seed)._replace(labels=torch.arange(len(images)) % 10)


def pinned(model: Any, log_variance: float) -> None:
    """Give every posterior of a VAE the same variance, whatever the sample."""
    last = model.encoder[-1]
    half = last.out_features // 2
    nn.init.zeros_(last.weight[half:])
    nn.init.constant_(last.bias[half:], log_variance)


def same_networks(one: Any, other: Any) -> None:
    """Let ``one`` encode as ``other``, certainly, and decode as it."""
    last, theirs = one.encoder[-1], other.encoder[-1]
    one.encoder[:-1].load_state_dict(other.encoder[:-1].state_dict())
    one.decoder.load_state_dict(other.decoder.state_dict())
    with torch.no_grad():
        last.weight[: len(theirs.weight)], last.bias[: len(theirs.bias)] = (
            theirs.weight,
            theirs.bias,
        )
    pinned(one, -60.0)


@pytest.mark.parametrize("kernel", ["imq", "gaussian"])
def test_the_discrepancy_is_brute_forces(kernel: str) -> None:
    x, y = torch.randn(5, 3), torch.randn(7, 3) + 1

    def similarity(a: Tensor, b: Tensor) -> float:
        squares = float((a - b).square().sum())
        if kernel == "gaussian":
            return float(np.exp(-squares / 9))
        return sum(6 * s / (6 * s + squares) for s in (0.1, 0.2, 0.5, 1, 2, 5, 10))

    pairs_x = [similarity(x[i], x[j]) for i in range(5) for j in range(5) if i != j]
    pairs_y = [similarity(y[i], y[j]) for i in range(7) for j in range(7) if i != j]
    across = [similarity(a, b) for a in x for b in y]
    found = mmd.maximum_mean_discrepancy(x, y, mmd.KERNELS[kernel]).item()
    expected = np.mean(pairs_x) + np.mean(pairs_y) - 2 * np.mean(across)
    assert found == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("kernel", ["imq", "gaussian"])
def test_the_discrepancy_is_zero_on_average_between_equals_and_positive_otherwise(
    kernel: str,
) -> None:
    generator = Generator().manual_seed(0)

    def estimates(shift: float) -> Tensor:
        pairs = [torch.randn(2, 16, 4, generator=generator) for _ in range(400)]
        values = [mmd.maximum_mean_discrepancy(x + shift, y, mmd.KERNELS[kernel]) for x, y in pairs]
        return torch.stack(values)

    between_equals, shifted = estimates(0.0), estimates(1.0)
    error = (between_equals.std() / len(between_equals) ** 0.5).item()
    assert abs(between_equals.mean().item()) < 3 * error
    assert between_equals.min() < 0
    assert shifted.mean().item() > 20 * error


def test_an_unknown_kernel_is_refused(description: Description) -> None:
    for name in ("wae-mmd", "info-vae"):
        with pytest.raises(ValueError, match="kernel 'cosine', accepted: imq, gaussian"):
            build(name, description, kernel="cosine")


def test_info_vae_with_alpha_zero_and_lambda_one_is_the_vae(
    description: Description, images: Tensor
) -> None:
    info = build("info-vae", description, alpha=0.0, scale=1.0).loss(batch_of(images), 0)
    assert info.pop("discrepancy") == 0
    assert info == build("vae", description).loss(batch_of(images), 0)


def test_info_vae_weighs_divergence_by_one_minus_alpha_and_discrepancy_by_the_rest(
    description: Description, images: Tensor
) -> None:
    plain = build("info-vae", description, alpha=0.0, scale=2.0).loss(batch_of(images), 0)
    info = build("info-vae", description, alpha=0.75, scale=5.0).loss(batch_of(images), 0)
    torch.testing.assert_close(info["divergence"], 0.25 * plain["divergence"])
    torch.testing.assert_close(info["discrepancy"], 4.75 * plain["discrepancy"])


def test_info_vae_with_alpha_one_and_certain_posteriors_is_wae_mmd(
    squared: Description, images: Tensor
) -> None:
    """At variance ½ the likelihood is the squared error and a constant."""
    ours = {"alpha": 1.0, "scale": 10.0, "kernel": "imq", "observation_variance": 0.5}
    info, wae = build("info-vae", squared, 0, **ours), build("wae-mmd", squared)
    same_networks(info, wae)
    # its codes take the first draws for noise; the prior's are the next
    generator = Generator().manual_seed(0)
    torch.empty(len(images), 4).normal_(generator=generator)
    theirs = wae.loss(Batch(images, generator), 0)
    found = info.loss(batch_of(images), 0)
    assert found["divergence"] == 0
    torch.testing.assert_close(found["discrepancy"], theirs["discrepancy"])
    constant = 0.5 * 64 * np.log(np.pi)
    torch.testing.assert_close(found["reconstruction"] - constant, theirs["squared_error"])


def test_sigma_points_have_the_posteriors_mean_and_covariance() -> None:
    posterior = Gaussian(torch.randn(6, 3), torch.randn(6, 3))
    points = sigma_points(posterior, 0, Generator())
    assert points.shape == (6, 6, 3)
    torch.testing.assert_close(points.mean(1), posterior.mu)
    deviations = points - posterior.mu[:, None]
    covariance = deviations.transpose(1, 2) @ deviations / 6
    torch.testing.assert_close(covariance, torch.diag_embed(posterior.log_variance.exp()))


def test_a_subset_of_sigma_points_is_all_of_them_on_average() -> None:
    """Each sample moves along axes of its own, both ways."""
    posterior = Gaussian(torch.randn(4000, 4), torch.zeros(4000, 4))
    points = sigma_points(posterior, 2, Generator().manual_seed(0))
    moves = points - posterior.mu[:, None]
    assert points.shape == (4000, 4, 4)
    torch.testing.assert_close(moves[:, :2], -moves[:, 2:], rtol=0, atol=1e-5)
    torch.testing.assert_close(moves.norm(dim=2), torch.full((4000, 4), 2.0))
    chosen = (moves[:, :2].abs() > 1).sum((0, 1))
    assert chosen.sum() == 8000
    assert (chosen - 2000).abs().max() < 150


def test_uae_without_spread_is_the_autoencoder(squared: Description, images: Tensor) -> None:
    uae, autoencoder = build("uae", squared, axes=0), build("ae", squared)
    same_networks(uae, autoencoder)
    ours, theirs = uae.loss(batch_of(images), 0), autoencoder.loss(batch_of(images), 0)
    torch.testing.assert_close(ours["reconstruction"], theirs["reconstruction"])


def test_uae_averages_the_losses_of_the_decoded_points(
    squared: Description, images: Tensor
) -> None:
    """For a linear decoder W the average is known: squared error of the mean and tr W Σ Wᵀ."""
    uae = build("uae", squared, axes=0)
    linear = nn.Linear(4, 64)
    uae.decoder = nn.Sequential(linear, nn.Unflatten(1, (1, 8, 8)))
    posterior = uae.posterior(images)
    spread = (linear.weight.square().sum(0) * posterior.log_variance.exp()).sum(1)
    expected = uae.reconstruction(posterior.mu, images) + 0.5 * spread.mean()
    torch.testing.assert_close(uae.loss(batch_of(images), 0)["reconstruction"], expected)


def test_the_wasserstein_distance_is_that_of_sorted_draws(description: Description) -> None:
    """In one dimension optimal transport pairs quantiles; 64 numbers weigh it 64-fold."""
    uae = build("uae", description, wasserstein=1.0)
    quantiles = Normal(0.0, 1.0).icdf((torch.arange(100_000) + 0.5) / 100_000)
    mu, deviation = 0.7, 0.3
    transported = (mu + deviation * quantiles - quantiles).square().mean()
    posterior = Gaussian(torch.full((1, 1), mu), torch.full((1, 1), 2 * np.log(deviation)))
    torch.testing.assert_close(
        uae.divergence(posterior)[0], 64 * transported, rtol=1e-3, atol=0, check_dtype=False
    )


def test_cvae_terms_are_those_of_its_posterior_given_the_class(
    squared: Description, images: Tensor
) -> None:
    cvae, batch = build("cvae", squared), labelled(images, seed=7)
    assert batch.labels is not None
    loss = cvae.loss(batch, 0)
    one_hot = torch.eye(10)[batch.labels]
    features = torch.relu(cvae.encoder(images))
    mu, log_variance = cvae.conditional(torch.cat([features, one_hot], 1)).chunk(2, 1)
    posterior = Normal(mu, (0.5 * log_variance).exp())
    noise = torch.empty_like(mu).normal_(generator=Generator().manual_seed(7))
    outputs = cvae.decoder(torch.cat([mu + posterior.scale * noise, one_hot], 1))
    surprise = -Normal(outputs, 1.0).log_prob(images).sum((1, 2, 3))
    prior = Normal(torch.zeros_like(mu), 1.0)
    torch.testing.assert_close(loss["reconstruction"], surprise.mean())
    torch.testing.assert_close(loss["divergence"], kl_divergence(posterior, prior).sum(1).mean())


def test_cvae_encodes_to_the_class_of_the_highest_bound(
    description: Description, images: Tensor
) -> None:
    """The decoder knows one bright class: bright images are of it, dark ones are not."""
    cvae = build("cvae", description)
    linear = nn.Linear(3 + 10, 64)
    nn.init.zeros_(linear.weight)
    nn.init.constant_(linear.bias, -4.0)
    nn.init.constant_(linear.weight[:, 3 + 6], 8.0)
    cvae.decoder = nn.Sequential(linear, nn.Unflatten(1, (1, 8, 8)))
    extremes = torch.cat([torch.ones(1, 1, 8, 8), torch.zeros(1, 1, 8, 8)])
    bright, dark = cvae.encode(extremes)[:, -1].tolist()
    assert bright == 6 and dark != 6
    logits = cvae.class_logits(images)
    assert torch.equal(logits.argmax(1).float(), cvae.encode(images)[:, -1])
    assert cvae.decode(cvae.encode(extremes))[0].min() > 0.9


def test_cvae_decodes_the_class_that_it_is_told(description: Description, images: Tensor) -> None:
    cvae = build("cvae", description)
    codes = cvae.encode(images)
    other = codes.clone()
    other[:, -1] = (codes[:, -1] + 1) % 10
    assert not torch.allclose(cvae.decode(codes), cvae.decode(other))
    drawn = cvae.prior_codes(5000, Generator().manual_seed(0))[:, -1]
    torch.testing.assert_close(
        torch.bincount(drawn.long(), minlength=10) / 5000, torch.full((10,), 0.1), atol=0.02, rtol=0
    )


def test_cvae_asks_for_labels(description: Description, images: Tensor) -> None:
    with pytest.raises(ValueError, match="no labels"):
        build("cvae", description).loss(batch_of(images)._replace(labels=None), 0)


def test_a_vamp_prior_of_one_pseudo_input_is_its_posterior(
    description: Description, images: Tensor
) -> None:
    """So a sample that is the pseudo-input costs nothing beyond its reconstruction."""
    vamp = build("vamp-vae", description, pseudo_inputs=1)
    (pseudo_input,) = torch.sigmoid(vamp.raw_inputs)
    copies = pseudo_input.detach().expand(32, -1, -1, -1)
    assert vamp.loss(batch_of(copies), 0)["divergence"].abs() < 1e-5
    elsewhere = vamp.loss(batch_of(images), 0)["divergence"]
    mu, log_variance = vamp.posterior(pseudo_input[None])
    noise = torch.empty(len(images), 4).normal_(generator=Generator().manual_seed(0))
    posterior = vamp.posterior(images)
    own = Normal(posterior.mu, (0.5 * posterior.log_variance).exp())
    codes = own.mean + own.scale * noise
    prior = Normal(mu, (0.5 * log_variance).exp())
    expected = (own.log_prob(codes) - prior.log_prob(codes)).sum(1).mean()
    torch.testing.assert_close(elsewhere, expected, rtol=1e-4, atol=1e-5)


def test_the_vamp_prior_is_the_mean_of_densities_and_draws_from_it(
    description: Description, images: Tensor
) -> None:
    vamp = build("vamp-vae", description, pseudo_inputs=8)
    nn.init.normal_(vamp.raw_inputs, std=4.0)
    weights, likelihoods = vamp.log_weights(images, 3, Generator().manual_seed(1))
    generator = Generator().manual_seed(1)
    mu, log_variance = vamp.prior()
    components = Normal(mu, (0.5 * log_variance).exp())
    posterior = Gaussian(*(part.repeat_interleave(3, 0) for part in vamp.posterior(images)))
    codes = posterior.sample(generator)
    density = components.log_prob(codes[:, None]).sum(2).exp().mean(1)
    expected = (density.log() - posterior.log_density(codes).sum(1)).view(-1, 3)
    torch.testing.assert_close(weights - likelihoods, expected, rtol=1e-4, atol=1e-4)
    surprise = vamp.observation.negative_log(vamp.decoder(codes), images.repeat_interleave(3, 0))
    torch.testing.assert_close(likelihoods, -surprise.view(-1, 3))
    drawn = vamp.prior_codes(40_000, Generator().manual_seed(0))
    variance = log_variance.exp().mean(0) + mu.var(0, correction=0)
    torch.testing.assert_close(drawn.mean(0), mu.mean(0), rtol=0, atol=0.03)
    torch.testing.assert_close(drawn.var(0), variance, rtol=0.05, atol=0)


def test_pseudo_inputs_lie_where_the_data_do(description: Description) -> None:
    vamp = build("vamp-vae", description, pseudo_inputs=3)
    seen: list[Tensor] = []
    vamp.posterior = lambda inputs: seen.append(inputs)
    vamp.prior()
    assert (seen[0] - 0.4875).abs().max() < 0.02  # sigmoid(-0.05)
    vamp.data = describe("breast-cancer")
    vamp.prior()
    assert seen[1] is vamp.raw_inputs


def test_merged_gaussians_are_the_normalised_product() -> None:
    one, other = (Gaussian(torch.randn(1, 1), torch.randn(1, 1)) for _ in range(2))
    product = hvae.merged(one, other)
    grid = torch.linspace(-30, 30, 600_001)[:, None].double()
    density = (one.log_density(grid) + other.log_density(grid)).exp()
    density = density / density.sum()
    mean = (density * grid).sum()
    torch.testing.assert_close(product.mu.item(), mean.item(), rtol=1e-4, atol=1e-5)
    variance = (density * (grid - mean).square()).sum()
    torch.testing.assert_close(
        product.log_variance.exp().item(), variance.item(), rtol=1e-4, atol=0
    )


def test_ladder_vae_terms_are_those_of_torch_distributions(
    squared: Description, images: Tensor
) -> None:
    ladder = build("hvae", squared)
    ladder.total_steps = 100
    loss = ladder.loss(batch_of(images, seed=7), 4)
    generator = Generator().manual_seed(7)

    def normal(outputs: Tensor) -> Normal:
        mu, log_variance = outputs.chunk(2, 1)
        return Normal(mu, (0.5 * log_variance).exp())

    features = torch.relu(ladder.encoder(images))
    upper, evidence = normal(ladder.ascent(features)), normal(ladder.evidence(features))
    upper_codes = upper.mean + upper.scale * torch.empty(256, 1).normal_(generator=generator)
    prior = normal(ladder.descent(upper_codes))
    precision = evidence.variance.reciprocal() + prior.variance.reciprocal()
    mean = (evidence.mean / evidence.variance + prior.mean / prior.variance) / precision
    lower = Normal(mean, precision.rsqrt())
    codes = lower.mean + lower.scale * torch.empty(256, 3).normal_(generator=generator)
    log_likelihood = Normal(ladder.decoder(codes), 1.0).log_prob(images).sum((1, 2, 3))
    standard = Normal(torch.zeros(256, 1), 1.0)
    half = 0.5  # step 5 of the ten that the warm-up takes
    torch.testing.assert_close(loss["reconstruction"], -log_likelihood.mean())
    torch.testing.assert_close(
        loss["lower_divergence"], half * kl_divergence(lower, prior).sum(1).mean()
    )
    torch.testing.assert_close(
        loss["upper_divergence"], half * kl_divergence(upper, standard).sum(1).mean()
    )
    weights, likelihoods = ladder.log_weights(images, 1, Generator().manual_seed(7))
    of_upper = standard.log_prob(upper_codes) - upper.log_prob(upper_codes)
    of_lower = prior.log_prob(codes) - lower.log_prob(codes)
    torch.testing.assert_close(likelihoods[:, 0], log_likelihood)
    torch.testing.assert_close(
        weights[:, 0], log_likelihood + of_upper.sum(1) + of_lower.sum(1), rtol=1e-4, atol=1e-3
    )


def test_the_ladders_draws_stay_with_their_sample(squared: Description, images: Tensor) -> None:
    ladder = build("hvae", squared)
    images = images[:3] * torch.tensor([0.2, 0.6, 1.0])[:, None, None, None]
    together, _ = ladder.log_weights(images, 400, Generator().manual_seed(0))
    alone = [ladder.log_weights(images[[i]], 400, Generator().manual_seed(1))[0] for i in range(3)]
    means = torch.cat(alone).mean(1)
    assert means.sort().values.diff().min() > 1
    torch.testing.assert_close(together.mean(1), means, rtol=0, atol=0.4)


def test_the_warm_up_of_the_ladder_ends_at_the_bound(description: Description) -> None:
    ladder = build("hvae", description, warm_up=0.1)
    ladder.total_steps = 1000
    assert [ladder.weight(step) for step in (0, 49, 99, 999)] == [0.01, 0.5, 1.0, 1.0]


def test_a_ladder_code_decodes_to_what_its_levels_decode_to(
    description: Description, images: Tensor
) -> None:
    """(z_2, ε) is another name for (z_1, z_2): the decoder sees μ of q(z_1|x, μ_2)."""
    ladder = build("hvae", description)
    upper, evidence = ladder.bottom_up(images)
    lower = hvae.merged(evidence, ladder.expected(upper.mu))
    expected = torch.sigmoid(ladder.decoder(lower.mu))
    codes = ladder.encode(images)
    torch.testing.assert_close(ladder.decode(codes), expected)
    moved = codes + torch.tensor([1.0, 0, 0, 0])
    assert not torch.allclose(ladder.decode(moved), expected)
    with pytest.raises(ValueError, match="at least two"):
        build("hvae", describe("digits", backbone=SMALL | {"latent_dimension": 1}))


@pytest.mark.parametrize("name", ["rae-l2", "rae-gp"])
def test_rae_with_zero_weights_is_the_autoencoder(
    name: str, description: Description, images: Tensor
) -> None:
    rae, autoencoder = (
        build(name, description, beta=0.0, decoder_weight=0.0),
        build("ae", description),
    )
    for variant in (rae, autoencoder):
        training.train(variant, inputs_of(images), BUDGET, seed=0)
    for ours, theirs in zip(rae.parameters(), autoencoder.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_rae_l2_adds_half_the_codes_norm_and_the_decoders(
    description: Description, images: Tensor
) -> None:
    rae = build("rae-l2", description, beta=3.0, decoder_weight=2.0)
    loss = rae.loss(batch_of(images), 0)
    norms = rae.encode(images).square().sum(1)
    torch.testing.assert_close(loss["code_norm"], 1.5 * norms.mean())
    squares = sum(
        p.square().sum()
        for name, p in rae.named_parameters()
        if name.startswith("decoder.") and "weight" in name
    )
    torch.testing.assert_close(loss["roughness"], 2.0 * squares)


def test_the_gradient_penalty_is_the_jacobians_squared_norm_on_average(
    description: Description, images: Tensor
) -> None:
    rae = build("rae-gp", description)
    codes = rae.encode(images[:4])
    jacobian = torch.func.vmap(torch.func.jacrev(lambda z: rae.decode(z[None])[0]))(codes)
    exact = jacobian.square().flatten(1).sum(1).mean().item()
    repeated = codes.detach().repeat(5000, 1).requires_grad_()
    estimate = rae.roughness(repeated, rae.decoder(repeated), Generator().manual_seed(0)).item()
    assert estimate == pytest.approx(exact, rel=0.03)
    assert rae.loss(batch_of(images[:4]), 0)["roughness"].requires_grad


def test_the_gradient_penalty_sees_changes_that_cancel_in_a_sum(squared: Description) -> None:
    rae = build("rae-gp", squared)
    rising_and_falling = nn.Linear(4, 64, bias=False)
    with torch.no_grad():
        rising_and_falling.weight.copy_(torch.tensor([1.0, -1.0]).repeat(32)[:, None].expand(64, 4))
    rae.decoder = nn.Sequential(rising_and_falling, nn.Unflatten(1, (1, 8, 8)))
    codes = torch.zeros(3000, 4, requires_grad=True)
    estimate = rae.roughness(codes, rae.decoder(codes), Generator().manual_seed(0)).item()
    assert estimate == pytest.approx(256, rel=0.1)


def test_the_mixture_has_scikit_learns_density_and_moments() -> None:
    from sklearn.mixture import GaussianMixture as ScikitGaussianMixture

    generator = Generator().manual_seed(0)
    centres = 4 * torch.randn(3, 2, generator=generator)
    codes = centres[torch.randint(3, (600,), generator=generator)]
    codes = codes + torch.randn(600, 2, generator=generator) @ torch.tensor(
        [[1.0, 0.8], [0.0, 0.5]]
    )
    mixture = GaussianMixture(3, 2)
    mixture.fit(codes, seed=5)
    theirs = ScikitGaussianMixture(3, random_state=5).fit(codes.double().numpy())
    np.testing.assert_allclose(
        mixture.log_density(codes).numpy(), theirs.score_samples(codes.double().numpy()), rtol=1e-4
    )
    drawn = mixture.sample(100_000, generator)
    torch.testing.assert_close(drawn.mean(0), codes.mean(0), rtol=0, atol=0.05)
    covariance = torch.cov(codes.t(), correction=0)
    torch.testing.assert_close(torch.cov(drawn.t()), covariance, rtol=0.02, atol=0.05)
    found = torch.cdist(drawn, mixture.means).argmin(1).bincount() / 100_000
    torch.testing.assert_close(found, mixture.weights, rtol=0, atol=0.03)


def test_rae_fits_its_mixture_when_trained_and_keeps_it(
    description: Description, images: Tensor
) -> None:
    rae = build("rae-l2", description)
    unfitted = rae.prior_codes(20_000, Generator().manual_seed(0))
    torch.testing.assert_close(unfitted.var(0), torch.ones(4), rtol=0.05, atol=0)
    training.train(rae, inputs_of(images), BUDGET, seed=0)
    codes = rae.encode(images)
    drawn = rae.prior_codes(50_000, Generator().manual_seed(0))
    torch.testing.assert_close(drawn.mean(0), codes.mean(0), rtol=0, atol=0.05 * codes.std().item())
    torch.testing.assert_close(drawn.std(0), codes.std(0), rtol=0.05, atol=0)
    restored = build("rae-l2", description, seed=1)
    restored.load_state_dict(rae.state_dict())
    assert torch.equal(restored.prior_codes(50_000, Generator().manual_seed(0)), drawn)
