"""Whether training again, from another seed, finds the same.

Each value is of one seed against every other one of the same setting. Values of a setting's seeds
depend on each other, which their intervals allow for (`aebench.statistics.pseudo_values`).
"""

from collections.abc import Sequence

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.udr import udr
from aebench.metrics.sparsity.recovery import decoder_stability
from aebench.registry import metric

COMPARED = 2000
"""Samples whose codes are compared, the first."""


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Duan et al. 2020",
    reads=("codes", "other_codes"),
    needs=("active_codes",),
    values={"udr": "udr"},
)
def unsupervised_disentanglement_ranking(
    codes: Array, other_codes: Sequence[Array]
) -> dict[str, float]:
    """How nearly one-to-one other seeds' dimensions predict this one's, the median over them; of
    codes (n, L) of the same samples (`aebench.metrics.disentanglement.udr`). Nothing for one seed.
    """
    if not other_codes:
        return {}
    return {"udr": udr([of_seed[:COMPARED] for of_seed in (codes, *other_codes)])[0]}


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Paulo & Belrose 2025; mean cosine of matched directions",
    reads=("directions", "other_directions"),
    values={"decoder_stability": "decoder_stability"},
)
def stability_of_directions(
    directions: Array, other_directions: Sequence[Array]
) -> dict[str, float]:
    """Mean over other seeds of how well their directions (m, d), matched one to one, agree with
    this one's (`aebench.metrics.sparsity.decoder_stability`). Nothing for one seed.
    """
    if not other_directions:
        return {}
    found = [decoder_stability(directions, other) for other in other_directions]
    return {"decoder_stability": float(np.mean(found))}
