"""Modularity and explicitness (Ridgeway & Mozer 2018), as disentanglement_lib computes them."""

import warnings

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.activity import active_dimensions
from aebench.metrics.disentanglement.arrays import (
    checked,
    checked_splits,
    varying,
    varying_factors,
)
from aebench.metrics.disentanglement.information import binned, classes, mutual_information_matrix
from aebench.registry import metric


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Ridgeway & Mozer 2018, as computed by disentanglement_lib",
    reads=("active_codes", "factors"),
)
def modularity(codes: Array, factors: Array, bins: int = 20) -> float:
    """How far each code dimension is informed about by a single factor; the mean over dimensions.

        1 - (sum_k m_jk² - max_k m_jk²) / ((k - 1) max_k m_jk²),    m the mutual information in nats

    ``codes`` float (n, d), ``factors`` int (n, k). The reference's quirk: dead dimensions count by
    the chance of their finite-sample information, so noise scores 0.63 to 0.66; only a dimension
    whose information is exactly 0 counts 0. `active_modularity` leaves them out. A code of no
    dimensions scores 0. Raises `ValueError` for a single factor, where nothing can be shared.
    """
    codes, factors = checked(codes, factors)
    if factors.shape[1] < 2:
        raise ValueError("modularity of 1 factor: at least 2 needed")
    squared = np.square(mutual_information_matrix(binned(codes, bins), classes(factors)))
    largest = squared.max(1)
    others = (squared.sum(1) - largest) / (factors.shape[1] - 1)
    shared = np.divide(others, largest, out=np.ones_like(others), where=largest > 0)
    return float(np.mean(1 - shared)) if len(squared) else 0.0


def active_modularity(codes: Array, factors: Array, bins: int = 20) -> float:
    """`modularity` of the active dimensions alone (`active_dimensions`): the corrected form."""
    codes, factors = checked(codes, factors)
    return modularity(codes[:, active_dimensions(codes)], factors, bins)


@metric(
    better="higher",
    unit="ROC AUC",
    value_range="[0, 1]",
    source="Ridgeway & Mozer 2018, as computed by disentanglement_lib",
    reads=("active_train_codes", "train_factors", "active_codes", "factors"),
)
def explicitness(codes: Array, factors: Array, codes_test: Array, factors_test: Array) -> float:
    """How well logistic regression tells each factor's classes apart: one-vs-rest ROC AUC on the
    test codes, the mean over classes, then over factors; 0.5 is chance.

    ``codes`` float (n, d), ``factors`` int (n, k), and the same of the test rows. Codes are
    standardised by the training rows; the model is scikit-learn's default (C = 1), stopped at 100
    steps as there. Where the reference fails: constant dimensions are left out (none left: 0.5),
    as are classes that one of the two splits lacks and factors of one class. Raises `ValueError`
    when no factor varies in both splits.
    """
    codes, factors, codes_test, factors_test = checked_splits(
        codes, factors, codes_test, factors_test
    )
    chosen = varying_factors(factors, factors_test)
    alive = varying(codes) & (codes.std(0) > 0)
    if not alive.any():
        return 0.5
    mean, deviation = codes[:, alive].mean(0), codes[:, alive].std(0)
    train, test = ((c[:, alive] - mean) / deviation for c in (codes, codes_test))
    areas = [
        np.mean(_areas(train, factors[:, k], test, factors_test[:, k]) or [0.5]) for k in chosen
    ]
    return float(np.mean(areas))


def _areas(train: Array, labels: Array, test: Array, labels_test: Array) -> list[float]:
    """The area under the curve of each class that both splits hold."""
    from scipy.stats import rankdata
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the reference's 100 steps
        model = LogisticRegression().fit(train, labels)
    ranks = rankdata(model.predict_proba(test), axis=0)  # (n, classes), ties share their mean rank
    areas = []
    for column, value in enumerate(model.classes_):
        positive = labels_test == value
        found = int(positive.sum())
        if 0 < found < len(test):
            wins = ranks[positive, column].sum() - found * (found + 1) / 2
            areas.append(float(wins / (found * (len(test) - found))))
    return areas
