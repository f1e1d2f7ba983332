"""MED: DCI's entropies on mutual information, which needs no predictor."""

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import checked
from aebench.metrics.disentanglement.dci import completeness, disentanglement
from aebench.metrics.disentanglement.information import binned, classes, mutual_information_matrix
from aebench.registry import metric

READS = ("active_codes", "factors")


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Cao et al. 2022, their code",
    reads=READS,
)
def med(codes: Array, factors: Array, bins: int = 20) -> float:
    """How far each code dimension informs about one factor only: DCI's disentanglement on
    `information_importance`.

    ``codes`` float (n, d), ``factors`` int (n, k). The plug-in bias of small informations inflates
    the entropies, so a perfect code stays below 1 (0.956 on Shapes3D). No information at all: 0.
    """
    return disentanglement(information_importance(codes, factors, bins))


def med_completeness(codes: Array, factors: Array, bins: int = 20) -> float:
    """How far each factor is informed about by one dimension: DCI's completeness, same matrix.

    ``codes`` float (n, d), ``factors`` int (n, k); in [0, 1].
    """
    return completeness(information_importance(codes, factors, bins))


def top_k_med(codes: Array, factors: Array, kept: int = 1, bins: int = 20) -> float:
    """MED of the ``kept`` most disentangled dimensions of each factor, in [0, 1].

    ``codes`` float (n, d), ``factors`` int (n, k). A dimension belongs to the factor it is most
    important for; as in their code the remaining matrix is not normalised again.
    """
    importance = information_importance(codes, factors, bins)
    purity = [disentanglement(row[None]) for row in importance]
    order = np.argsort(-np.array(purity), kind="stable")
    owner = importance.argmax(1)[order]
    chosen = [order[owner == factor][:kept] for factor in range(importance.shape[1])]
    return disentanglement(importance[np.concatenate(chosen)])


def information_importance(codes: Array, factors: Array, bins: int = 20) -> Array:
    """Mutual information of each binned dimension and factor as a share of the factor's sum.

    ``codes`` float (n, d), ``factors`` int (n, k); returns float (d, k), columns summing to 1, or 0
    where a factor shares no information with any dimension (0/0 in their code).
    """
    codes, factors = checked(codes, factors)
    information = mutual_information_matrix(binned(codes, bins), classes(factors))
    total = np.broadcast_to(information.sum(0), information.shape)
    shares = np.divide(information, total, out=np.zeros_like(information), where=total > 0)
    return np.asarray(shares)
