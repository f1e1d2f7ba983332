"""InfoMEC and its estimators against scikit-learn's, and on inputs with known answers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from aebench.data import Array
from aebench.metrics.disentanglement.infomec import (
    explained_information,
    infomec,
    normalised_information,
)
from aebench.metrics.disentanglement.ross import ross_information
from aebench.metrics.disentanglement.softmax import fit_softmax, probabilities

RANDOM = np.random.default_rng(0)
SIZES = (3, 6, 10)
FACTORS = np.stack([RANDOM.integers(0, size, 1500) for size in SIZES], axis=1)
CENTRED = (FACTORS - FACTORS.mean(0)) / FACTORS.std(0)
MIXED = CENTRED @ RANDOM.normal(size=(3, 5)) + 0.3 * RANDOM.normal(size=(1500, 5))


def reference_information(codes: Array, factors: Array, neighbours: int) -> Array:
    """scikit-learn's, column by column, float (d, k)."""
    from sklearn.feature_selection import mutual_info_classif

    options = {"discrete_features": False, "n_neighbors": neighbours, "random_state": 0}
    return np.array(
        [[mutual_info_classif(c[:, None], f, **options)[0] for f in factors.T] for c in codes.T]
    )


def reference_explained(inputs: Array, labels: Array) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    def surprise(x: Array) -> float:
        model = LogisticRegression(C=np.inf, class_weight="balanced", max_iter=100).fit(x, labels)
        return float(log_loss(labels, model.predict_proba(x)))

    return 1 - surprise(inputs) / surprise(np.zeros_like(inputs))


@pytest.mark.parametrize("neighbours", [1, 3, 10])
def test_ross_information_is_scikit_learns(neighbours: int) -> None:
    labels = FACTORS.copy()
    labels[0, 0] = 3  # a class with a single sample
    labels[:4, 1] = 6  # one with fewer samples than neighbours: there its distances are rounded
    found = ross_information(MIXED, labels, neighbours=neighbours)
    expected = reference_information(MIXED, labels, neighbours)
    assert_allclose(found, expected, atol=2e-6)
    assert_allclose(found[:, [0, 2]], expected[:, [0, 2]], atol=1e-12)


def test_ross_information_of_tied_codes_is_scikit_learns_up_to_its_noise() -> None:
    codes = np.stack([FACTORS[:, 1], np.round(MIXED[:, 0]), np.zeros(1500)], 1).astype(float)
    found = ross_information(codes, FACTORS, neighbours=10)
    assert_allclose(found, reference_information(codes, FACTORS, 10), atol=2e-3)


def test_ross_information_of_classes_without_pairs_is_zero() -> None:
    assert not ross_information(MIXED[:9], np.arange(9)[:, None]).any()
    with pytest.raises(ValueError, match="0 neighbours"):
        ross_information(MIXED, FACTORS, neighbours=0)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("balanced", [False, True])
def test_softmax_regression_is_scikit_learns(balanced: bool) -> None:
    from sklearn.linear_model import LogisticRegression

    labels = np.where(FACTORS[:, 2] < 5, FACTORS[:, 2] // 2, 3)  # classes of unequal size
    weight = "balanced" if balanced else None
    model = LogisticRegression(C=np.inf, class_weight=weight).fit(MIXED, labels)
    found = probabilities(fit_softmax(MIXED, labels, balanced=balanced), MIXED)
    assert_allclose(found, model.predict_proba(MIXED), atol=1e-4)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_infomec_is_latent_quantizations() -> None:
    """Its formulas written out with scikit-learn; the last dimension is too narrow to be active."""
    from sklearn.preprocessing import StandardScaler

    codes = np.concatenate([MIXED, 1e-3 * MIXED[:, :1] + 5], axis=1)
    entropy = [np.log(len(FACTORS)) - np.mean(np.log(np.bincount(f)[f])) for f in FACTORS.T]
    shared = reference_information(codes, FACTORS, 10)[:5] / entropy
    modular = (np.mean(shared.max(1) / shared.sum(1)) - 1 / 3) / (1 - 1 / 3)
    compact = (np.mean(shared.max(0) / shared.sum(0)) - 1 / 5) / (1 - 1 / 5)
    inputs = StandardScaler().fit_transform(codes)
    explicit = np.mean([reference_explained(inputs, factor) for factor in FACTORS.T])
    found = infomec(codes, FACTORS)
    assert_allclose([found["infom"], found["infoc"]], [modular, compact], atol=1e-9)
    assert_allclose(found["infoe"], explicit, atol=1e-3)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_infomec_of_discrete_codes_counts() -> None:
    from sklearn.metrics import mutual_info_score
    from sklearn.preprocessing import OneHotEncoder

    codes = np.round(MIXED).astype(int)
    shared = normalised_information(codes, FACTORS, discrete=True)
    for j, code in enumerate(codes.T):
        for k, factor in enumerate(FACTORS.T):
            expected = mutual_info_score(code, factor) / mutual_info_score(factor, factor)
            assert_allclose(shared[j, k], expected, atol=1e-9)
    inputs = OneHotEncoder(sparse_output=False).fit_transform(codes)
    explicit = np.mean([reference_explained(inputs, factor) for factor in FACTORS.T])
    assert_allclose(infomec(codes, FACTORS, discrete=True)["infoe"], explicit, atol=1e-3)


def test_a_perfect_code_scores_one() -> None:
    for discrete in (False, True):
        scores = infomec(FACTORS.astype(float), FACTORS, discrete)
        assert_allclose([scores["infom"], scores["infoc"]], 1, atol=0.03)
    one_hot = explained_information(FACTORS, FACTORS, discrete=True)
    assert one_hot > 0.99


def test_a_dimension_is_active_by_its_range() -> None:
    codes = np.concatenate([CENTRED, 0.1 * RANDOM.normal(size=(1500, 1))], axis=1)
    kept, dropped = infomec(codes, FACTORS), infomec(codes, FACTORS, least_range=0.5)
    assert dropped["infom"] > kept["infom"] + 0.05
    assert dropped["infoe"] == kept["infoe"]


def test_degenerate_codes_have_documented_values() -> None:
    for dead in (np.full((1500, 3), 0.1), np.zeros((1500, 0))):
        for discrete in (False, True):
            assert infomec(dead, FACTORS, discrete) == {"infom": 0, "infoe": 0, "infoc": 0}
    assert infomec(CENTRED[:, :1], FACTORS)["infoc"] == 1
    assert infomec(MIXED, FACTORS[:, :1])["infom"] == 1


def test_a_constant_factor_is_left_out() -> None:
    still = np.concatenate([FACTORS, np.ones((1500, 1), int)], axis=1)
    assert infomec(MIXED, still) == infomec(MIXED, FACTORS)
    assert not normalised_information(MIXED, still)[:, 3].any()
    with pytest.raises(ValueError, match="single value"):
        infomec(MIXED, still[:, 3:])


def test_noise_informs_about_nothing_but_its_modularity_is_not_zero() -> None:
    scores = infomec(RANDOM.normal(size=(1500, 6)), FACTORS)
    assert abs(scores["infoe"]) < 0.02
    assert 0.2 < scores["infom"] < 1
