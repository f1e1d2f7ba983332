"""Dependence between dimensions and agreement between models."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from aebench.data import Array
from aebench.metrics.disentanglement import (
    code_mutual_information,
    gaussian_total_correlation,
    mean_sampled_correlation,
    normalised_wasserstein_dependency,
    relative_strength,
    sampled_total_correlation,
    udr,
    wasserstein_dependency,
)
from aebench.metrics.disentanglement.unsupervised import finite_total_correlation


@pytest.fixture(scope="module")
def mixed() -> Array:
    random = np.random.default_rng(0)
    return random.normal(size=(3000, 4)) @ random.normal(size=(4, 4)) + 3


def slow_wasserstein(codes: Array) -> float:
    from scipy.linalg import sqrtm

    covariance = np.cov(codes.T)
    root = sqrtm(covariance * np.diag(covariance)[:, None])
    return float(np.real(2 * np.trace(covariance) - 2 * np.trace(root)))


def test_total_correlation_and_wasserstein_are_disentanglement_libs(mixed: Array) -> None:
    covariance = np.cov(mixed.T)
    correlation = (np.log(np.diag(covariance)).sum() - np.linalg.slogdet(covariance)[1]) / 2
    assert_allclose(gaussian_total_correlation(mixed), correlation)
    assert_allclose(sampled_total_correlation(mixed), correlation)
    assert_allclose(wasserstein_dependency(mixed), slow_wasserstein(mixed))
    share = slow_wasserstein(mixed) / np.trace(covariance)
    assert_allclose(normalised_wasserstein_dependency(mixed), share)


def test_two_gaussians_have_the_textbook_total_correlation() -> None:
    a, b = np.random.default_rng(1).normal(size=(2, 200_000))
    codes = np.stack([a, 0.6 * a + 0.8 * b], axis=1)
    assert_allclose(gaussian_total_correlation(codes), -np.log(1 - 0.36) / 2, atol=0.01)


def test_scale_changes_only_the_wasserstein_distance(mixed: Array) -> None:
    assert_allclose(gaussian_total_correlation(9 * mixed), gaussian_total_correlation(mixed))
    assert_allclose(wasserstein_dependency(9 * mixed), 81 * wasserstein_dependency(mixed))
    assert_allclose(
        normalised_wasserstein_dependency(9 * mixed), normalised_wasserstein_dependency(mixed)
    )


def test_copies_are_at_a_finite_distance_and_an_infinite_total_correlation(mixed: Array) -> None:
    copies = np.concatenate([mixed, mixed[:, :1]], axis=1)
    assert_allclose(wasserstein_dependency(copies), slow_wasserstein(copies), rtol=1e-6)
    with pytest.raises(ValueError, match="5 varying dimensions have rank 4"):
        gaussian_total_correlation(copies)
    with pytest.raises(ValueError, match="4 varying dimensions have rank 2"):
        gaussian_total_correlation(mixed[:3])


def test_constants_are_left_out(mixed: Array) -> None:
    dead = np.concatenate([mixed, np.full((len(mixed), 2), 0.1)], axis=1)
    for score in (
        gaussian_total_correlation,
        wasserstein_dependency,
        normalised_wasserstein_dependency,
    ):
        assert_allclose(score(dead), score(mixed))
        assert score(np.full((50, 3), 0.1)) == score(np.zeros((50, 0))) == score(mixed[:, :1]) == 0
        with pytest.raises(ValueError, match="codes hold nan"):
            score(np.full((50, 3), np.nan))


def test_information_between_codes_is_the_mean_over_pairs(mixed: Array) -> None:
    from sklearn.metrics import mutual_info_score

    cut = [np.digitize(code, np.histogram(code, 20)[1][:-1]) for code in mixed.T]
    pairs = [mutual_info_score(cut[i], cut[j]) for i in range(4) for j in range(4) if i != j]
    assert_allclose(code_mutual_information(mixed), np.mean(pairs))
    assert code_mutual_information(mixed[:, :1]) == 0
    floor = code_mutual_information(np.random.default_rng(2).normal(size=(10_000, 10)))
    assert_allclose(floor, 0.015, atol=0.003)


def test_means_and_samples_correlate_by_the_noise_between_them() -> None:
    random = np.random.default_rng(3)
    means = random.normal(size=(50_000, 2)) * [1, 0]
    samples = means + random.normal(size=means.shape)
    assert_allclose(mean_sampled_correlation(means, means), 0.5)
    assert_allclose(mean_sampled_correlation(means, samples), 0.5 / np.sqrt(2), atol=0.01)
    with pytest.raises(ValueError, match="codes are"):
        mean_sampled_correlation(means, samples[1:])


def permuted(codes: Array, seed: int) -> Array:
    """What another seed might find: the same dimensions in other places, signs and scales."""
    random = np.random.default_rng(seed)
    order, dimensions = random.permutation(codes.shape[1]), codes.shape[1]
    scale = random.choice([-1, 1], dimensions) * random.uniform(0.5, 2, dimensions)
    return np.asarray(codes[:, order] * scale)


def rotated(codes: Array, seed: int) -> Array:
    axes = np.linalg.qr(np.random.default_rng(seed).normal(size=(codes.shape[1],) * 2))[0]
    return np.asarray(codes @ axes)


def test_udr_is_disentanglement_libs() -> None:
    """Its loop over pairs with scikit-learn's scaler and lasso, dead dimensions included."""
    from sklearn.linear_model import Lasso
    from sklearn.preprocessing import StandardScaler

    codes = np.random.default_rng(4).normal(size=(500, 4))
    models = [codes, rotated(codes, 1), rotated(codes, 2) + permuted(codes, 3)]
    active = [np.array(mask, bool) for mask in ([1, 1, 1, 0], [1, 1, 1, 1], [0, 1, 1, 1])]
    scaled = [StandardScaler().fit_transform(c) * a for c, a in zip(models, active, strict=True)]
    pairs = np.zeros((3, 3))
    for i, j in ((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)):
        matrix = abs(Lasso(alpha=0.1).fit(scaled[i], scaled[j]).coef_).T[active[i]][:, active[j]]
        shares = [
            np.mean([max(line) ** 2 / sum(line) if sum(line) else 0 for line in lines])
            for lines in (matrix, matrix.T)
        ]
        pairs[i, j] = sum(shares) / 2
    expected = [np.median([pairs[i, j] for i in range(3) if i != j]) for j in range(3)]
    assert_allclose(udr(models, active), expected)


def test_udr_prefers_models_that_agree_up_to_order_and_sign() -> None:
    codes = np.random.default_rng(5).normal(size=(2000, 5))
    agreeing = udr([permuted(codes, seed) for seed in range(4)])
    mixing = udr([rotated(codes, seed) for seed in range(4)])
    assert_allclose(agreeing, 0.9, atol=0.01)  # the lasso shrinks 1 to 1 - α
    assert max(mixing) < 0.6


def test_udr_does_not_see_dead_dimensions() -> None:
    random = np.random.default_rng(6)
    codes = random.normal(size=(1000, 3))
    alive = [permuted(codes, seed) for seed in range(3)]
    wide = [np.concatenate([c, 1e-3 * random.normal(size=(1000, 2))], 1) for c in alive]
    assert_allclose(udr(wide), udr(alive), atol=1e-3)
    constant = [*alive[:2], np.full((1000, 4), 0.1)]
    assert udr(constant)[2] == 0
    assert_allclose(udr(constant)[0], udr(alive[:2])[0] / 2)


def test_udr_needs_two_models_on_the_same_images() -> None:
    codes = np.random.default_rng(7).normal(size=(100, 3))
    for models in ([codes], [codes, codes[1:]]):
        with pytest.raises(ValueError, match="two models or more"):
            udr(models)
    with pytest.raises(ValueError, match="active of shapes"):
        udr([codes, codes], [np.ones(3, bool), np.ones(2, bool)])


def test_relative_strength_of_known_matrices() -> None:
    assert relative_strength(np.eye(3)) == 1
    assert_allclose(relative_strength(np.ones((3, 3))), 1 / 3)
    assert relative_strength(np.zeros((3, 2))) == 0


def test_an_infinite_total_correlation_is_left_out_of_the_tables() -> None:
    generator = np.random.default_rng(0)
    codes = generator.normal(size=(200, 3))
    found = finite_total_correlation(codes)
    assert found == {"total_correlation": gaussian_total_correlation(codes)}
    assert finite_total_correlation(np.column_stack([codes, codes[:, 0]])) == {}
    assert finite_total_correlation(np.ones((10, 2))) == {"total_correlation": 0.0}
