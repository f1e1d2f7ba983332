"""Where the divergence of the posteriors from the prior N(0, I) comes from.

    E_x KL(q(z|x) ‖ p(z)) = I(x; z) + KL(q(z) ‖ p(z))               Hoffman & Johnson 2016
    KL(q(z) ‖ p(z))       = KL(q(z) ‖ Π_j q(z_j)) + Σ_j KL(q(z_j) ‖ p(z_j))    Chen et al. 2018

q(z) = 1/n Σ_i q(z|x_i) is the exact mixture of all n posteriors: estimates from minibatches are off
by several nats.
"""

import numpy as np

from aebench.data import Array
from aebench.registry import metric

LOG_2PI = float(np.log(2 * np.pi))
DRAWS = 5000
CHUNK = 2**16
"""Pairs of a code and a posterior worked on at once: what the processor's cache holds."""


@metric(
    better="neither",
    unit="nats",
    value_range="[0, ∞); mutual information up to log n",
    source="Hoffman & Johnson 2016; Chen et al. 2018, with the exact aggregate posterior",
    reads=("posterior_mean", "posterior_log_variance", "sampled_codes"),
    values={
        "kl": "kl",
        "mutual_information": "mutual_information",
        "marginal_kl": "marginal_kl",
        "total_correlation": "total_correlation",
        "dimension_wise_kl": "dimension_wise_kl",
    },
)
def kl_decomposition(
    mu: Array, log_variance: Array, codes: Array, draws: int = DRAWS
) -> dict[str, float]:
    """``kl`` = ``mutual_information`` + ``marginal_kl``, the latter = ``total_correlation`` +
    ``dimension_wise_kl``.

    Posteriors N(mu, exp(log_variance)) are (n, L) twice; row i of codes (m, L), m ≤ n, is one draw
    from posterior i. Expectations are means over the first ``draws`` of them (so parts can fall a
    little below 0), the mixture is always of all n. Mutual information is that of code and sample
    number, at most log n, and near it wherever posteriors hardly overlap. The marginal KL is the
    prior's hole: 0 where draws from the prior look like codes. Raises `ValueError` for shapes that
    do not match, values not finite, and codes that no posterior can have given.
    """
    codes = codes[:draws]
    _check(mu, log_variance, codes)
    mu, log_variance, codes = (a.astype(np.float64) for a in (mu, log_variance, codes))
    drawn = slice(0, len(codes))
    own = _log_normal(codes, mu[drawn], log_variance[drawn]).sum(1)
    joint, marginals = log_aggregate(mu, log_variance, codes)
    if not np.isfinite(marginals).all():
        raise ValueError("a code lies outside all posteriors: it is no draw from one of them")
    prior = _log_normal(codes, np.zeros_like(codes), np.zeros_like(codes)).sum(1)
    product = marginals.sum(1)
    return {
        "kl": float(np.mean(own - prior)),
        "mutual_information": float(np.mean(own - joint)),
        "marginal_kl": float(np.mean(joint - prior)),
        "total_correlation": float(np.mean(joint - product)),
        "dimension_wise_kl": float(np.mean(product - prior)),
    }


def log_aggregate(mu: Array, log_variance: Array, codes: Array) -> tuple[Array, Array]:
    """log q(z) (m,) and log q(z_j) (m, L) at codes (m, L), mixtures of all n posteriors (n, L).

    -∞ in log q(z_j) where a code lies outside all posteriors, which no draw from one of them does.
    """
    centres = np.ascontiguousarray(mu.T)
    # √½ here, so that a scaled distance squared is the exponent itself
    scales = np.ascontiguousarray(np.exp(-0.5 * log_variance).T * np.sqrt(0.5))
    offsets = np.ascontiguousarray(-0.5 * (log_variance.T + LOG_2PI))
    joint, marginals = np.empty(len(codes)), np.empty(codes.shape)
    step = max(1, CHUNK // len(mu))
    for start in range(0, len(codes), step):
        rows = slice(start, start + step)
        joint[rows], marginals[rows] = _log_mixtures(centres, scales, offsets, codes[rows])
    return joint - np.log(len(mu)), marginals - np.log(len(mu))


def _log_mixtures(
    centres: Array, scales: Array, offsets: Array, codes: Array
) -> tuple[Array, Array]:
    """log Σ_i q(z|x_i) (r,) and log Σ_i q(z_j|x_i) (r, L) at codes (r, L); parameters (L, n)."""
    together = np.zeros((len(codes), centres.shape[1]))  # log q(z|x_i), (r, n)
    log_density = np.empty_like(together)
    marginals = np.empty(codes.shape)
    for j in range(codes.shape[1]):
        np.subtract(codes[:, j, None], centres[j], out=log_density)
        log_density *= scales[j]
        log_density *= log_density
        np.subtract(offsets[j], log_density, out=log_density)
        together += log_density
        np.exp(log_density, out=log_density)
        marginals[:, j] = log_density.sum(1)
    highest = together.max(1)
    together -= highest[:, None]
    with np.errstate(divide="ignore"):
        return highest + np.log(np.exp(together).sum(1)), np.log(marginals)


def _log_normal(z: Array, mu: Array, log_variance: Array) -> Array:
    log_density: Array = -0.5 * (LOG_2PI + log_variance + (z - mu) ** 2 * np.exp(-log_variance))
    return log_density


def _check(mu: Array, log_variance: Array, codes: Array) -> None:
    if mu.ndim != 2 or mu.shape != log_variance.shape:
        raise ValueError(f"means are {mu.shape}, log variances {log_variance.shape}")
    if codes.ndim != 2 or codes.shape[1] != mu.shape[1] or not 1 <= len(codes) <= len(mu):
        raise ValueError(f"codes are {codes.shape}, means {mu.shape}")
    if not all(np.isfinite(a).all() for a in (mu, log_variance, codes)):
        raise ValueError("posterior parameters or codes are not finite")
