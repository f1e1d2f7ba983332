"""Which code dimensions say anything: the pruning rule and counts of it."""

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import checked_codes, varying
from aebench.registry import metric


def active_dimensions(codes: Array, threshold: float = 0.05) -> Array:
    """Which dimensions are active, bool (d,): the rule by which the benchmark prunes.

    Active is a standard deviation of at least ``threshold`` times the largest dimension's; a
    constant never is. ``codes`` float (n, d).
    """
    codes = checked_codes(codes)
    deviations = codes.std(0) * varying(codes)  # exact zeros for constants
    return np.asarray((deviations > 0) & (deviations >= threshold * deviations.max(initial=0)))


@metric(
    better="neither",
    unit="dimensions",
    value_range="[0, d]",
    source="standard deviation at least 5% of the largest dimension's",
    reads=("codes",),
    needs=("factors",),
)
def active_code_dimensions(codes: Array) -> float:
    """Number of dimensions of ``codes`` (n, d) that the other scores read (`active_dimensions`)."""
    return float(active_dimensions(codes).sum())
