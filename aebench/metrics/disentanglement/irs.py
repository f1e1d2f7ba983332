"""IRS: how far a code dimension stays put while other factors change."""

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import checked, varying
from aebench.metrics.disentanglement.information import binned, classes
from aebench.registry import metric


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Suter et al. 2019, as computed by disentanglement_lib",
    reads=("active_codes", "factors"),
)
def irs(codes: Array, factors: Array, quantile: float = 0.99, bins: int = 20) -> float:
    """Interventional robustness: per code dimension, 1 minus the share of its range that it moves
    while its best factor is held; the mean weighted by range.

        IRS = sum_j w_j max_k (1 - mean_b Q(|z_j - E[z_j|b]|) / w_j) / sum_j w_j,
        w_j = max |z_j - E[z_j]|,    b the bins of factor k,    Q the quantile within a bin

    ``codes`` float (n, d), ``factors`` int (n, k). The reference's quirks: the 99th percentile
    where the paper has the maximum (``quantile=1``), factors cut into 20 bins too, copies of a
    factor cost nothing, and noise scores 0.35 to 0.37. A code without a varying dimension scores 0.
    """
    codes, factors = checked(codes, factors)
    codes = codes[:, varying(codes)].astype(np.float64)
    if not codes.shape[1]:
        return 0.0
    widest = np.abs(codes - codes.mean(0)).max(0)
    moved = [_movement(codes, held, quantile) for held in classes(binned(factors, bins)).T]
    robust = 1 - np.min(moved, axis=0) / widest
    return float(np.average(robust, weights=widest))


def _movement(codes: Array, held: Array, quantile: float) -> Array:
    """Quantile of the distance from the mean within a class, the mean over classes, float (d,)."""
    groups = np.split(codes[np.argsort(held, kind="stable")], np.cumsum(np.bincount(held))[:-1])
    distances = [np.quantile(np.abs(group - group.mean(0)), quantile, axis=0) for group in groups]
    return np.asarray(np.mean(distances, axis=0))
