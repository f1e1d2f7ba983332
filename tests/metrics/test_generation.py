"""Generation: the reference implementations' values, and distributions whose distance is known."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose

from aebench.data import Array
from aebench.metrics.generation import (
    coverage,
    density,
    density_coverage,
    frechet_distance,
    kernel_distance,
    precision,
    precision_recall,
    recall,
)

Score = Callable[[Array, Array], float]
MANIFOLD: list[Score] = [precision, recall, density, coverage]


@pytest.fixture
def features() -> tuple[Array, Array]:
    generator = np.random.default_rng(7)
    return generator.normal(size=(300, 16)), 1.2 * generator.normal(size=(300, 16)) + 0.3


def test_scores_are_the_reference_implementations(features: tuple[Array, Array]) -> None:
    """On these very arrays: torchmetrics 1.9.0 (fid._compute_fid, kid.poly_mmd), prdc 0.2
    (compute_prdc with nearest_k 3 for precision and recall, 5 for density and coverage).
    """
    assert_allclose(frechet_distance(*features), 2.734877876746083, rtol=1e-9)
    assert_allclose(kernel_distance(*features), 0.4028387961549442, rtol=1e-9)
    assert_allclose(precision(*features), 0.4866666666666667)
    assert_allclose(recall(*features), 0.97)
    assert_allclose(density(*features), 0.376)
    assert_allclose(coverage(*features), 0.7)


def test_frechet_distance_is_scipys_square_root_put_into_the_formula(
    features: tuple[Array, Array],
) -> None:
    from scipy.linalg import sqrtm

    a, b = features
    one, other = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    offset = np.sum((a.mean(0) - b.mean(0)) ** 2)
    assert_allclose(
        frechet_distance(a, b), offset + np.trace(one + other - 2 * sqrtm(one @ other).real)
    )


def test_frechet_distance_of_a_moved_and_a_scaled_copy() -> None:
    a = np.random.default_rng(0).normal(size=(500, 5))
    assert_allclose(frechet_distance(a, a + [3, 4, 0, 0, 0]), 25)
    centred = a - a.mean(0)
    assert_allclose(frechet_distance(centred, 3 * centred), 4 * np.var(a, axis=0, ddof=1).sum())
    assert_allclose(frechet_distance(a, a), 0, atol=1e-12)


def test_frechet_distance_is_real_where_covariances_are_singular() -> None:
    """Fewer samples than features: orthogonal supports, so nothing is shared but the trace."""
    a, b = np.zeros((5, 40)), np.zeros((6, 40))
    a[:, :4] = np.random.default_rng(1).normal(size=(5, 4))
    b[:, 4:9] = np.random.default_rng(2).normal(size=(6, 5))
    traces = a.var(0, ddof=1).sum() + b.var(0, ddof=1).sum()
    assert_allclose(frechet_distance(a, b), traces + np.sum((a.mean(0) - b.mean(0)) ** 2))


def test_kernel_distance_is_scikit_learns_kernel_averaged_over_pairs(
    features: tuple[Array, Array],
) -> None:
    from sklearn.metrics.pairwise import polynomial_kernel

    a, b = features[0][:120], features[1]
    within_a, within_b = polynomial_kernel(a), polynomial_kernel(b)
    expected = (within_a.sum() - np.trace(within_a)) / (120 * 119)
    expected += (within_b.sum() - np.trace(within_b)) / (300 * 299)
    expected -= 2 * polynomial_kernel(a, b).mean()
    assert_allclose(kernel_distance(a, b), expected, rtol=1e-12)


def test_kernel_distance_of_one_distribution_is_zero_on_average() -> None:
    generator = np.random.default_rng(3)
    draws = [kernel_distance(*generator.normal(size=(2, 60, 4))) for _ in range(200)]
    assert abs(np.mean(draws)) < 3 * np.std(draws) / np.sqrt(200)
    assert min(draws) < 0 < max(draws)


def test_balls_are_brute_forces(features: tuple[Array, Array]) -> None:
    a, b = features
    distance = np.linalg.norm(a[:, None] - b, axis=2)

    def radius(x: Array, k: int) -> Array:
        return np.sort(np.linalg.norm(x[:, None] - x, axis=2), axis=1)[:, k]

    assert precision(a, b) == np.mean((distance <= radius(a, 3)[:, None]).any(0))
    assert recall(a, b) == np.mean((distance <= radius(b, 3)).any(1))
    assert_allclose(density(a, b), np.sum(distance < radius(a, 5)[:, None]) / (5 * len(b)))
    assert coverage(a, b) == np.mean(distance.min(1) < radius(a, 5))


def test_a_perfect_copy_scores_one_and_a_far_one_nothing() -> None:
    a = np.random.default_rng(4).normal(size=(200, 6))
    for score in MANIFOLD:
        assert_allclose(score(a, a), 1)
        assert score(a, a + 100) == 0


def test_a_generator_with_one_mode_is_precise_and_covers_little() -> None:
    generator = np.random.default_rng(5)
    real = generator.normal(size=(400, 2)) + 50 * np.eye(2)[generator.integers(0, 2, 400)]
    one_mode = generator.normal(size=(400, 2)) + [50, 0]
    assert precision(real, one_mode) > 0.95
    assert recall(real, one_mode) < 0.6 and coverage(real, one_mode) < 0.6


def test_density_can_pass_one_where_precision_cannot() -> None:
    """Samples huddled at the centre of ten dimensions lie in many real samples' wide balls."""
    generator = np.random.default_rng(6)
    real = generator.normal(size=(300, 10))
    assert density(real, 0.1 * generator.normal(size=(300, 10))) > 2
    assert_allclose(density(real, generator.normal(size=(300, 10))), 1, atol=0.15)


def test_an_outlier_widens_precision_and_not_density() -> None:
    """Naeem et al. 2020, figure 3: one far real sample's huge ball makes all samples realistic."""
    real = np.random.default_rng(8).normal(size=(300, 2))
    real[0] = 60
    fake = np.random.default_rng(9).normal(size=(300, 2)) + 25
    assert precision(real, fake) == 1
    assert density(real, fake) < 0.3


def test_collapsed_samples_lie_on_their_balls_border() -> None:
    point = np.ones((20, 3))
    assert precision(point, point) == recall(point, point) == 1
    assert density(point, point) == coverage(point, point) == 0


def test_benchmark_scores_are_those_of_the_first_two_thousand() -> None:
    generator = np.random.default_rng(10)
    a, b = generator.normal(size=(2200, 3)), generator.normal(size=(2100, 3)) + 0.5
    assert precision_recall(a, b)["recall"] == recall(a[:2000], b[:2000]) != recall(a, b)
    assert density_coverage(a, b)["density"] == density(a[:2000], b[:2000]) != density(a, b)


@pytest.mark.parametrize("score", [frechet_distance, kernel_distance, *MANIFOLD])
def test_features_that_do_not_match_are_refused(score: Score) -> None:
    good = np.random.default_rng(11).normal(size=(20, 3))
    with pytest.raises(ValueError, match="features"):
        score(good, good[:, :2])
    with pytest.raises(ValueError, match="generated features are not finite"):
        score(good, np.where(good > 1, np.nan, good))
    with pytest.raises(ValueError, match=r"real features are \(1, 3\)"):
        score(good[:1], good)
