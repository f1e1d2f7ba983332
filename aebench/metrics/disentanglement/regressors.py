"""The DCI paper's predictors, lasso and random forest, with Ubisoft La Forge's settings."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from aebench.data import Array

GUESS = 1 / 12  # the variance of a uniform factor on [0, 1]: the error of guessing its middle
FOLDS = 10


def fit_regressor(
    codes: Array, factor: Array, codes_test: Array, factor_test: Array, name: str, seed: int
) -> tuple[Array, float, float]:
    """Importances (d,) and informativeness in training and test of one factor int (n,).

    ``name``: ``"lasso"`` (alpha from 1e-4 to 1; importances are absolute weights) or ``"forest"``
    (10 trees; depth from 8 to 128, share of features from 0.2 to 1). All columns are scaled to
    [0, 1] by the training rows. Raises `ValueError` for fewer rows than folds.
    """
    from sklearn.exceptions import ConvergenceWarning

    if len(codes) < FOLDS:
        raise ValueError(f"{len(codes)} training codes: at least {FOLDS}, one per fold, needed")
    train, test = _scaled(codes, codes), _scaled(codes_test, codes)
    target, target_test = _scaled(factor, factor), _scaled(factor_test, factor)
    errors = [_validation_error(model, train, target) for model in _candidates(name, seed)]
    chosen = list(_candidates(name, seed))[int(np.argmin(errors))]
    if name == "lasso":
        chosen.set_params(max_iter=1000)  # theirs, seldom enough on dimensions that are alike
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        chosen.fit(train, target)
    importance = np.abs(chosen.coef_) if name == "lasso" else chosen.feature_importances_
    return (
        np.asarray(importance),
        _informativeness(chosen.predict(train), target),
        _informativeness(chosen.predict(test), target_test),
    )


def _candidates(name: str, seed: int) -> Iterator[Any]:
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import Lasso

    if name == "lasso":
        for alpha in (0.0001, 0.001, 0.01, 0.1, 0.2, 0.4, 0.8, 1):
            yield Lasso(alpha=alpha, max_iter=5000)
        return
    for depth in (8, 16, 32, 64, 128):
        for features in (0.2, 0.4, 0.8, 1.0):
            yield RandomForestRegressor(
                n_estimators=10, max_depth=depth, max_features=features, random_state=seed
            )


def _validation_error(model: Any, codes: Array, target: Array) -> float:
    """Mean squared error over ten contiguous folds."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import cross_val_score

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        scores = cross_val_score(model, codes, target, cv=FOLDS, scoring="neg_mean_squared_error")
    return -float(scores.mean())


def _informativeness(predicted: Array, target: Array) -> float:
    return max(0.0, 1 - float(np.square(predicted - target).mean()) / GUESS)


def _scaled(array: Array, like: Array) -> Array:
    """To [0, 1] by the columns of ``like``, which vary."""
    low, high = like.min(0), like.max(0)
    return np.asarray((array - low) / np.where(high > low, high - low, 1.0))
