"""Scores that need no factors: dependence between dimensions, agreement between models."""

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import checked_codes, varying
from aebench.metrics.disentanglement.information import binned, mutual_information_matrix
from aebench.registry import metric

STUDY = "Locatello et al. 2019, as computed by disentanglement_lib"


@metric(
    better="lower",
    unit="nats",
    value_range="[0, ∞)",
    source=STUDY,
    reads=("active_codes",),
    values={"total_correlation": "gaussian_total_correlation"},
)
def finite_total_correlation(codes: Array) -> dict[str, float]:
    """`gaussian_total_correlation` of ``codes`` float (n, d) where it is finite: a discrete code of
    few values, or one of copies, has none.
    """
    correlation = _correlation(codes)
    if len(correlation) and np.linalg.matrix_rank(correlation, hermitian=True) < len(correlation):
        return {}
    return {"total_correlation": gaussian_total_correlation(codes)}


@metric(
    better="lower",
    unit="nats",
    value_range="[0, ∞)",
    source="Bonheme & Grzes 2021, on the Gaussian of Locatello et al. 2019",
    reads=("codes",),
    needs=("active_codes", "sampled_codes"),
    values={"total_correlation": "mean_total_correlation"},
)
def mean_total_correlation(codes: Array) -> dict[str, float]:
    """`gaussian_total_correlation` of all dimensions of posterior means float (n, d), those that
    hardly vary included, where it is finite.
    """
    return finite_total_correlation(codes)


def gaussian_total_correlation(codes: Array) -> float:
    """Total correlation of the Gaussian with the covariance S of ``codes`` float (n, d).

        TC = (sum_j log S_jj - log det S) / 2

    Constant dimensions, NaN in the reference, are left out; fewer than two left give 0. Raises
    `ValueError` where the rest is linearly dependent, as copies or fewer samples than dimensions
    are: the value is infinite.
    """
    correlation = _correlation(codes)
    rank = int(np.linalg.matrix_rank(correlation, hermitian=True)) if len(correlation) else 0
    if rank < len(correlation):
        raise ValueError(
            f"codes of {len(correlation)} varying dimensions have rank {rank}: "
            "their total correlation is infinite"
        )
    return max(0.0, float(-np.linalg.slogdet(correlation)[1] / 2))


@metric(
    better="lower",
    unit="nats",
    value_range="[0, ∞)",
    source=STUDY,
    reads=("sampled_codes",),
    needs=("factors",),
)
def sampled_total_correlation(codes: Array) -> float:
    """`gaussian_total_correlation` of one posterior sample per image, float (n, d).

    Penalties act on the samples: this can fall while that of the means, which are used, rises.
    """
    return gaussian_total_correlation(codes)


@metric(
    better="lower",
    unit="squared code units",
    value_range="[0, ∞)",
    source=STUDY,
    reads=("active_codes",),
)
def wasserstein_dependency(codes: Array) -> float:
    """Squared 2-Wasserstein distance between the Gaussian with the covariance S of ``codes`` float
    (n, d) and the product of its marginals, D = diag S.

        W = 2 tr S - 2 tr (D^½ S D^½)^½

    The reference's ``sqrtm(D S)`` turns complex where S loses rank; the same trace from symmetric
    eigenvalues stays real. Constant codes give 0.
    """
    covariance = _covariance(codes)
    deviations = np.sqrt(np.diag(covariance))
    roots = np.linalg.eigvalsh(covariance * np.outer(deviations, deviations))
    overlap = np.sqrt(np.maximum(roots, 0)).sum()
    return max(0.0, float(2 * np.trace(covariance) - 2 * overlap))


@metric(
    better="lower",
    unit="",
    value_range="[0, 2]",
    source=STUDY,
    reads=("active_codes",),
)
def normalised_wasserstein_dependency(codes: Array) -> float:
    """`wasserstein_dependency` as a share of the total variance tr S, so that scale cancels.

    ``codes`` float (n, d); constant codes give 0.
    """
    total = float(np.trace(_covariance(codes)))
    return wasserstein_dependency(codes) / total if total > 0 else 0.0


@metric(
    better="lower",
    unit="nats",
    value_range="[0, ∞)",
    source=STUDY,
    reads=("active_codes",),
)
def code_mutual_information(codes: Array, bins: int = 20) -> float:
    """Mean mutual information of all pairs of dimensions of ``codes`` float (n, d), in equal-width
    bins; 0 for fewer than two.

    The plug-in estimate never reaches 0: 20 bins and 10,000 samples leave about 0.015 nats.
    """
    cut = binned(checked_codes(codes), bins)
    pairs = cut.shape[1] * (cut.shape[1] - 1)
    information = mutual_information_matrix(cut, cut)
    return float((information.sum() - np.trace(information)) / pairs) if pairs else 0.0


@metric(
    better="neither",
    unit="",
    value_range="[-1, 1]",
    source="Pearson; the question of Locatello et al. 2019, section 5.2",
    reads=("codes", "sampled_codes"),
    needs=("factors",),
)
def mean_sampled_correlation(codes: Array, sampled_codes: Array) -> float:
    """Pearson correlation of each posterior mean with one sample of it, the mean over dimensions.

    Both float (n, d). Near 1 the two representations are the same; a collapsed dimension, whose
    sample is noise, counts about 0, and a constant one 0. Raises `ValueError` for other shapes.
    """
    codes, sampled_codes = checked_codes(codes), checked_codes(sampled_codes, "sampled_codes")
    if codes.shape != sampled_codes.shape:
        raise ValueError(f"codes are {codes.shape}, sampled_codes {sampled_codes.shape}")
    if not codes.shape[1]:
        return 0.0
    centred = codes - codes.mean(0), sampled_codes - sampled_codes.mean(0)
    norms = np.linalg.norm(centred[0], axis=0) * np.linalg.norm(centred[1], axis=0)
    both = varying(codes) & varying(sampled_codes) & (norms > 0)
    products = (centred[0] * centred[1]).sum(0)
    return float(np.divide(products, norms, out=np.zeros(len(norms)), where=both).mean())


def _correlation(codes: Array) -> Array:
    """Correlation matrix of the dimensions that vary."""
    covariance = _covariance(codes)
    deviations = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(deviations, deviations))


def _covariance(codes: Array) -> Array:
    """Covariance (ddof 1) of the dimensions that vary, float64."""
    codes = checked_codes(codes)
    codes = codes[:, varying(codes)].astype(np.float64)
    centred = codes - codes.mean(0)
    covariance = centred.T @ centred / (len(codes) - 1)
    kept = np.diag(covariance) > 0  # a range may be too small to square
    return np.asarray(covariance[kept][:, kept])
