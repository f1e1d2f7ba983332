"""SAP: the gap between the two code dimensions that best predict a factor by themselves."""

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import (
    checked_splits,
    varying_factors,
    with_dead_dimensions,
)
from aebench.metrics.disentanglement.information import classes
from aebench.metrics.disentanglement.separators import separators
from aebench.registry import metric


@metric(
    better="higher",
    unit="accuracy",
    value_range="[0, 1]",
    source="Kumar et al. 2018, as computed by disentanglement_lib",
    reads=("active_train_codes", "train_factors", "active_codes", "factors"),
)
def sap(
    codes: Array,
    factors: Array,
    codes_test: Array,
    factors_test: Array,
    continuous: bool = False,
) -> float:
    """Separated attribute predictability: per factor, the lead of the best single dimension over
    the second best; the mean over factors.

    ``codes`` float (n, d), ``factors`` int (n, k), and the same of the test rows. A dimension's
    score is the test accuracy of the reference's linear SVM (`accuracy_matrix`), or with
    ``continuous`` its squared correlation with the factor on the training rows. Quirks: on a line
    one-against-rest separators cannot single out middle classes, so a perfect code scores only 0.24
    on dSprites (about 1 if continuous), noise around a class can raise it, and scale matters.
    Factors of one training value, where the reference fails, are left out; missing dimensions count
    as dead. Raises `ValueError` when no factor varies.
    """
    codes, factors, codes_test, factors_test = checked_splits(
        codes, factors, codes_test, factors_test
    )
    chosen = varying_factors(factors)
    codes, codes_test = with_dead_dimensions(codes), with_dead_dimensions(codes_test)
    train, test = (codes, factors[:, chosen]), (codes_test, factors_test[:, chosen])
    scores = _squared_correlations(*train) if continuous else accuracy_matrix(*train, *test)
    ordered = np.sort(scores, axis=0)
    return float(np.mean(ordered[-1] - ordered[-2]))


def accuracy_matrix(codes: Array, factors: Array, codes_test: Array, factors_test: Array) -> Array:
    """Test accuracy of a linear SVM for every factor from every single dimension, float (d, k).

    Arrays as in `sap`. The reference's ``LinearSVC(C=0.01, class_weight="balanced")``,
    fitted by `separators`.
    """
    accuracy = np.zeros((codes.shape[1], factors.shape[1]))
    for k, (factor, wanted) in enumerate(zip(factors.T, factors_test.T, strict=True)):
        values = np.unique(factor)
        labels = classes(factor[:, None])[:, 0]
        for j, (code, unseen) in enumerate(zip(codes.T, codes_test.T, strict=True)):
            slopes, intercepts = separators(code, labels)
            decisions = unseen[:, None] * slopes + intercepts  # (n, classes), of two classes (n, 1)
            picked = decisions.argmax(1) if len(values) > 2 else (decisions[:, 0] > 0).astype(int)
            accuracy[j, k] = np.mean(values[picked] == wanted)
    return accuracy


def _squared_correlations(codes: Array, factors: Array) -> Array:
    """Squared correlation of each dimension and factor (d, k); 0 for a variance up to 1e-12."""
    centred, aims = codes - codes.mean(0), factors - factors.mean(0)
    covariance = centred.T @ aims / (len(codes) - 1)
    variance, spread = codes.var(0, ddof=1), factors.var(0, ddof=1)
    alive = np.broadcast_to((variance > 1e-12)[:, None], covariance.shape)
    product = np.outer(variance, spread)
    shares = np.divide(covariance**2, product, out=np.zeros_like(covariance), where=alive)
    return np.asarray(shares)
