"""Lower bounds of the evidence, from importance weights."""

import math

from torch import Tensor


def importance_bound(log_weights: Tensor) -> Tensor:
    """log 1/K Σ_k w_k over the last dimension: (..., K) to (...), in nats.

    Its gradient weighs each log w_k by w_k / Σ w. Burda et al. 2016, equations 8 and 14.
    """
    return log_weights.logsumexp(-1) - math.log(log_weights.shape[-1])
