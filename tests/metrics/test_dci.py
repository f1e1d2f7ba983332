"""DCI: its aggregation, and the fast trees against scikit-learn's."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from aebench.data import Array
from aebench.metrics.disentanglement.boosting import boosted_trees
from aebench.metrics.disentanglement.dci import (
    completeness,
    dci,
    disentanglement,
    importance_matrix,
)

SIZES = (2, 3, 4)


def factors_of(seed: int, count: int = 300) -> Array:
    random = np.random.default_rng(seed)
    return np.stack([random.integers(0, size, count) for size in SIZES], axis=1)


def centred(factors: Array) -> Array:
    return np.asarray((factors - (np.array(SIZES) - 1) / 2) / (np.array(SIZES) / 3))


def coded(kind: str, factors: Array, seed: int) -> Array:
    """A code of each kind the metric is for, float (n, d)."""
    random = np.random.default_rng(100 + seed)
    perfect, noise = centred(factors), random.normal(size=(len(factors), 5))
    if kind == "perfect":
        return np.concatenate([perfect, 0.01 * noise[:, :2]], axis=1)
    if kind == "rotated":
        cosine = np.sqrt(0.5)
        rotation = np.array([[cosine, -cosine, 0], [cosine, cosine, 0], [0, 0, 1]])
        return np.asarray(perfect @ rotation)
    if kind == "mixed":
        mixing = np.random.default_rng(8).normal(size=(3, 5))
        return np.asarray(perfect @ mixing + 0.05 * noise)
    return perfect + 0.3 * noise[:, :3] if kind == "noisy" else noise


def both_splits(kind: str, draw: int = 0) -> tuple[Array, Array, Array, Array]:
    train, test = factors_of(2 * draw), factors_of(2 * draw + 1)
    return coded(kind, train, 2 * draw), train, coded(kind, test, 2 * draw + 1), test


def entropy(shares: Array, base: int) -> float:
    from scipy.stats import entropy

    return float(entropy(shares, base=base))


def test_aggregation_is_disentanglement_libs() -> None:
    importance = np.random.default_rng(0).random((5, 3)) ** 3
    importance[4] = 0
    rows = [1 - entropy(row + 1e-11, 3) for row in importance]
    columns = [1 - entropy(column + 1e-11, 5) for column in importance.T]
    total = importance.sum()
    assert_allclose(disentanglement(importance), importance.sum(1) @ rows / total, atol=1e-12)
    assert_allclose(completeness(importance), importance.sum(0) @ columns / total, atol=1e-12)


def test_one_dimension_per_factor_is_perfect_and_even_importance_is_worth_nothing() -> None:
    assert_allclose([disentanglement(np.eye(4)), completeness(np.eye(4))], 1, atol=1e-8)
    assert_allclose([disentanglement(np.ones((4, 3))), completeness(np.ones((4, 3)))], 0, atol=1e-8)


def test_degenerate_importance_has_documented_values() -> None:
    assert disentanglement(np.zeros((4, 3))) == completeness(np.zeros((4, 3))) == 0
    assert disentanglement(np.ones((4, 1))) == completeness(np.ones((1, 4))) == 1
    assert disentanglement(np.zeros((0, 3))) == completeness(np.zeros((0, 3))) == 0


@pytest.mark.parametrize("kind", ["perfect", "rotated", "mixed", "noisy", "random"])
def test_fast_boosting_is_scikit_learns(kind: str) -> None:
    """Apart by no more than the exact one's own spread over seeds or over draws of the data."""
    arrays = both_splits(kind)
    exact = dci(*arrays, predictor="gbt-exact")
    others = [
        dci(*arrays, predictor="gbt-exact", seed=1),
        dci(*both_splits(kind, draw=1), predictor="gbt-exact"),
    ]
    for name, value in dci(*arrays, predictor="gbt").items():
        spread = max(abs(other[name] - exact[name]) for other in others)
        assert abs(value - exact[name]) <= max(spread, 0.005), name


def test_fast_boosting_predicts_what_scikit_learn_predicts() -> None:
    from sklearn.ensemble import GradientBoostingClassifier

    codes, factors, codes_test, _ = both_splits("noisy")
    for labels in (factors[:, 0], factors[:, 2]):  # two classes are a case of their own
        model = GradientBoostingClassifier(random_state=0).fit(codes, labels)
        importance, train, test = boosted_trees(codes, labels, codes_test)
        assert_allclose(importance, model.feature_importances_, atol=0.005)
        assert np.mean(train == model.predict(codes)) > 0.99
        assert np.mean(test == model.predict(codes_test)) > 0.97


def test_trees_split_between_equal_values_nowhere() -> None:
    codes = np.repeat([[0.0], [1.0]], 50, axis=0)
    labels = np.random.default_rng(0).integers(0, 2, 100)
    _, predicted, again = boosted_trees(codes, labels, codes)
    assert np.array_equal(predicted, again)
    assert len(np.unique(predicted[:50])) == len(np.unique(predicted[50:])) == 1


def test_copies_share_the_importance_as_in_the_reference() -> None:
    codes, factors, *_ = both_splits("noisy")
    copied = np.concatenate([codes, codes], axis=1)
    importance = importance_matrix(copied, factors)
    assert_allclose(importance[:3] + importance[3:], importance_matrix(codes, factors), atol=0.02)
    assert 0.25 < importance[2, 2] / (importance[2, 2] + importance[5, 2]) < 0.75


@pytest.mark.parametrize("predictor", ["gbt", "lasso"])
def test_a_perfect_code_beats_a_rotated_one_and_noise_predicts_nothing(predictor: str) -> None:
    perfect, rotated, noise = (
        dci(*both_splits(kind), predictor=predictor) for kind in ("perfect", "rotated", "random")
    )
    for name in ("disentanglement", "completeness"):
        assert 1 >= perfect[name] > 0.95 > rotated[name] > 0
    assert perfect["informativeness_test"] > 0.98 > 0.6 > noise["informativeness_test"] >= 0


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_lasso_is_la_forges() -> None:
    """Their algorithm written out with scikit-learn; no weight is exactly 0 on these codes."""
    from sklearn.linear_model import Lasso
    from sklearn.model_selection import cross_val_score
    from sklearn.preprocessing import minmax_scale

    codes, factors, *_ = both_splits("mixed")
    scaled, weights, informativeness = minmax_scale(codes), [], []
    for factor in minmax_scale(factors.astype(float)).T:
        errors = {
            alpha: -cross_val_score(
                Lasso(alpha=alpha, max_iter=5000),
                scaled,
                factor,
                cv=10,
                scoring="neg_mean_squared_error",
            ).mean()
            for alpha in (0.0001, 0.001, 0.01, 0.1, 0.2, 0.4, 0.8, 1)
        }
        model = Lasso(alpha=min(errors, key=lambda a: errors[a])).fit(scaled, factor)
        weights.append(np.abs(model.coef_))
        error = np.mean((model.predict(scaled) - factor) ** 2)
        informativeness.append(max(1 - 12 * error, 0))
    matrix = np.stack(weights, axis=1)
    assert (matrix.sum(1) > 0).all()
    rows = [1 - entropy(row, 3) for row in matrix]
    found = dci(*both_splits("mixed"), predictor="lasso")
    assert_allclose(found["disentanglement"], matrix.sum(1) @ rows / matrix.sum(), atol=1e-6)
    assert_allclose(
        found["completeness"], np.mean([1 - entropy(c, 5) for c in matrix.T]), atol=1e-6
    )
    assert_allclose(found["informativeness_train"], np.mean(informativeness), atol=1e-6)


def test_a_dimension_that_lasso_never_uses_does_not_end_the_count() -> None:
    """La Forge's loop stops there: every later dimension would count 0."""
    train, test = factors_of(0), factors_of(1)
    unused = [np.concatenate([np.zeros((len(f), 1)), centred(f)], axis=1) for f in (train, test)]
    assert dci(unused[0], train, unused[1], test, predictor="lasso")["disentanglement"] > 0.99


def test_constant_factors_are_left_out_and_constant_codes_serve_none() -> None:
    codes, factors, codes_test, factors_test = both_splits("noisy")
    scores = dci(codes, factors, codes_test, factors_test)
    still = [
        np.concatenate([f, np.ones((len(f), 1), int)], axis=1) for f in (factors, factors_test)
    ]
    dead = [np.concatenate([c, np.full((len(c), 1), 7.0)], axis=1) for c in (codes, codes_test)]
    matrix = importance_matrix(dead[0], still[0])
    assert not matrix[:, 3].any() and not matrix[3].any()
    with_factor = dci(codes, still[0], codes_test, still[1])
    assert with_factor == scores


def test_a_forest_leans_on_the_dimension_that_holds_the_factor() -> None:
    codes, factors, codes_test, factors_test = (array[:100] for array in both_splits("noisy"))
    columns = slice(2, 3)
    scores = dci(codes, factors[:, columns], codes_test, factors_test[:, columns], "forest")
    assert scores["completeness"] > 0.5
    assert scores["disentanglement"] == 1  # a single factor
    assert 1 > scores["informativeness_train"] > scores["informativeness_test"] > 0.5


@pytest.mark.parametrize("predictor", ["gbt", "gbt-exact", "lasso"])
def test_collapsed_codes_score_nothing(predictor: str) -> None:
    _, factors, _, factors_test = both_splits("noisy")
    for dimensions in (0, 1, 3):
        codes = np.full((len(factors), dimensions), 0.1)
        scores = dci(codes, factors, codes, factors_test, predictor=predictor)
        assert_allclose([scores["disentanglement"], scores["completeness"]], 0, atol=1e-12)
        assert scores["informativeness_test"] < 0.5


def test_unusable_input_is_refused() -> None:
    codes, factors, codes_test, factors_test = both_splits("noisy")
    with pytest.raises(ValueError, match="predictor 'xgb'"):
        dci(codes, factors, codes_test, factors_test, predictor="xgb")
    with pytest.raises(ValueError, match="single value"):
        dci(codes, np.zeros_like(factors), codes_test, factors_test)
    with pytest.raises(ValueError, match="codes hold nan"):
        dci(np.full_like(codes, np.nan), factors, codes_test, factors_test)
