"""DCI: whether predictors of the factors lean on one code dimension each."""

from typing import Any

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import (
    checked_splits,
    varying_factors,
    with_dead_dimensions,
)
from aebench.metrics.disentanglement.boosting import boosted_trees
from aebench.metrics.disentanglement.regressors import fit_regressor
from aebench.registry import metric

SMALL = 1e-11  # disentanglement_lib's: an empty row or column counts as spread evenly
PREDICTORS = ("gbt", "gbt-exact", "lasso", "forest")
Fitted = tuple[Array, float, float]  # importance (d,), informativeness in training and test


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Eastwood & Williams 2018, as computed by disentanglement_lib",
    reads=("active_train_codes", "train_factors", "active_codes", "factors"),
    values={
        "disentanglement": "dci_disentanglement",
        "completeness": "dci_completeness",
        "informativeness_train": "dci_informativeness_train",
        "informativeness_test": "dci_informativeness",
    },
    matrices={"importance": "dci_importance"},
)
def dci_with_importance(
    codes: Array,
    factors: Array,
    codes_test: Array,
    factors_test: Array,
    predictor: str = "gbt",
    seed: int = 0,
) -> dict[str, Any]:
    """Disentanglement, completeness and informativeness of codes, from one predictor per factor,
    and the ``importance`` matrix float (d, k) that the first two are of.

    ``codes`` float (n, d), ``factors`` int (n, k), and the same of the test rows. ``predictor``:

    - ``"gbt-exact"``: scikit-learn's `GradientBoostingClassifier` and its impurity importances,
      what disentanglement_lib runs. Informativeness is accuracy, its mean over factors.
    - ``"gbt"``: the same algorithm on columns sorted once (`boosting`): the same scores but for
      ties and rounding, about ten times faster.
    - ``"lasso"``, ``"forest"``: the paper's predictors as in Ubisoft La Forge's code: regressions
      of min-max scaled factors, settings chosen by 10-fold cross-validation (a forest's 201 fits
      per factor take minutes), informativeness max(0, 1 - 12 mse) (an error of 1/12 is that of
      guessing the middle of a uniform factor), completeness an unweighted mean over factors. Their
      disentanglement loop stops at the first dimension of no importance; here that one is passed
      over. Test rows are scaled as training's.

    A factor that does not vary in training is left out (the references fail there), its column of
    the matrix zero; one that is not
    encoded still gets importances and drags scores down, as in the reference. Codes of no varying
    dimensions score 0 in disentanglement and completeness. Raises `ValueError` for an unknown
    predictor, arrays that do not fit, or no factor that varies.
    """
    codes, factors, codes_test, factors_test = checked_splits(
        codes, factors, codes_test, factors_test
    )
    fitted = _fitted(codes, factors, codes_test, factors_test, predictor, seed)
    importance = np.stack([one[0] for one in fitted], axis=1)
    whole = np.zeros((codes.shape[1], factors.shape[1]))
    whole[:, varying_factors(factors)] = importance
    regression = predictor in ("lasso", "forest")
    return {
        "disentanglement": disentanglement(importance),
        "completeness": (
            float(_concentrations(importance.T).mean()) if regression else completeness(importance)
        ),
        "informativeness_train": float(np.mean([one[1] for one in fitted])),
        "informativeness_test": float(np.mean([one[2] for one in fitted])),
        "importance": whole,
    }


def dci(
    codes: Array,
    factors: Array,
    codes_test: Array,
    factors_test: Array,
    predictor: str = "gbt",
    seed: int = 0,
) -> dict[str, float]:
    """`dci_with_importance` without the matrix: ``disentanglement``, ``completeness``,
    ``informativeness_train`` and ``informativeness_test``, each in [0, 1].
    """
    found = dci_with_importance(codes, factors, codes_test, factors_test, predictor, seed)
    return {name: value for name, value in found.items() if name != "importance"}


def importance_matrix(codes: Array, factors: Array, predictor: str = "gbt", seed: int = 0) -> Array:
    """How much each factor's predictor relies on each dimension, float (d, k), not negative.

    As in `dci`; columns of boosted trees and forests sum to 1, lasso's are absolute weights. A
    factor that does not vary has a column of zeros.
    """
    found = dci_with_importance(codes, factors, codes[:2], factors[:2], predictor, seed)
    importance: Array = found["importance"]
    return importance


def disentanglement(importance: Array) -> float:
    """How far each code dimension serves a single factor, in [0, 1].

        D = sum_j w_j (1 - H_k(R_jk)),    w_j = sum_k R_jk / sum R

    ``importance`` R float (d, k), not negative; H is the entropy of a row to base k. All zero: 0.
    With a single factor there is nothing to spread over: 1. Eastwood & Williams 2018, section 2.
    """
    total = importance.sum()
    return float(_concentrations(importance) @ importance.sum(1) / total) if total > 0 else 0.0


def completeness(importance: Array) -> float:
    """How far each factor is held by a single code dimension, in [0, 1].

    As `disentanglement`, over columns: C = sum_k w_k (1 - H_j(R_jk)), entropy to base d. All zero:
    0. With a single code dimension: 1.
    """
    return disentanglement(importance.T)


def _concentrations(importance: Array) -> Array:
    """1 - entropy of each row of (d, k), to base k: (d,)."""
    columns = importance.shape[1]
    if columns < 2:
        return np.asarray(importance.sum(1) > 0, float)
    shares = importance + SMALL
    shares = shares / shares.sum(1, keepdims=True)
    entropy = -(shares * np.log(shares)).sum(1)
    return np.asarray(np.clip(1 - entropy / np.log(columns), 0, 1))


def _fitted(
    codes: Array,
    factors: Array,
    codes_test: Array,
    factors_test: Array,
    predictor: str,
    seed: int,
) -> list[Fitted]:
    """One fitted predictor per factor that varies in training."""
    if predictor not in PREDICTORS:
        raise ValueError(f"predictor '{predictor}': {', '.join(PREDICTORS)} are known")
    # Codes of no dimensions get one of zeros, from which a predictor can but guess.
    train, test = with_dead_dimensions(codes, 1), with_dead_dimensions(codes_test, 1)
    fit = _classified if predictor in ("gbt", "gbt-exact") else fit_regressor
    fitted = [
        fit(train, factors[:, k], test, factors_test[:, k], predictor, seed)
        for k in varying_factors(factors)
    ]
    return [(one[0][: codes.shape[1]], one[1], one[2]) for one in fitted]


def _classified(
    codes: Array, factor: Array, codes_test: Array, factor_test: Array, predictor: str, seed: int
) -> Fitted:
    """Boosted trees on one factor; informativeness is accuracy."""
    values, labels = np.unique(factor, return_inverse=True)
    if predictor == "gbt":
        importance, train, test = boosted_trees(codes, labels, codes_test, seed=seed)
    else:
        from sklearn.ensemble import GradientBoostingClassifier

        model = GradientBoostingClassifier(random_state=seed).fit(codes, labels)
        importance = np.abs(model.feature_importances_)
        train, test = model.predict(codes), model.predict(codes_test)
    right = values[train] == factor, values[test] == factor_test
    return importance, float(right[0].mean()), float(right[1].mean())
