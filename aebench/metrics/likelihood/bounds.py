"""Lower bounds of log p(x) from importance weights.

``log_weights`` (n, K) are log p(x, z) - log q(z|x) in nats, for K independent z ~ q(z|x) of each
of n samples. Tables compare settings of the data set's own likelihood alone: a density's numbers
say nothing beside probabilities.
"""

import numpy as np

from aebench.data import Array
from aebench.registry import metric


@metric(
    better="higher",
    unit="nats",
    value_range="(-∞, ∞), at most 0 for discrete data",
    source="Kingma & Welling 2014",
    reads=("log_weights",),
)
def elbo(log_weights: Array) -> float:
    """Evidence lower bound: the mean of log_weights (n, K). `iwae_bound` with k = 1. Compared only
    among settings of the data set's own likelihood.

    Raises `ValueError` for weights that are NaN or infinite upwards.
    """
    return iwae_bound(log_weights, 1)


@metric(
    better="higher",
    unit="nats",
    value_range="(-∞, ∞), at most 0 for discrete data",
    source="Burda et al. 2016, eq. 8",
    reads=("log_weights",),
)
def iwae_bound(log_weights: Array, k: int | None = None) -> float:
    """Importance-weighted bound, mean over samples of log 1/k Σ_i exp(log_weights_i). Compared only
    among settings of the data set's own likelihood.

    Tighter with each k. All K columns of log_weights (n, K) by default; a smaller ``k`` averages
    over the ⌊K/k⌋ disjoint groups of k columns. -∞ where all weights of a group are. Raises
    `ValueError` for k outside [1, K] and for weights that are NaN or infinite upwards.
    """
    return float(importance_bound(log_weights, k).mean())


def importance_bound(log_weights: Array, k: int | None = None) -> Array:
    """The `iwae_bound` of each sample: (n, K) to (n,)."""
    from scipy.special import logsumexp

    if log_weights.ndim != 2 or log_weights.size == 0:
        raise ValueError(f"log weights are {log_weights.shape}, expected (n, K)")
    if np.isnan(log_weights).any() or (log_weights == np.inf).any():
        raise ValueError("log weights are NaN or infinite upwards")
    rows, columns = log_weights.shape
    k = columns if k is None else k
    if not 1 <= k <= columns:
        raise ValueError(f"k = {k}, but there are {columns} weights per sample")
    groups = log_weights[:, : columns // k * k].astype(np.float64).reshape(rows, -1, k)
    bound: Array = logsumexp(groups, axis=2).mean(1) - np.log(k)
    return bound


@metric(
    better="lower",
    unit="bits per dimension",
    value_range="(-∞, ∞), at least 0 for discrete data",
    source="Theis et al. 2016, of the importance-weighted bound",
    reads=("log_weights", "dimensions"),
    name="likelihood_bits_per_dimension",
)
def bound_in_bits(log_weights: Array, dimensions: int) -> float:
    """`bits_per_dimension` of the negative `iwae_bound` with all K weights.

    Where the likelihood is Bernoulli and data are grey, these are bits of pixels switched on with
    the probability that their intensity is, not of 256 levels.
    """
    return bits_per_dimension(-iwae_bound(log_weights), dimensions)


def bits_per_dimension(nats: float, dimensions: int, levels: int = 1) -> float:
    """Negative log-likelihood ``nats`` per sample as bits per dimension: nats / (dimensions ln 2).

    For a density over integers of ``levels`` values that were scaled to [0, 1] (and dequantised),
    ``levels`` turns it into bits of the integers: plus log2 levels. Raises `ValueError` for
    dimensions or levels below 1. Theis et al. 2016.
    """
    if dimensions < 1 or levels < 1:
        raise ValueError(f"{dimensions} dimensions, {levels} levels")
    return float(nats / (dimensions * np.log(2)) + np.log2(levels))


@metric(
    better="higher",
    unit="nats",
    value_range="(-∞, ∞), at most 0 for discrete data",
    source="first term of the ELBO, Kingma & Welling 2014",
    reads=("log_likelihoods",),
)
def reconstruction_log_likelihood(log_likelihoods: Array) -> float:
    """E_q[log p(x|z)]: the mean of log p(x|z) (n, K) over samples and their K draws z ~ q(z|x).

    Raises `ValueError` where one is NaN.
    """
    if np.isnan(log_likelihoods).any():
        raise ValueError("log likelihoods are NaN")
    return float(log_likelihoods.mean(dtype=np.float64))
