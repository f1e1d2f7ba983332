"""InfoMEC: modularity, explicitness and compactness in terms of information."""

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import checked, varying, varying_factors
from aebench.metrics.disentanglement.information import (
    classes,
    entropies,
    mutual_information_matrix,
)
from aebench.metrics.disentanglement.ross import ross_information
from aebench.metrics.disentanglement.softmax import fit_softmax, probabilities
from aebench.registry import metric

LEAST_RANGE = 0.05  # of the widest


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Hsu et al. 2023, as computed by latent_quantization's infomec.py",
    reads=("active_codes", "factors"),
    values={"infom": "infom", "infoe": "infoe", "infoc": "infoc"},
)
def infomec(
    codes: Array,
    factors: Array,
    discrete: bool = False,
    *,
    neighbours: int = 10,
    least_range: float | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """InfoM (does a dimension inform about one factor only?), InfoE (how well are factors linearly
    predicted?) and InfoC (is a factor in one dimension only?).

        InfoM = (mean_j max_i N_ij / sum_i N_ij - 1/k) / (1 - 1/k),    N_ij = I(v_i; z_j) / H(v_i)
        InfoC = the same over i, with the number of active dimensions for k
        InfoE = mean_i 1 - H(v_i | z) / H(v_i), conditional entropies by logistic regression

    ``codes`` float (n, d), or, where ``discrete``, indices or any values that stand for them;
    ``factors`` int (n, k). Information: `normalised_information`. A dimension is active if its
    range is more than ``least_range`` of the widest (None: 0.05, or 0 where discrete), so InfoM and
    InfoC depend on the codes' scale. InfoE reads all dimensions and is scored on the rows it was
    fitted on (`explained_information`). The paper's own runs took 3 neighbours and a least range of
    0.125, also for discrete codes: pass those to compare with its tables.

    Noise does not score 0: InfoM 0.4 to 0.5, InfoC 0.2. Where the reference gives NaN: a factor of
    one value is left out; a dimension or factor without any information counts as spread evenly, 0;
    with a single active dimension InfoC, and with a single factor InfoM, is 1 (nothing to spread
    over); without an active dimension, both are 0. Raises `ValueError` for arrays that do not fit
    or no factor that varies.
    """
    codes, factors = checked(codes, factors)
    labels = classes(factors[:, varying_factors(factors)])
    if least_range is None:
        least_range = 0.0 if discrete else LEAST_RANGE
    active = varying(codes)
    if active.any():
        widths = np.ptp(codes, axis=0)
        active = widths > least_range * widths.max()
    shared = normalised_information(
        codes[:, active], labels, discrete, neighbours=neighbours, seed=seed
    )
    return {
        "infom": _concentration(shared),
        "infoe": explained_information(codes, labels, discrete),
        "infoc": _concentration(shared.T),
    }


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Hsu et al. 2023, as computed by latent_quantization's infomec.py for discrete latents",
    reads=("indices", "factors"),
    values={
        "infom": "infom_of_indices",
        "infoe": "infoe_of_indices",
        "infoc": "infoc_of_indices",
    },
)
def infomec_of_indices(indices: Array, factors: Array) -> dict[str, float]:
    """`infomec` of discrete codes: of the indices int (n, positions) in place of numbers."""
    return infomec(indices.astype(float), factors, discrete=True)


def normalised_information(
    codes: Array, factors: Array, discrete: bool = False, *, neighbours: int = 10, seed: int = 0
) -> Array:
    """Mutual information of dimensions and factors over the factors' entropy, float (d, k).

    Continuous codes (n, d) are standardised and take Ross' estimate (`ross_information`, which
    breaks ties by noise from ``seed``), discrete ones the plug-in estimate; ``factors`` int (n, k).
    A factor of one value has a column of zeros.
    """
    codes, factors = checked(codes, factors)
    labels = classes(factors)
    if discrete:
        information = mutual_information_matrix(_renumbered(codes), labels)
    else:
        information = ross_information(
            _standardised(codes), labels, neighbours=neighbours, seed=seed
        )
    entropy = entropies(labels)
    return np.divide(information, entropy, out=np.zeros_like(information), where=entropy > 0)


def explained_information(codes: Array, factors: Array, discrete: bool = False) -> float:
    """InfoE: the share of each factor's cross-entropy that logistic regression removes, averaged.

    Multinomial, unpenalised, classes weighed alike, L-BFGS cut at the reference's 100 steps, which
    are seldom enough for factors of many values; fitted and scored on the same rows, so that many
    discrete values overfit. ``codes`` (n, d) are standardised or, where ``discrete``, one-hot.
    The comparison is with codes of zeros, whose cross-entropy is log(classes): where classes are
    unequal the score can be below 0. Factors (n, k) of one value are left out; without a varying
    dimension the score is 0.
    """
    codes, factors = checked(codes, factors)
    labels = classes(factors[:, varying_factors(factors)])
    alive = codes[:, varying(codes)]
    if not alive.shape[1]:
        return 0.0
    inputs = _one_hot(_renumbered(alive)) if discrete else _standardised(alive)
    return float(np.mean([_explained(inputs, label) for label in labels.T]))


def _explained(inputs: Array, labels: Array) -> float:
    shares = probabilities(fit_softmax(inputs, labels, balanced=True), inputs)
    own = shares[np.arange(len(labels)), labels]
    surprise = -np.log(np.maximum(own, np.finfo(float).eps)).mean()  # scikit-learn's log_loss
    return float(1 - surprise / np.log(shares.shape[1]))


def _concentration(shared: Array) -> float:
    """Mean share of each row's largest entry in the row's sum, rescaled to 0 for an even row."""
    rows, columns = shared.shape
    if not rows or not columns:
        return 0.0
    if columns == 1:
        return 1.0
    total = shared.sum(1)
    even = np.full(rows, 1 / columns)
    share = np.divide(shared.max(1), total, out=even, where=total > 0).mean()
    return float((share - 1 / columns) / (1 - 1 / columns))


def _standardised(codes: Array) -> Array:
    from sklearn.preprocessing import StandardScaler

    if not codes.shape[1]:
        return codes
    return np.asarray(StandardScaler().fit_transform(codes.astype(float)))


def _renumbered(codes: Array) -> Array:
    """Each column of (n, d), of any values, as classes 0, 1, ..."""
    columns = [np.unique(code, return_inverse=True)[1] for code in codes.T]
    return np.array(columns, int).reshape(len(columns), len(codes)).T


def _one_hot(labels: Array) -> Array:
    """(n, d) classes as float (n, all values of all dimensions)."""
    return np.concatenate([np.eye(label.max() + 1)[label] for label in labels.T], axis=1)
