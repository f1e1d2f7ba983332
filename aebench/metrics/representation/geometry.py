"""How many dimensions codes fill: as a curved surface, and as a linear space."""

import numpy as np

from aebench.data import Array
from aebench.registry import metric

DISCARDED = 0.1


@metric(
    better="neither",
    unit="dimensions",
    value_range="[0, ∞)",
    source="TwoNN, Facco et al. 2017",
    reads=("codes",),
)
def intrinsic_dimension(codes: Array) -> float:
    """Dimension of the manifold that codes float (n, d) lie on, from each one's two neighbours.

    The ratio μ of the distances to the second and the first neighbour follows F(μ) = 1 - μ^-dim:
    ``dim`` is the slope through the origin of -log(1 - F) over log μ, without the largest tenth of
    ratios. Equal codes count once. Fewer than three distinct codes fill no dimension: 0. Raises
    `ValueError` for codes that are not finite, and where no code has a nearest neighbour closer
    than its second (a regular grid).
    """
    if not np.isfinite(codes).all():
        raise ValueError("codes are not finite")
    points = np.unique(codes.astype(np.float64), axis=0)
    if len(points) < 3:
        return 0.0
    first, second = _neighbour_distances(points - points.mean(0))
    log_ratio = np.sort(np.log(second / first))
    kept = max(1, int(len(log_ratio) * (1 - DISCARDED)))
    x = log_ratio[:kept]
    y = -np.log1p(-np.arange(1, kept + 1) / len(log_ratio))
    if not x @ x > 0:
        raise ValueError("every code is as far from its second neighbour as from its first")
    return float(x @ y / (x @ x))


@metric(
    better="neither",
    unit="dimensions",
    value_range="[0, min(n, d)]",
    source="Roy & Vetterli 2007",
    reads=("codes",),
)
def effective_rank(codes: Array) -> float:
    """exp of the entropy of the singular values of codes float (n, d), as shares of their sum.

    The matrix is taken as it is, not centred. Equal singular values give d, a matrix of rank one
    gives 1; codes that are all zero give 0. Raises `ValueError` for codes that are not finite.
    """
    if not np.isfinite(codes).all():
        raise ValueError("codes are not finite")
    values = np.linalg.svd(codes.astype(np.float64), compute_uv=False)
    if not values.sum() > 0:
        return 0.0
    shares = values[values > 0] / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))


def _neighbour_distances(points: Array) -> tuple[Array, Array]:
    """Distances (n,) of distinct points to their nearest and second nearest other."""
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=3, algorithm="brute").fit(points)
    neighbours = points[nearest.kneighbors(points, return_distance=False)]
    # Again from differences: the search's own distances lose digits to cancellation.
    distances = np.sort(np.linalg.norm(neighbours - points[:, None], axis=2), axis=1)
    return distances[:, 1], distances[:, 2]


@metric(
    better="neither",
    unit="dimensions",
    value_range="[0, d]",
    source="Burda et al. 2016, section 5.2",
    reads=("codes",),
)
def active_units(codes: Array, threshold: float = 0.01) -> float:
    """Number of dimensions whose posterior mean varies over the data: Var_x(E[z|x]) > 0.01.

    ``codes`` float (n, d) are posterior means. The threshold is absolute: it supposes a prior of
    unit variance and says little about codes of another scale. Raises `ValueError` for codes that
    are not finite.
    """
    if not np.isfinite(codes).all():
        raise ValueError("codes are not finite")
    return float((codes.astype(np.float64).var(0) > threshold).sum())
