"""SAP and explicitness against scikit-learn's classifiers, as disentanglement_lib uses them."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

from aebench.data import Array
from aebench.metrics.disentanglement import accuracy_matrix, explicitness, sap
from aebench.metrics.disentanglement.separators import separators

Splits = tuple[Array, Array, Array, Array]


def split(codes: Array, factors: Array) -> Splits:
    """Two thirds to train on."""
    cut = len(codes) * 2 // 3
    return codes[:cut], factors[:cut], codes[cut:], factors[cut:]


def drawn(sizes: tuple[int, ...], samples: int) -> Array:
    random = np.random.default_rng(0)
    return np.stack([random.integers(0, size, samples) for size in sizes], axis=1)


def standardised(codes: Array) -> Array:
    return np.asarray((codes - codes.mean(0)) / codes.std(0))


@pytest.fixture(scope="module")
def entangled() -> Splits:
    random = np.random.default_rng(1)
    factors = drawn((2, 3, 8), 1800)
    return split(factors @ random.normal(size=(3, 4)) + random.normal(size=(1800, 4)), factors)


def slow_accuracies(train: Array, factors: Array, test: Array, factors_test: Array) -> Array:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.svm import LinearSVC

    scores = np.zeros((train.shape[1], factors.shape[1]))
    for j, k in np.ndindex(*scores.shape):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            svm = LinearSVC(C=0.01, class_weight="balanced").fit(train[:, [j]], factors[:, k])
        scores[j, k] = np.mean(svm.predict(test[:, [j]]) == factors_test[:, k])
    return scores


def lead(scores: Array) -> float:
    ordered = np.sort(scores, axis=0)
    return float(np.mean(ordered[-1] - ordered[-2]))


@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
def test_sap_is_disentanglement_libs_linear_svms(entangled: Splits, scale: float) -> None:
    train, factors, test, factors_test = entangled
    arrays = scale * train + 2, factors, scale * test + 2, factors_test
    theirs = slow_accuracies(*arrays)
    assert_allclose(accuracy_matrix(*arrays), theirs, atol=1e-9)
    assert_allclose(sap(*arrays), lead(theirs), atol=1e-9)


@pytest.mark.parametrize("factor", [0, 1, 2])
@pytest.mark.parametrize("scale", [0.01, 1.0, 30.0])
def test_separators_stop_where_liblinear_does(entangled: Splits, factor: int, scale: float) -> None:
    from sklearn.svm import LinearSVC

    for code in scale * entangled[0].T + 2:
        slopes, intercepts = separators(code, entangled[1][:, factor])
        svm = LinearSVC(C=0.01, class_weight="balanced").fit(code[:, None], entangled[1][:, factor])
        assert_allclose(slopes, svm.coef_[:, 0], rtol=1e-5)
        assert_allclose(intercepts, svm.intercept_, rtol=1e-5)


def test_continuous_sap_is_the_gap_of_squared_correlations(entangled: Splits) -> None:
    train, factors = entangled[:2]
    squared = np.array([[np.corrcoef(z, v)[0, 1] ** 2 for v in factors.T] for z in train.T])
    assert_allclose(sap(*entangled, continuous=True), lead(squared))


def test_sap_of_a_perfect_code_is_low_by_classes_and_high_by_correlation() -> None:
    factors = drawn((3, 6, 40, 32, 32), 15_000)
    arrays = split(standardised(factors), factors)
    assert_allclose(sap(*arrays), 0.24, atol=0.01)
    assert sap(*arrays, continuous=True) > 0.99


def test_sap_of_noise_is_near_zero() -> None:
    factors = drawn((3, 6, 10), 6000)
    assert sap(*split(np.random.default_rng(2).normal(size=(6000, 5)), factors)) < 0.03


def test_explicitness_is_scikit_learns_area_under_the_curve(entangled: Splits) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    train, factors, test, factors_test = entangled
    mean, deviation = train.mean(0), train.std(0)
    areas = []
    for k in range(3):
        model = LogisticRegression().fit((train - mean) / deviation, factors[:, k])
        found = model.predict_proba((test - mean) / deviation)
        areas.append(roc_auc_score(np.eye(found.shape[1])[factors_test[:, k]], found))
    assert_allclose(explicitness(*entangled), np.mean(areas), atol=1e-9)


def test_explicitness_sees_any_linear_mixture_and_no_noise() -> None:
    random = np.random.default_rng(3)
    factors = drawn((2, 3), 1500)
    onehot = np.concatenate([np.eye(2)[factors[:, 0]], np.eye(3)[factors[:, 1]]], axis=1)
    assert explicitness(*split(onehot @ random.normal(size=(5, 5)), factors)) > 0.999
    assert_allclose(explicitness(*split(random.normal(size=(1500, 5)), factors)), 0.5, atol=0.05)


def test_tied_predictions_are_chance() -> None:
    arrays = split(np.zeros((300, 2)), drawn((2, 3), 300))
    assert explicitness(*arrays) == 0.5
    assert explicitness(*split(np.zeros((300, 0)), drawn((2, 3), 300))) == 0.5
    assert sap(*split(np.zeros((300, 0)), drawn((2, 3), 300))) == 0
    assert sap(*split(np.full((300, 4), 0.1), drawn((2, 3), 300)), continuous=True) == 0


def test_constant_dimensions_change_nothing_in_explicitness(entangled: Splits) -> None:
    train, factors, test, factors_test = entangled
    dead = [np.concatenate([codes, np.full((len(codes), 1), 0.1)], 1) for codes in (train, test)]
    assert_allclose(explicitness(dead[0], factors, dead[1], factors_test), explicitness(*entangled))


def test_classes_that_one_split_lacks_are_left_out(entangled: Splits) -> None:
    train, factors, test, factors_test = entangled
    common = factors_test[:, 2] < 6
    for score in (sap, explicitness):
        assert 0 < score(train, factors, test[common], factors_test[common]) < 1
        assert 0 < score(test[common], factors_test[common], train, factors) < 1


def test_factors_of_one_value_are_left_out(entangled: Splits) -> None:
    train, factors, test, factors_test = entangled
    wider, wider_test = (np.concatenate([f, 0 * f[:, :1]], 1) for f in (factors, factors_test))
    for score in (sap, explicitness):
        assert_allclose(score(train, wider, test, wider_test), score(*entangled))
        with pytest.raises(ValueError, match="single value"):
            score(train, wider[:, 3:], test, wider_test[:, 3:])


def test_splits_must_agree(entangled: Splits) -> None:
    train, factors, test, factors_test = entangled
    for score in (sap, explicitness):
        with pytest.raises(ValueError, match="4 dimensions and 3 factors in training, 3 and 3"):
            score(train, factors, test[:, 1:], factors_test)
        with pytest.raises(ValueError, match="600 codes_test but 599 factors_test"):
            score(train, factors, test, factors_test[1:])
        with pytest.raises(ValueError, match="codes_test hold inf"):
            score(train, factors, np.full_like(test, np.inf), factors_test)
