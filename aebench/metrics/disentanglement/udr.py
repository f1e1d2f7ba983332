"""UDR: models that found the same dimensions are likely to have disentangled them."""

from collections.abc import Sequence

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.activity import active_dimensions
from aebench.metrics.disentanglement.arrays import checked_codes, varying


def udr(list_of_codes: Sequence[Array], active: Sequence[Array] | None = None) -> list[float]:
    """Unsupervised disentanglement ranking: for each model, the median over the others of how
    nearly one-to-one their dimensions predict its own; in [0, 1], higher better.

        R_ab = |coefficients| of a lasso (α = 0.1) from model i's standardised codes to model j's
        UDR_ij = (mean_b max_a R_ab² / sum_a R_ab + mean_a max_b R_ab² / sum_b R_ab) / 2
        UDR_j = median_{i≠j} UDR_ij

    ``list_of_codes``: at least two (five for a ranking) float (n, d) of the same n images from
    models of one setting and several seeds. ``active``: bool (d,) per model, in the reference mean
    KL > 0.01; by default `active_dimensions`. Inactive dimensions are zeroed before the lasso and
    left out after it. Duan et al. 2020, as computed by disentanglement_lib, with its quirks: the
    lasso makes UDR_ij ≠ UDR_ji and only column j counts; a dimension that nothing predicts counts
    0. A pair in which one model has no active dimension, where the reference fails, scores 0.
    Raises `ValueError` for fewer than two models or unequal lengths.
    """
    if len(list_of_codes) < 2 or len({len(codes) for codes in list_of_codes}) > 1:
        lengths = [len(codes) for codes in list_of_codes]
        raise ValueError(
            f"codes of lengths {lengths}: two models or more on the same images needed"
        )
    checked = [checked_codes(codes, f"codes of model {i}") for i, codes in enumerate(list_of_codes)]
    chosen = _masks(checked, active)
    codes = [_standardised(c) * mask for c, mask in zip(checked, chosen, strict=True)]
    scores = np.zeros((len(codes), len(codes)))
    for i, j in np.argwhere(~np.eye(len(codes), dtype=bool)):
        if chosen[i].any() and chosen[j].any():
            scores[i, j] = relative_strength(_lasso(codes[i], codes[j])[chosen[i]][:, chosen[j]])
    return [float(np.median(np.delete(scores[:, j], j))) for j in range(len(codes))]


def relative_strength(relation: Array) -> float:
    """How nearly a matrix (d, e), not negative, is a permutation's, in [0, 1] for entries up to 1.

    The mean over columns of max² / sum, averaged with that over rows; a sum of 0 counts 0. Duan et
    al. 2020, equation 3.
    """
    return (_strength(relation) + _strength(relation.T)) / 2


def _strength(relation: Array) -> float:
    total = relation.sum(0)
    return float(
        np.divide(relation.max(0) ** 2, total, out=np.zeros(len(total)), where=total > 0).mean()
    )


def _lasso(source: Array, target: Array) -> Array:
    """Absolute coefficients (source dimensions, target dimensions)."""
    from sklearn.linear_model import Lasso

    coefficients = Lasso(alpha=0.1).fit(source, target).coef_
    return np.asarray(np.abs(np.atleast_2d(coefficients)).T)


def _standardised(codes: Array) -> Array:
    deviation = codes.std(0) * varying(codes)
    return np.asarray((codes - codes.mean(0)) / np.where(deviation > 0, deviation, 1))


def _masks(list_of_codes: list[Array], active: Sequence[Array] | None) -> list[Array]:
    if active is None:
        return [active_dimensions(codes) for codes in list_of_codes]
    masks = [np.asarray(mask, dtype=bool) for mask in active]
    expected = [(codes.shape[1],) for codes in list_of_codes]
    if [mask.shape for mask in masks] != expected:
        raise ValueError(f"active of shapes {[mask.shape for mask in masks]}, not {expected}")
    return masks
