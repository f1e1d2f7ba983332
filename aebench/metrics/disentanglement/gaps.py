"""Gaps between the most and the second most informative: MIG and the scores made from it.

All cut codes into equal-width bins over their own range and use plug-in information, as
disentanglement_lib does, with fewer samples than bins too. Carbonneau et al.'s code for those it
lacks defaults to 10 bins and cuts continuous factors as well.
"""

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import checked, varying_factors, with_dead_dimensions
from aebench.metrics.disentanglement.information import (
    binned,
    classes,
    contingency,
    entropies,
    entropy,
    mutual_information_matrix,
)
from aebench.registry import metric

READS = ("active_codes", "factors")


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Chen et al. 2018, as computed by disentanglement_lib (Locatello et al. 2019)",
    reads=READS,
)
def mig(codes: Array, factors: Array, bins: int = 20) -> float:
    """Mutual information gap: per factor, the lead of the most informative code dimension over the
    second, as a share of the factor's entropy; the mean over factors.

        MIG = mean_k (I(z_(1), v_k) - I(z_(2), v_k)) / H(v_k)

    ``codes`` float (n, d), ``factors`` int (n, k). As the reference, and unlike the paper, it bins
    the mean codes and counts every factor. Its quirks: 20 bins cannot tell 32 or 40 values apart,
    so a perfect code scores 0.90 on dSprites (more ``bins`` correct that); equal-width bins make a
    monotone warp cost; two copies of a factor score 0. Factors with a single value, 0/0 there, are
    left out and missing dimensions count as dead. Raises `ValueError` when no factor varies.
    """
    codes, factors = checked(codes, factors)
    factors = factors[:, varying_factors(factors)]
    information, _, labels = _information(codes, factors, bins)
    return float(np.mean(_lead(information) / entropies(labels)))


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Li et al. 2020, as computed by Carbonneau et al. 2022",
    reads=READS,
)
def mig_sup(codes: Array, factors: Array, bins: int = 20) -> float:
    """MIG's supplement: per code dimension, the lead of its first factor over its second, as a
    share of the dimension's entropy; the mean over dimensions.

        MIG-sup = mean_j (I(z_j, v_(1)) - I(z_j, v_(2))) / H(z_j)

    ``codes`` float (n, d), ``factors`` int (n, k). Constant dimensions, 0/0 in the reference,
    count 0, as does a code of none.
    """
    codes, factors = checked(codes, factors)
    information, cut, _ = _information(codes, factors, bins)
    spread = entropies(cut)
    shares = np.divide(_lead(information.T), spread, out=np.zeros_like(spread), where=spread > 0)
    return float(shares[: codes.shape[1]].mean()) if codes.shape[1] else 0.0


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Sepliarskaia et al. 2019, as computed by Carbonneau et al. 2022",
    reads=READS,
)
def dcimig(codes: Array, factors: Array, bins: int = 20) -> float:
    """DCIMIG (3CharM): each code dimension's gap counts for its best factor, each factor's best
    such gap counts, and their sum is a share of the summed entropies.

        DCIMIG = sum_k max_{j: k is j's best} (I(z_j, v_(1)) - I(z_j, v_(2))) / sum_k H(v_k)

    ``codes`` float (n, d), ``factors`` int (n, k). A factor that no dimension serves costs its
    entropy. Raises `ValueError` when no factor varies.
    """
    codes, factors = checked(codes, factors)
    varying_factors(factors)
    information, _, labels = _information(codes, factors, bins)
    gaps = np.zeros_like(information)
    gaps[np.arange(len(gaps)), information.argmax(1)] = _lead(information.T)
    return float(gaps.max(0).sum() / entropies(labels).sum())


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Do & Tran 2020, as computed by Carbonneau et al. 2022",
    reads=READS,
)
def jemmig(codes: Array, factors: Array, bins: int = 20) -> float:
    """Joint entropy minus mutual information gap, normalised and turned so that higher is better;
    the mean over factors.

        JEMMIG = mean_k 1 - (H(z_(1), v_k) - I(z_(1), v_k) + I(z_(2), v_k)) / (H(v_k) + log bins)

    ``codes`` float (n, d), ``factors`` int (n, k); z_(1), z_(2) are the dimensions most and second
    most informative about v_k. A code finer than the factor is punished: it is not compact.
    """
    codes, factors = checked(codes, factors)
    information, cut, labels = _information(codes, factors, bins)
    best = information.argmax(0)
    joint = [entropy(contingency(cut[:, j], v)) for j, v in zip(best, labels.T, strict=True)]
    rest = np.array(joint) - _lead(information)
    return float(np.mean(1 - rest / (entropies(labels) + np.log(bins))))


def _information(codes: Array, factors: Array, bins: int) -> tuple[Array, Array, Array]:
    """Information (d, k), bins (n, d) and classes (n, k), of two dimensions at least."""
    cut, labels = binned(with_dead_dimensions(codes), bins), classes(factors)
    return mutual_information_matrix(cut, labels), cut, labels


def _lead(information: Array) -> Array:
    """First minus second of each column; a lone row leads over 0."""
    ordered = np.sort(information, axis=0)
    return np.asarray(ordered[-1] - (ordered[-2] if len(ordered) > 1 else 0))
