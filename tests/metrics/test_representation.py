"""Representation: probes on few labels, and the dimension of spaces whose dimension is known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from aebench.metrics.representation import (
    active_units,
    classification_accuracy,
    effective_rank,
    intrinsic_dimension,
    label_efficiency,
    linear_probe_accuracy,
)
from aebench.metrics.representation.probes import stratified_rows


def test_few_labels_suffice_where_classes_are_apart_and_never_where_they_are_not() -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 5, 3000)
    codes = np.eye(5)[labels] + 0.01 * generator.normal(size=(3000, 5))
    accuracies = label_efficiency(codes[:2000], labels[:2000], codes[2000:], labels[2000:])
    assert accuracies == {"labels_10": 1, "labels_100": 1, "labels_1000": 1}
    noise = generator.normal(size=(3000, 5))
    by_chance = label_efficiency(noise[:2000], labels[:2000], noise[2000:], labels[2000:])
    assert_allclose(list(by_chance.values()), 0.2, atol=0.04)


def test_more_labels_make_a_better_probe_up_to_all_of_them() -> None:
    generator = np.random.default_rng(1)
    labels = generator.integers(0, 4, 2000)
    codes = np.eye(4)[labels] + 0.7 * generator.normal(size=(2000, 4))
    split = codes[:1000], labels[:1000], codes[1000:], labels[1000:]
    accuracies = label_efficiency(*split)
    assert accuracies["labels_10"] < accuracies["labels_100"] < accuracies["labels_1000"]
    assert_allclose(accuracies["labels_1000"], linear_probe_accuracy(*split), atol=1e-9)
    assert label_efficiency(*split) == accuracies


def test_a_number_of_labels_that_is_not_there_is_left_out() -> None:
    labels = np.arange(120) % 3
    accuracies = label_efficiency(np.eye(3)[labels], labels, np.eye(3)[labels], labels)
    assert list(accuracies) == ["labels_10", "labels_100"]


def test_stratified_rows_hold_each_class_in_proportion() -> None:
    labels = np.repeat([7, 3, 5], [600, 300, 100])
    generator = np.random.default_rng(2)
    for count in (10, 50, 1000):
        rows = stratified_rows(labels, count, generator)
        assert len(np.unique(rows)) == count
        drawn = np.array([(labels[rows] == kind).sum() for kind in (7, 3, 5)])
        assert_allclose(drawn, count * np.array([0.6, 0.3, 0.1]), atol=1)


def test_every_class_is_drawn_before_any_is_drawn_twice() -> None:
    labels = np.repeat(np.arange(10), [991] + [1] * 9)
    for seed in range(5):
        rows = stratified_rows(labels, 10, np.random.default_rng(seed))
        assert sorted(labels[rows]) == list(range(10))
        few = stratified_rows(labels, 4, np.random.default_rng(seed))
        assert len(set(labels[few])) == 4


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_intrinsic_dimension_of_a_uniform_cube_is_its_dimension(dimension: int) -> None:
    """However it lies in ten dimensions; Facco et al. 2017 find the same within a few percent."""
    generator = np.random.default_rng(3)
    cube = generator.random((4000, dimension))
    turned = cube @ np.linalg.qr(generator.normal(size=(10, dimension)))[0].T + 100
    assert_allclose(intrinsic_dimension(cube), dimension, rtol=0.06)
    assert_allclose(intrinsic_dimension(turned), intrinsic_dimension(cube), rtol=1e-6)


def test_intrinsic_dimension_of_curved_manifolds_is_theirs_not_the_spaces() -> None:
    generator = np.random.default_rng(4)
    ball = generator.normal(size=(4000, 3))
    sphere = ball / np.linalg.norm(ball, axis=1, keepdims=True)
    assert_allclose(intrinsic_dimension(sphere), 2, rtol=0.06)
    angle, height = 1.5 * np.pi * (1 + 2 * generator.random(4000)), 21 * generator.random(4000)
    roll = np.stack([angle * np.cos(angle), height, angle * np.sin(angle)], 1)
    assert_allclose(intrinsic_dimension(roll), 2, rtol=0.06)


def test_intrinsic_dimension_is_the_papers_slope() -> None:
    """Its recipe written out: all distances, sorted ratios, a line through the origin."""
    from scipy.spatial.distance import cdist
    from sklearn.linear_model import LinearRegression

    codes = np.random.default_rng(5).normal(size=(500, 4))
    distances = np.sort(cdist(codes, codes), axis=1)
    ratios = np.sort(distances[:, 2] / distances[:, 1])[:450]
    shares = np.arange(1, 451) / 500
    line = LinearRegression(fit_intercept=False).fit(np.log(ratios)[:, None], -np.log(1 - shares))
    assert_allclose(intrinsic_dimension(codes), line.coef_[0], rtol=1e-9)


def test_copies_of_a_code_count_once_and_a_point_has_no_dimension() -> None:
    codes = np.random.default_rng(6).normal(size=(200, 3))
    assert intrinsic_dimension(np.repeat(codes, 3, axis=0)) == intrinsic_dimension(codes)
    assert intrinsic_dimension(np.ones((50, 8))) == 0
    with pytest.raises(ValueError, match="as far from its second"):
        intrinsic_dimension(np.arange(50.0)[:, None])


def test_effective_rank_counts_equal_singular_values() -> None:
    assert_allclose(effective_rank(np.eye(7)), 7)
    assert_allclose(effective_rank(np.outer(np.arange(1.0, 9), [1, 2, 3])), 1)
    assert_allclose(effective_rank(np.diag([3.0, 1.0])), 4 / 3**0.75)  # exp H(3/4, 1/4)
    assert effective_rank(np.zeros((5, 3))) == 0
    codes = np.random.default_rng(7).normal(size=(300, 6))
    assert_allclose(effective_rank(10 * codes), effective_rank(codes))


def test_codes_that_are_not_finite_are_refused() -> None:
    for score in (effective_rank, intrinsic_dimension):
        with pytest.raises(ValueError, match="codes are not finite"):
            score(np.array([[0.0, np.nan], [1, 2]]))


def test_active_units_are_offered_here_too() -> None:
    codes = np.random.default_rng(8).normal(size=(1000, 3)) * [1, 0.2, 0.01]
    assert active_units(codes) == 2


def test_classification_accuracy_counts_the_labels_that_score_highest() -> None:
    logits = np.array([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [5.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert classification_accuracy(logits, np.array([0, 1, 2, 2])) == 0.75
