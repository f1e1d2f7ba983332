"""Clustering: scikit-learn's scores of a clustering, and a matching checked by brute force."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from aebench.data import Array
from aebench.metrics.clustering import (
    accuracy,
    ari,
    clustering_scores,
    k_means,
    matched_share,
    nmi,
)


def blobs(deviation: float) -> tuple[Array, Array]:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 4, 800)
    return 3 * np.eye(4)[labels] + deviation * generator.normal(size=(800, 4)), labels


def test_separate_classes_are_clusters() -> None:
    codes, labels = blobs(0.1)
    assert clustering_scores(codes, labels) == {"accuracy": 1, "nmi": 1, "ari": 1}


def test_what_classes_are_called_does_not_matter() -> None:
    codes, labels = blobs(1.2)
    renamed = np.array([40, -3, 7, 1])[labels]
    for score in (accuracy, nmi, ari):
        assert_allclose(score(codes, renamed), score(codes, labels), rtol=1e-12)


def test_noise_is_clustered_by_chance() -> None:
    codes = np.random.default_rng(1).normal(size=(3000, 2))
    labels = np.random.default_rng(2).integers(0, 4, 3000)
    assert_allclose([nmi(codes, labels), ari(codes, labels)], 0, atol=0.01)
    assert_allclose(accuracy(codes, labels), 0.25, atol=0.04)


def test_scores_are_scikit_learns_of_the_same_clusters() -> None:
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    codes, labels = blobs(1.5)
    clusters = k_means(codes, labels)
    assert 0.1 < nmi(codes, labels) < 0.9
    assert_allclose(nmi(codes, labels), normalized_mutual_info_score(labels, clusters), atol=1e-12)
    assert_allclose(ari(codes, labels), adjusted_rand_score(labels, clusters), atol=1e-12)
    assert accuracy(codes, labels) == matched_share(labels, clusters)


def test_the_matching_is_the_best_of_all() -> None:
    generator = np.random.default_rng(3)
    for _ in range(20):
        labels, clusters = generator.integers(0, 4, (2, 30))
        shares = [np.mean(np.array(p)[clusters] == labels) for p in permutations(range(4))]
        assert_allclose(matched_share(labels, clusters), max(shares))


def test_fewer_clusters_than_classes_match_one_class_each() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    assert_allclose(matched_share(labels, np.zeros(6, int)), 3 / 6)
    collapsed = clustering_scores(np.ones((6, 2)), labels)
    assert collapsed == {"accuracy": 0.5, "nmi": 0, "ari": 0}


def test_the_seed_decides_the_clusters() -> None:
    codes, labels = blobs(2.5)
    assert (k_means(codes, labels, 1) == k_means(codes, labels, 1)).all()


def test_what_cannot_be_clustered_is_refused() -> None:
    with pytest.raises(ValueError, match="3 codes, 2 labels"):
        accuracy(np.ones((3, 2)), np.array([0, 1]))
    with pytest.raises(ValueError, match="not finite"):
        nmi(np.array([[np.inf], [0.0]]), np.array([0, 1]))
