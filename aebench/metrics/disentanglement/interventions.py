"""Scores by intervention: hold one factor, let the others vary, tell from the codes which it was.

Codes may be given as

- an array float (n, d) whose rows belong to ``factors`` int (n, k). Where these are a complete grid
  (every combination once, in any order), draws follow disentanglement_lib's order of random calls,
  so that scores equal the reference's for the same seed. Where they are a sample, rows are drawn
  among those that share the held value: the same score in the limit of many rows per value;
- an encoder: a function from factors int (m, k) to codes (m, d). ``factors`` then gives the numbers
  of values, int (k,), or rows int (n, k) whose columns hold the values. The order is always the
  reference's.

A factor with a single value takes part in the drawing, as in the reference, and cannot be told.
"""

import warnings

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import varying, with_dead_dimensions
from aebench.metrics.disentanglement.draws import Encoder, draws_from
from aebench.registry import metric

CHUNK = 250  # points in memory at a time: few enough to stay in the cache


@metric(
    better="higher",
    unit="accuracy",
    value_range="[0, 1]",
    source="Kim & Mnih 2018, as computed by disentanglement_lib",
    reads=("active_codes", "factors"),
)
def factor_vae_score(
    codes: Array | Encoder,
    factors: Array,
    *,
    seed: int = 0,
    threshold: float = 0.05,
    training: int = 10_000,
    evaluation: int = 5_000,
    batch: int = 64,
    variance_sample: int = 10_000,
) -> float:
    """Accuracy of the majority vote for the held factor, given the least varying code dimension.

    A vote: ``batch`` rows share one factor's value; of the dimensions with a standard deviation of
    at least ``threshold``, the one with the smallest variance relative to its variance over
    ``variance_sample`` rows (over all rows of a sample) is noted. Without an active dimension: 0.
    The reference's default threshold is 0, but every study's is 0.05; with 0 its score breaks down
    on a constant dimension (0/0), which here is never active. Raises `ValueError` for arrays that
    do not fit or a single factor.
    """
    _check_counts(training, evaluation, batch)
    draws = draws_from(codes, factors, seed)
    everywhere = draws.anywhere(variance_sample)
    variances = everywhere.var(0, ddof=1)
    active = (np.sqrt(variances) >= threshold) & varying(everywhere)
    if not active.any():
        return 0.0

    def votes(points: int) -> Array:
        table = np.zeros((len(draws.sizes), int(active.sum())), int)
        for start in range(0, points, CHUNK):
            held, found = draws.sharing(min(CHUNK, points - start), batch)
            least = (found.var(1, ddof=1)[:, active] / variances[active]).argmin(1)
            np.add.at(table, (held, least), 1)
        return table

    named = votes(training).argmax(0)
    table = votes(evaluation)
    return float(table[named, np.arange(len(named))].sum() / table.sum())


@metric(
    better="higher",
    unit="accuracy",
    value_range="[0, 1]",
    source="Higgins et al. 2017, as computed by disentanglement_lib",
    reads=("active_codes", "factors"),
)
def beta_vae_score(
    codes: Array | Encoder,
    factors: Array,
    *,
    seed: int = 0,
    training: int = 10_000,
    evaluation: int = 5_000,
    batch: int = 64,
) -> float:
    """Accuracy of logistic regression for the held factor, given the mean absolute difference of
    codes over ``batch`` pairs of rows that share that factor's value.

    The model is scikit-learn's default (L2 with C = 1, L-BFGS stopped at 100 steps), on unscaled
    differences: the score depends on the codes' scale. Chance is 1/k; codes of no dimensions reach
    no more. Raises `ValueError` for arrays that do not fit or a single factor.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    _check_counts(training, evaluation, batch)
    draws = draws_from(codes, factors, seed)

    def points(count: int) -> tuple[Array, Array]:
        features, labels = [], []
        for start in range(0, count, CHUNK):
            held, one, other = draws.pairs(min(CHUNK, count - start), batch)
            features.append(np.abs(one - other).mean(1))
            labels.append(held)
        return with_dead_dimensions(np.concatenate(features), 1), np.concatenate(labels)

    train, test = points(training), points(evaluation)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression().fit(*train)
    return float(model.score(*test))


def _check_counts(training: int, evaluation: int, batch: int) -> None:
    if min(training, evaluation) < 1 or batch < 2:
        raise ValueError(
            f"{training} training and {evaluation} evaluation points of {batch} rows: "
            "at least 1, 1 and 2 needed"
        )
