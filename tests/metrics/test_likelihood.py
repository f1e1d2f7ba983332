"""Likelihood: bounds on models whose evidence is known, divergences known in closed form."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import multivariate_normal, norm

from aebench.data import Array
from aebench.metrics.likelihood import (
    bits_per_dimension,
    collapsed_dimensions,
    elbo,
    encoder_gradient_signal_to_noise,
    importance_bound,
    iwae_bound,
    kl_decomposition,
    prior_hole,
    reconstruction_log_likelihood,
)
from aebench.metrics.likelihood.bounds import bound_in_bits
from aebench.metrics.likelihood.decomposition import log_aggregate


def linear_gaussian_weights(n: int, k: int, deviation: float) -> tuple[Array, Array]:
    """Log weights and evidence of z ~ N(0, 1), x|z ~ N(z, 1), with q(z|x) = N(x/2, deviation²).

    The exact posterior has deviation √½; p(x) = N(0, 2).
    """
    generator = np.random.default_rng(0)
    x = generator.normal(0, np.sqrt(2), (n, 1))
    z = x / 2 + deviation * generator.normal(size=(n, k))
    weights = norm.logpdf(z) + norm.logpdf(x, z) - norm.logpdf(z, x / 2, deviation)
    return weights, norm.logpdf(x[:, 0], 0, np.sqrt(2))


def test_the_exact_posterior_makes_every_bound_the_evidence() -> None:
    weights, evidence = linear_gaussian_weights(200, 6, np.sqrt(0.5))
    for k in (1, 2, 3, 6):
        assert_allclose(iwae_bound(weights, k), evidence.mean(), rtol=1e-12)
    assert_allclose(importance_bound(weights), evidence, rtol=1e-12)


def test_the_bound_tightens_with_k_and_reaches_the_evidence() -> None:
    weights, evidence = linear_gaussian_weights(2000, 512, 1.2)
    bounds = [iwae_bound(weights, k) for k in (1, 4, 32, 512)]
    assert (np.diff(bounds) > 0).all()
    assert elbo(weights) == bounds[0]
    assert_allclose(bounds[-1], evidence.mean(), atol=0.01)
    gap = norm_kl(1.2**2 / 0.5)
    assert_allclose(evidence.mean() - elbo(weights), gap, atol=0.01)


def norm_kl(variance_ratio: float) -> float:
    """KL of two Gaussians of one mean."""
    return float(0.5 * (variance_ratio - 1 - np.log(variance_ratio)))


def test_iwae_with_one_sample_is_the_mean_log_weight() -> None:
    weights = np.random.default_rng(1).normal(size=(50, 8))
    assert_allclose(iwae_bound(weights, 1), weights.mean())
    assert_allclose(elbo(weights), weights.mean())


def test_groups_are_disjoint_and_what_is_left_over_is_not_used() -> None:
    weights = np.random.default_rng(2).normal(size=(5, 7))
    pairs = np.log(np.exp(weights[:, :6]).reshape(5, 3, 2).mean(2))
    assert_allclose(iwae_bound(weights, 2), pairs.mean())


def test_bounds_do_not_overflow() -> None:
    weights = np.array([[-90000.0, -90000.0], [800.0, 800.0]])
    assert_allclose(importance_bound(weights), [-90000, 800])
    assert_allclose(importance_bound(np.array([[0.0, -np.inf]])), [-np.log(2)])


def test_weights_that_are_no_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="k = 5, but there are 4"):
        iwae_bound(np.zeros((3, 4)), 5)
    with pytest.raises(ValueError, match="NaN or infinite upwards"):
        elbo(np.array([[0.0, np.nan]]))
    with pytest.raises(ValueError, match=r"expected \(n, K\)"):
        elbo(np.zeros(4))


def test_bits_per_dimension_of_fair_coins_is_one() -> None:
    assert_allclose(bits_per_dimension(784 * np.log(2), 784), 1)
    assert_allclose(bound_in_bits(np.full((3, 2), -784 * np.log(2)), 784), 1)


def test_a_uniform_density_over_pixels_costs_all_their_bits() -> None:
    assert_allclose(bits_per_dimension(0.0, 3072, levels=256), 8)
    with pytest.raises(ValueError, match="0 dimensions"):
        bits_per_dimension(1.0, 0)


def test_reconstruction_and_divergence_make_the_elbo() -> None:
    generator = np.random.default_rng(3)
    log_likelihoods, divergence = -generator.random((9, 4)), generator.random((9, 4))
    assert_allclose(
        reconstruction_log_likelihood(log_likelihoods) - divergence.mean(),
        elbo(log_likelihoods - divergence),
    )


def posteriors(n: int, width: int, seed: int = 4) -> tuple[Array, Array, Array]:
    generator = np.random.default_rng(seed)
    mu, log_variance = generator.normal(size=(n, width)), generator.normal(-1, 0.5, (n, width))
    return mu, log_variance, mu + np.exp(0.5 * log_variance) * generator.normal(size=(n, width))


def test_the_aggregate_posterior_is_scipys_mixture() -> None:
    mu, log_variance, codes = posteriors(40, 3)
    joint, marginals = log_aggregate(mu, log_variance, codes[:7])
    deviation = np.exp(0.5 * log_variance)
    each = norm.pdf(codes[:7, None], mu, deviation)  # (7, 40, 3)
    assert_allclose(joint, np.log(each.prod(2).mean(1)), rtol=1e-12)
    assert_allclose(marginals, np.log(each.mean(1)), rtol=1e-12)


def test_the_parts_sum_to_the_mean_divergence() -> None:
    mu, log_variance, codes = posteriors(3000, 4)
    parts = kl_decomposition(mu, log_variance, codes)
    assert_allclose(parts["mutual_information"] + parts["marginal_kl"], parts["kl"])
    assert_allclose(parts["total_correlation"] + parts["dimension_wise_kl"], parts["marginal_kl"])
    analytic = 0.5 * (mu**2 + np.exp(log_variance) - 1 - log_variance).sum(1).mean()
    assert_allclose(parts["kl"], analytic, atol=0.15)


def test_posteriors_that_are_the_prior_have_no_divergence_in_any_part() -> None:
    codes = np.random.default_rng(5).normal(size=(200, 3))
    parts = kl_decomposition(np.zeros((200, 3)), np.zeros((200, 3)), codes)
    assert_allclose(list(parts.values()), 0, atol=1e-12)


def test_a_gaussian_channel_has_the_textbooks_parts() -> None:
    """mu ~ N(0, C) and unit noise: q(z) is N(0, C + I), so every part has a closed form."""
    generator = np.random.default_rng(6)
    covariance = np.array([[2.0, 1.2], [1.2, 1.5]])
    mu = generator.multivariate_normal([0, 0], covariance, 4000)
    parts = kl_decomposition(mu, np.zeros_like(mu), mu + generator.normal(size=mu.shape))
    total = covariance + np.eye(2)
    variances = np.diag(total)
    assert_allclose(parts["mutual_information"], 0.5 * np.log(np.linalg.det(total)), atol=0.06)
    correlation = 0.5 * np.log(variances.prod() / np.linalg.det(total))
    assert_allclose(parts["total_correlation"], correlation, atol=0.06)
    dimension_wise = sum(norm_kl(variance) for variance in variances)
    assert_allclose(parts["dimension_wise_kl"], dimension_wise, atol=0.08)


def test_codes_that_tell_samples_apart_hold_log_n_nats() -> None:
    mu = 100.0 * np.arange(50)[:, None]
    parts = kl_decomposition(mu, np.zeros_like(mu), mu + 0.5)
    assert_allclose(parts["mutual_information"], np.log(50))


def test_a_copied_dimension_is_total_correlation() -> None:
    mu, log_variance, codes = posteriors(500, 1)
    one = kl_decomposition(mu, log_variance, codes)
    assert_allclose(one["total_correlation"], 0, atol=1e-12)
    mu, log_variance, codes = (np.repeat(a, 2, axis=1) for a in (mu, log_variance, codes))
    assert kl_decomposition(mu, log_variance, codes)["total_correlation"] > 0.3


def test_a_dimension_that_ignores_its_sample_adds_to_no_part() -> None:
    mu, log_variance, codes = posteriors(500, 1)
    noise = np.random.default_rng(7).normal(size=(500, 1))
    ignoring = kl_decomposition(np.c_[mu, 0 * mu], np.c_[log_variance, 0 * mu], np.c_[codes, noise])
    alone = kl_decomposition(mu, log_variance, codes)
    assert_allclose(list(ignoring.values()), list(alone.values()), atol=1e-9)


def test_narrow_posteriors_in_many_dimensions_neither_overflow_nor_underflow() -> None:
    generator = np.random.default_rng(8)
    mu = generator.normal(size=(100, 400))
    log_variance = np.full_like(mu, -14.0)
    codes = mu + np.exp(-7) * generator.normal(size=mu.shape)
    parts = kl_decomposition(mu, log_variance, codes)
    assert np.isfinite(list(parts.values())).all()
    assert_allclose(parts["mutual_information"], np.log(100))


def test_expectations_are_over_the_first_draws_and_the_mixture_over_all() -> None:
    mu, log_variance, codes = posteriors(300, 2)
    assert kl_decomposition(mu, log_variance, codes, draws=50) == kl_decomposition(
        mu, log_variance, codes[:50]
    )


def test_parameters_that_do_not_fit_together_are_refused() -> None:
    mu, log_variance, codes = posteriors(20, 2)
    with pytest.raises(ValueError, match="log variances"):
        kl_decomposition(mu, log_variance[:, :1], codes)
    with pytest.raises(ValueError, match="codes are"):
        kl_decomposition(mu[:10], log_variance[:10], codes)
    with pytest.raises(ValueError, match="not finite"):
        kl_decomposition(mu, log_variance, np.where(codes > 1, np.inf, codes))
    with pytest.raises(ValueError, match="no draw from one of them"):
        kl_decomposition(mu, log_variance, codes + 1000)


def test_collapsed_dimensions_are_those_whose_posterior_is_the_prior() -> None:
    mu, log_variance = np.zeros((50, 4)), np.zeros((50, 4))
    mu[:, 0] = np.random.default_rng(9).normal(size=50)
    log_variance[:, 1] = -3
    mu[:, 2] = 0.1  # half a hundredth of a nat
    assert collapsed_dimensions(mu, log_variance) == 0.5
    with pytest.raises(ValueError, match="not finite"):
        collapsed_dimensions(mu * np.nan, log_variance)


def test_the_prior_has_a_hole_where_no_code_lies() -> None:
    generator = np.random.default_rng(10)
    prior = generator.normal(size=(1500, 2))
    assert_allclose(prior_hole(generator.normal(size=(1500, 2)), prior), 0.5, atol=0.05)
    angle = generator.uniform(0, 2 * np.pi, 1500)
    ring = 1.4 * np.stack([np.cos(angle), np.sin(angle)], 1) + 0.05 * generator.normal(
        size=(1500, 2)
    )
    assert prior_hole(ring, prior) > 0.85
    assert_allclose(prior_hole(prior + 20, prior), 1)
    with pytest.raises(ValueError, match="draws from the prior"):
        prior_hole(prior, prior[:3])


def test_the_marginal_divergence_is_that_of_the_mixture_from_the_prior() -> None:
    """One component: q(z) is N(m, S) itself, whose KL is known."""
    mean, variance = np.array([[1.0, -0.5]]), np.array([[0.5, 2.0]])
    draws = multivariate_normal(mean[0], np.diag(variance[0]), seed=11).rvs(4000)
    mu, log_variance = np.repeat(mean, 4000, 0), np.repeat(np.log(variance), 4000, 0)
    parts = kl_decomposition(mu[:1000], log_variance[:1000], draws[:1000])
    exact = 0.5 * (mean**2 + variance - 1 - np.log(variance)).sum()
    assert_allclose(parts["marginal_kl"], exact, atol=0.12)
    assert_allclose(parts["mutual_information"], 0, atol=1e-12)


def test_signal_to_noise_is_that_of_known_gaussians() -> None:
    generator = np.random.default_rng(0)
    ratios = np.repeat([0.1, 2.0, 30.0], [20, 21, 20])
    scales = 10.0 ** generator.uniform(-6, 6, len(ratios))
    drawn = scales * (
        ratios * generator.choice([-1, 1], len(ratios)) + generator.normal(size=(4000, len(ratios)))
    )
    assert_allclose(encoder_gradient_signal_to_noise(drawn), 2.0, rtol=0.05)
    assert_allclose(  # whatever their unit is, and with dead units beside
        encoder_gradient_signal_to_noise(np.hstack([3 * drawn, np.zeros((4000, 100))])),
        encoder_gradient_signal_to_noise(drawn),
    )
    assert encoder_gradient_signal_to_noise(np.ones((5, 3))) == np.inf
    noise = generator.normal(size=(100, 3000))
    assert_allclose(encoder_gradient_signal_to_noise(noise), 0.0674, rtol=0.05)


@pytest.mark.parametrize(
    ("gradients", "message"),
    [
        (np.zeros((5, 3)), "no parameter"),
        (np.ones((1, 3)), "two or more"),
        (np.full((3, 2), np.nan), "finite"),
    ],
)
def test_gradients_that_say_nothing_are_refused(gradients: Array, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encoder_gradient_signal_to_noise(gradients)
