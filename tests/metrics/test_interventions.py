"""FactorVAE and β-VAE scores against disentanglement_lib's protocols, vote by vote."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import ArrayLike
from sklearn.linear_model import LogisticRegression

from aebench.data import Array
from aebench.metrics.disentanglement.interventions import beta_vae_score, factor_vae_score

SIZES = (3, 4, 5)
GRID = np.stack(np.meshgrid(*map(np.arange, SIZES), indexing="ij"), axis=-1).reshape(-1, 3)
SCALED = (GRID - GRID.mean(0)) / GRID.std(0)
MIXED = SCALED @ np.random.default_rng(1).normal(size=(3, 4))
FEW = {"training": 400, "evaluation": 200, "batch": 16}


class Reference:
    """The draws of disentanglement_lib on a table of codes in the grid's order."""

    def __init__(self, codes: Array, seed: int) -> None:
        self.codes, self.random = codes, np.random.RandomState(seed)

    def factors(self, count: int) -> Array:
        return np.stack([self.random.randint(size, size=count) for size in SIZES], axis=1)

    def encoded(self, factors: Array) -> Array:
        return np.asarray(self.codes[np.ravel_multi_index(tuple(factors.T), SIZES)])


def reference_factor_vae(codes: Array, seed: int) -> float:
    draw = Reference(codes, seed)
    variances = np.var(draw.encoded(draw.factors(10_000)), axis=0, ddof=1)
    active = np.sqrt(variances) >= 0.05

    def votes(points: int) -> Array:
        table = np.zeros((len(SIZES), codes.shape[1]), int)
        for _ in range(points):
            held = draw.random.randint(len(SIZES))
            factors = draw.factors(FEW["batch"])
            factors[:, held] = factors[0, held]
            local = np.var(draw.encoded(factors), axis=0, ddof=1)
            table[held, np.argmin(local[active] / variances[active])] += 1
        return table

    named, table = votes(FEW["training"]).argmax(0), votes(FEW["evaluation"])
    return float(table[named, np.arange(len(named))].sum() / table.sum())


def reference_beta_vae(codes: Array, seed: int) -> float:
    draw = Reference(codes, seed)

    def points(count: int) -> tuple[ArrayLike, ArrayLike]:
        features, labels = [], []
        for _ in range(count):
            held = draw.random.randint(len(SIZES))
            one, other = draw.factors(FEW["batch"]), draw.factors(FEW["batch"])
            other[:, held] = one[:, held]
            features.append(np.abs(draw.encoded(one) - draw.encoded(other)).mean(0))
            labels.append(held)
        return features, labels

    model = LogisticRegression().fit(*points(FEW["training"]))
    return float(model.score(*points(FEW["evaluation"])))


SCORES: list[tuple[Callable[..., float], Callable[[Array, int], float]]] = [
    (factor_vae_score, reference_factor_vae),
    (beta_vae_score, reference_beta_vae),
]


@pytest.mark.parametrize(("score", "reference"), SCORES)
def test_scores_on_a_grid_are_the_references(
    score: Callable[..., float], reference: Callable[[Array, int], float]
) -> None:
    dead = np.full((len(GRID), 1), 0.3)
    for codes in (MIXED, np.round(MIXED), np.concatenate([SCALED, dead], axis=1)):
        for seed in (0, 3):
            assert score(codes, GRID, seed=seed, **FEW) == reference(codes, seed)


@pytest.mark.parametrize(("score", "reference"), SCORES)
def test_rows_may_come_in_any_order_and_codes_from_an_encoder(
    score: Callable[..., float], reference: Callable[[Array, int], float]
) -> None:
    order = np.random.default_rng(0).permutation(len(GRID))
    expected = reference(MIXED, 0)
    assert score(MIXED[order], 10 * GRID[order] - 7, **FEW) == expected
    encoder = Reference(MIXED, 0).encoded
    assert score(encoder, np.array(SIZES), **FEW) == expected
    assert score(encoder, GRID[order], **FEW) == expected


@pytest.mark.parametrize("score", [factor_vae_score, beta_vae_score])
def test_a_sample_of_the_grid_scores_as_the_grid(score: Callable[..., float]) -> None:
    random = np.random.default_rng(0)
    codes = SCALED @ np.array([[1, 0.6, 0], [0, 1, 0.6], [0.6, 0, 1]])
    rows = random.integers(0, len(GRID), 20_000)
    counts = {"training": 4000, "evaluation": 4000, "batch": 8}
    whole, sample = score(codes, GRID, **counts), score(codes[rows], GRID[rows], **counts)
    assert 0.5 < whole < 0.99
    assert_allclose(sample, whole, atol=0.03)


@pytest.mark.parametrize("score", [factor_vae_score, beta_vae_score])
def test_a_perfect_code_is_told_and_noise_is_not(score: Callable[..., float]) -> None:
    random = np.random.default_rng(0)
    factors = np.stack([random.integers(0, size, 2000) for size in SIZES], axis=1)
    assert score(factors.astype(float), factors, **FEW) == 1
    assert score(random.normal(size=(2000, 4)), factors, **FEW) < 0.5


def test_a_constant_dimension_breaks_no_vote() -> None:
    """At the reference's default threshold of 0 it would win every vote: 0 / 0."""
    codes = np.concatenate([np.zeros((len(GRID), 1)), SCALED], axis=1)
    assert factor_vae_score(codes, GRID, threshold=0.0, **FEW) == 1


def test_collapsed_codes_score_zero_and_chance() -> None:
    for codes in (np.zeros((len(GRID), 0)), np.full((len(GRID), 2), 0.1), 0.01 * SCALED):
        assert factor_vae_score(codes, GRID, **FEW) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for dead in (np.zeros((len(GRID), 0)), np.full((len(GRID), 2), 0.1)):
            assert 0.2 < beta_vae_score(dead, GRID, **FEW) < 0.5


def test_unusable_input_is_refused() -> None:
    for score in (factor_vae_score, beta_vae_score):
        with pytest.raises(ValueError, match="1 factor"):
            score(MIXED, GRID[:, :1])
        with pytest.raises(ValueError, match="60 codes but 59 factors"):
            score(MIXED, GRID[1:])
        with pytest.raises(ValueError, match="codes hold nan"):
            score(np.full(MIXED.shape, np.nan), GRID)
        with pytest.raises(ValueError, match="of 1 rows"):
            score(MIXED, GRID, batch=1)
