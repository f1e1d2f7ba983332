"""Metrics of sparse codes against written-out brute force, and on degenerate inputs."""

import itertools
import math
from typing import Any

import numpy as np
import pytest

from aebench.data import Array
from aebench.metrics import sparsity
from aebench.metrics.sparsity.hierarchy import absorption_where_known


def random(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).standard_normal(shape)


def sparse(rows: int, features: int, seed: int = 0, density: float = 0.3) -> Array:
    """Non-negative codes, most of them 0."""
    generator = np.random.default_rng(seed)
    on = generator.random((rows, features)) < density
    drawn: Array = on * generator.uniform(0.5, 3, (rows, features))
    return drawn


def test_l0_counts_what_is_not_zero() -> None:
    assert sparsity.l0(np.array([[0.0, 1.0, -2.0], [0.0, 0.0, 3.0]])) == 1.5
    assert sparsity.l0(np.zeros((4, 3))) == 0


def test_density_is_each_features_share_of_samples() -> None:
    codes = np.array([[0.0, 1.0, -2.0], [0.0, 0.0, 3.0]])
    np.testing.assert_array_equal(sparsity.feature_density(codes), [0, 0.5, 1])
    assert sparsity.dead_fraction(codes) == pytest.approx(1 / 3)


def test_fraction_of_variance_explained_is_one_minus_the_ratio_of_sums() -> None:
    x, y = random(20, 3), random(20, 3, seed=1)
    residual = sum((x[i, j] - y[i, j]) ** 2 for i in range(20) for j in range(3))
    total = sum((x[i, j] - x[:, j].mean()) ** 2 for i in range(20) for j in range(3))
    assert sparsity.fraction_variance_explained(x, y) == pytest.approx(1 - residual / total)
    images = x.reshape(20, 1, 1, 3), y.reshape(20, 1, 1, 3)
    assert sparsity.fraction_variance_explained(*images) == pytest.approx(1 - residual / total)


def test_a_constant_offset_is_an_error() -> None:
    x = random(50, 4)
    assert sparsity.fraction_variance_explained(x, x) == 1
    mean = np.broadcast_to(x.mean(0), x.shape)
    assert sparsity.fraction_variance_explained(x, mean) == pytest.approx(0)
    offset = np.sqrt(2 * np.square(x - x.mean(0)).sum() / x.size)
    assert sparsity.fraction_variance_explained(x, x + offset) == pytest.approx(-1)


def test_a_large_common_offset_does_not_cost_precision() -> None:
    x = (random(100, 4) + 1000).astype(np.float32)
    assert sparsity.fraction_variance_explained(x, x + np.float32(0.25)) == pytest.approx(
        1 - 400 * 0.0625 / np.square(x.astype(float) - x.mean(0, float)).sum()
    )


def test_cosine_and_norm_ratio_are_means_over_rows() -> None:
    x = np.array([[3.0, 4.0], [1.0, 0.0], [0.0, 0.0]])
    y = np.array([[3.0, 4.0], [0.0, 2.0], [5.0, 5.0]])
    assert sparsity.cosine(x, y) == pytest.approx(0.5)
    assert sparsity.norm_ratio(x, y) == pytest.approx((1 + 2) / 2)
    assert sparsity.cosine(x, -3 * x) == pytest.approx(-1)
    assert sparsity.cosine(x, 0 * x) == 0


def brute_force_length(codes: Array, width: float) -> float:
    """Entropies of each feature's symbols: inactive, or the bin it is in."""
    bits = 0.0
    for feature in codes.T:
        p = float((feature != 0).mean())
        bits += sum(-q * math.log2(q) for q in (p, 1 - p) if q > 0)
        bins = [math.floor(value / width) for value in feature if value != 0]
        for name in set(bins):
            share = bins.count(name) / len(bins)
            bits -= p * share * math.log2(share)
    return bits


@pytest.mark.parametrize("width", [0.1, 0.7, 100.0])
def test_description_length_is_the_entropy_of_whether_and_how_much(width: float) -> None:
    codes = sparse(60, 5) * np.array([1, 1, -1, 0, 2])
    found = sparsity.description_length(codes, width)
    assert found == pytest.approx(brute_force_length(codes, width))


def test_codes_that_never_change_take_no_bits() -> None:
    assert sparsity.description_length(np.zeros((5, 3)), 0.1) == 0
    assert sparsity.description_length(np.ones((5, 3)), 0.1) == pytest.approx(0)
    with pytest.raises(ValueError, match="bin_width"):
        sparsity.description_length(np.ones((5, 3)), 0.0)


def test_code_length_does_not_depend_on_how_a_feature_is_scaled() -> None:
    codes, directions = sparse(200, 6), random(6, 4, seed=2)
    x, scales = codes @ directions, np.array([1, 2, 0.1, 7, 1, 3.0])
    expected = sparsity.code_length(codes, directions, x)
    rescaled = sparsity.code_length(codes * scales, directions / scales[:, None], x)
    assert 0 < expected == pytest.approx(rescaled)


def test_the_bins_of_code_length_lose_a_hundredth_of_the_variance() -> None:
    directions = np.linalg.qr(random(32, 32))[0]
    codes = sparse(4000, 32, density=0.25)
    x = codes @ directions
    active = (codes != 0).sum(1).mean()
    width = math.sqrt(12 * 0.01 * x.var(0).sum() / active)
    assert sparsity.code_length(codes, directions, x) == pytest.approx(
        sparsity.description_length(codes, width)
    )
    binned = (np.floor(codes / width) + 0.5) * width * (codes != 0)
    lost = np.square((binned - codes) @ directions).sum(1).mean() / x.var(0).sum()
    assert lost == pytest.approx(0.01, rel=0.15)


def test_matched_cosine_is_the_best_of_all_pairings() -> None:
    decoder, dictionary = random(4, 3), random(3, 3, seed=1)
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (decoder, dictionary)]
    similarity = np.abs(unit[0] @ unit[1].T)
    best = max(
        np.mean([similarity[row, column] for column, row in enumerate(rows)])
        for rows in itertools.permutations(range(4), 3)
    )
    assert sparsity.matched_cosine(decoder, dictionary) == pytest.approx(best)
    assert sparsity.matched_cosine(-5 * dictionary[::-1], dictionary) == pytest.approx(1)


def test_max_cosine_is_signed_and_may_use_a_direction_twice() -> None:
    dictionary = np.array([[1.0, 0.0], [0.6, 0.8]])
    assert sparsity.max_cosine(np.array([[2.0, 0.0]]), dictionary) == pytest.approx(0.8)
    assert sparsity.max_cosine(-dictionary, dictionary) == pytest.approx(-0.6)
    assert sparsity.matched_cosine(np.array([[2.0, 0.0]]), dictionary) == pytest.approx(1)
    assert sparsity.max_cosine(np.zeros((3, 2)), dictionary) == 0


def test_the_same_directions_in_another_order_are_stable() -> None:
    directions = random(6, 10)
    assert sparsity.decoder_stability(directions, 3 * directions[::-1]) == pytest.approx(1)
    assert sparsity.decoder_stability(np.eye(4), -np.eye(4)) == pytest.approx(0)
    assert sparsity.decoder_stability(np.eye(2), np.array([[1.0, 1.0]])) == pytest.approx(0.5**0.5)


def test_feature_f1_is_that_of_the_best_detector() -> None:
    codes, features = sparse(80, 5, seed=1), sparse(80, 3, seed=2)
    expected = []
    for true in (features != 0).T:
        scores = []
        for found in (codes != 0).T:
            hits = (true & found).sum()
            precision, recall = hits / found.sum(), hits / true.sum()
            scores.append(2 * precision * recall / (precision + recall))
        expected.append(max(scores))
    assert sparsity.feature_f1(codes, features) == pytest.approx(np.mean(expected))
    assert sparsity.feature_f1(features[:, ::-1], features) == 1
    silent = np.hstack([features, np.zeros((80, 1))])
    assert sparsity.feature_f1(features, silent) == 1
    assert sparsity.feature_f1(0 * codes, features) == 0


def family(rows: int = 400) -> Array:
    """A parent, two children of it, and a feature of no family."""
    generator = np.random.default_rng(0)
    parent = generator.random(rows) < 0.5
    children = [parent & (generator.random(rows) < share) for share in (0.3, 0.2)]
    other = generator.random(rows) < 0.4
    stacked: Array = np.stack([parent, *children, other], axis=1).astype(np.float32)
    return stacked


def test_parents_are_read_from_what_is_active() -> None:
    np.testing.assert_array_equal(sparsity.parents(family()), [-1, 0, 0, -1])


def test_absorption_is_the_recall_that_children_take() -> None:
    features, dictionary = family(), np.eye(4)
    assert sparsity.absorption(features, features, dictionary, dictionary) == 0
    parent, child = features[:, 0] != 0, features[:, 1:3].any(1)
    absorbed = features.copy()
    absorbed[:, 0] = parent & ~child
    assert sparsity.absorption(absorbed, features, dictionary, dictionary) == 1
    partly = features.copy()
    partly[:, 0] = parent & (features[:, 1] == 0)
    kept = partly[parent & child, 0].mean()
    found = sparsity.absorption(partly, features, dictionary, dictionary)
    assert found == pytest.approx(1 - kept)
    shuffled = [3, 1, 0, 2]
    found = sparsity.absorption(partly[:, shuffled], features, dictionary[shuffled], dictionary)
    assert found == pytest.approx(1 - kept)


def test_a_parent_that_is_recognised_more_with_a_child_offsets_no_absorption() -> None:
    features, dictionary = family(), np.eye(4)
    parent, child = features[:, 0] != 0, features[:, 1:3].any(1)
    more = features.copy()
    more[:, 0] = parent & child
    assert sparsity.absorption(more, features, dictionary, dictionary) == -1
    known = absorption_where_known(more, features, dictionary, dictionary)
    assert known == {"absorption": 0}
    unrelated = sparse(100, 3)
    assert absorption_where_known(unrelated, unrelated, np.eye(3), np.eye(3)) == {}


def test_absorption_needs_a_family() -> None:
    with pytest.raises(ValueError, match="child"):
        features = sparse(100, 3)
        sparsity.absorption(features, features, np.eye(3), np.eye(3))


def test_splitting_counts_the_parts_of_a_feature() -> None:
    features = sparse(300, 2)
    assert sparsity.splitting(features, features) == 1
    first = np.arange(300) % 2 == 0
    halves = np.stack([features[:, 0] * first, features[:, 0] * ~first, features[:, 1]], axis=1)
    assert sparsity.splitting(halves, features) == 1.5


def test_dark_matter_of_a_linear_error_is_all_linear() -> None:
    x = random(100, 4)
    linear = sparsity.dark_matter(x, x @ random(4, 4, seed=1) + 2)
    assert linear["linear"] == pytest.approx(1)
    assert linear["nonlinear"] == pytest.approx(0)


def test_dark_matter_is_what_least_squares_leaves() -> None:
    from sklearn.linear_model import LinearRegression

    x, y = random(60, 3), random(60, 3, seed=1)
    error = x - y
    left = error - LinearRegression().fit(x, error).predict(x)
    squared = np.square(error).sum(1)
    parts = sparsity.dark_matter(x, y)
    total = np.square(error - error.mean(0)).sum()
    assert parts["linear"] == pytest.approx(1 - np.square(left).sum() / total)
    assert parts["norm"] == pytest.approx(LinearRegression().fit(x, squared).score(x, squared))
    variance = np.square(x - x.mean(0)).sum()
    assert parts["nonlinear"] == pytest.approx(np.square(left).sum() / variance)
    with pytest.raises(ValueError, match="samples"):
        sparsity.dark_matter(x[:4], y[:4])


def test_loss_recovered_runs_from_ablated_to_original() -> None:
    assert sparsity.loss_recovered(2.0, 2.0, 10.0) == 1
    assert sparsity.loss_recovered(2.0, 10.0, 10.0) == 0
    assert sparsity.loss_recovered(2.0, 4.0, 10.0) == 0.75
    with pytest.raises(ValueError, match="loss"):
        sparsity.loss_recovered(2.0, 3.0, 2.0)


def test_a_sparse_probe_finds_the_feature_of_a_class() -> None:
    labels = np.random.default_rng(0).integers(0, 3, 300)
    codes = sparse(300, 8, density=0.1)
    codes[:, 2:5] = 2 * np.eye(3)[labels]
    assert sparsity.sparse_probe_accuracy(codes, labels, 1) == 1
    assert sparsity.sparse_probe_accuracy(codes[:, 5:], labels, 1) == pytest.approx(0.5, abs=0.1)


def test_more_features_tell_what_one_cannot() -> None:
    labels = np.random.default_rng(0).integers(0, 2, 600)
    parts = np.arange(600) // 2 % 3
    codes = np.eye(3)[parts] * labels[:, None]
    one, three = (sparsity.sparse_probe_accuracy(codes, labels, k) for k in (1, 3))
    assert one < 0.75 and three == 1
    with pytest.raises(ValueError, match="k 4"):
        sparsity.sparse_probe_accuracy(codes, labels, 4)


def test_svcca_sees_through_any_invertible_map() -> None:
    a = random(200, 5)
    assert sparsity.svcca(a, a @ random(5, 5, seed=3) + 1, kept=1.0) == pytest.approx(1)
    assert sparsity.svcca(a, random(200, 5, seed=4)) < 0.3


def test_svcca_is_the_mean_canonical_correlation() -> None:
    a, b = random(50, 3), random(50, 4, seed=1)
    covariance = np.cov(np.hstack([a, b]).T)
    within_a, within_b, across = covariance[:3, :3], covariance[3:, 3:], covariance[:3, 3:]
    squared = np.linalg.eigvals(
        np.linalg.solve(within_a, across) @ np.linalg.solve(within_b, across.T)
    ).real
    assert sparsity.svcca(a, b, kept=1.0) == pytest.approx(np.sqrt(squared).mean())


def test_universal_features_are_the_same_in_any_order() -> None:
    codes = sparse(300, 6)
    other = np.hstack([codes[:, ::-1] * 2, sparse(300, 3, seed=9)])
    assert sparsity.feature_universality(codes, other) == pytest.approx(1)
    assert sparsity.feature_universality(codes, sparse(300, 6, seed=8)) < 0.4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sparsity.l0(np.zeros(3)), "activations of shape"),
        (lambda: sparsity.l0(np.full((2, 2), np.nan)), "not finite"),
        (lambda: sparsity.cosine(np.ones((2, 3)), np.ones((2, 2))), "inputs are"),
        (lambda: sparsity.cosine(np.zeros((2, 3)), np.ones((2, 3))), "no direction"),
        (lambda: sparsity.norm_ratio(np.zeros((2, 3)), np.ones((2, 3))), "no direction"),
        (lambda: sparsity.matched_cosine(np.ones((2, 3)), np.ones((2, 2))), "decoder are"),
        (lambda: sparsity.feature_f1(np.ones((2, 3)), np.ones((3, 2))), "2 activations"),
        (lambda: sparsity.feature_f1(np.ones((2, 3)), np.zeros((2, 2))), "ever active"),
        (lambda: sparsity.splitting(np.ones((2, 3)), np.ones((2, 2))), "10 samples"),
        (
            lambda: sparsity.fraction_variance_explained(np.ones((4, 2)), np.ones((4, 2))),
            "no variance",
        ),
        (lambda: sparsity.svcca(np.ones((4, 2)), np.ones((4, 2))), "rows are equal"),
        (lambda: sparsity.feature_universality(np.ones((4, 2)), np.ones((4, 2))), "constant"),
    ],
)
def test_bad_input_is_named(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
