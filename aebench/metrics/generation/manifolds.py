"""Realism and coverage of generated features, by balls around each to its k-th nearest neighbour.

Real features are (n, f), generated ones (m, f).
"""

from collections.abc import Iterator

import numpy as np

from aebench.data import Array
from aebench.metrics.generation.features import checked
from aebench.registry import metric

ROWS = 2000
"""Rows of each set that the benchmark's scores use at most: the first ones."""
CHUNK = 2**20


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Kynkäänniemi et al. 2019, over features of AEBench's own classifier, not Inception",
    reads=("real_features", "sample_features"),
    values={"precision": "precision", "recall": "recall"},
)
def precision_recall(real: Array, generated: Array) -> dict[str, float]:
    """`precision` (are samples realistic?) and `recall` (is all that is real covered?) of the first
    2,000 rows of each set, features of AEBench's own classifier of this data set, not Inception.
    """
    real, generated = real[:ROWS], generated[:ROWS]
    return {"precision": precision(real, generated), "recall": recall(real, generated)}


@metric(
    better="higher",
    unit="",
    value_range="density [0, ∞), 1 for equal distributions; coverage [0, 1]",
    source="Naeem et al. 2020, over features of AEBench's own classifier, not Inception",
    reads=("real_features", "sample_features"),
    values={"density": "density", "coverage": "coverage"},
)
def density_coverage(real: Array, generated: Array) -> dict[str, float]:
    """`density` and `coverage`, precision and recall robust to outliers, of the first 2,000 rows of
    each set, features of AEBench's own classifier of this data set, not Inception.
    """
    real, generated = real[:ROWS], generated[:ROWS]
    return {"density": density(real, generated), "coverage": coverage(real, generated)}


def precision(real: Array, generated: Array, neighbours: int = 3) -> float:
    """Share of generated features within the k-th-neighbour ball of some real one, [0, 1].

    The ball's border counts, as in the paper's code. Needs more rows than neighbours.
    """
    real, generated = checked(real, generated, neighbours + 1)
    return _covered_share(real, generated, neighbours)


def recall(real: Array, generated: Array, neighbours: int = 3) -> float:
    """Share of real features within the k-th-neighbour ball of some generated one, [0, 1].

    The ball's border counts, as in the paper's code. Needs more rows than neighbours.
    """
    real, generated = checked(real, generated, neighbours + 1)
    return _covered_share(generated, real, neighbours)


def density(real: Array, generated: Array, neighbours: int = 5) -> float:
    """Real k-th-neighbour balls that a generated feature lies in, over k, on average: [0, ∞).

    The ball's border does not count, as in the paper's code. Needs more rows than neighbours.
    """
    real, generated = checked(real, generated, neighbours + 1)
    inside = sum(int((d < radii).sum()) for d, radii in _balls(real, generated, neighbours))
    return inside / (neighbours * len(generated))


def coverage(real: Array, generated: Array, neighbours: int = 5) -> float:
    """Share of real features with a generated one within their k-th-neighbour ball, [0, 1].

    The ball's border does not count, as in the paper's code. Needs more rows than neighbours.
    """
    real, generated = checked(real, generated, neighbours + 1)
    hit = sum(int((d < r).any(1).sum()) for d, r in _balls(real, generated, neighbours))
    return hit / len(real)


def _covered_share(centres: Array, points: Array, neighbours: int) -> float:
    covered = np.zeros(len(points), bool)
    for squared, radii in _balls(centres, points, neighbours):
        covered |= (squared <= radii).any(0)
    return float(covered.mean())


def _balls(centres: Array, points: Array, neighbours: int) -> Iterator[tuple[Array, Array]]:
    """For some centres at a time: squared distances (c, p) to all points, and (c, 1) to the k-th
    nearest other centre.
    """
    from scipy.spatial.distance import cdist  # from differences: equal points are at exactly 0

    step = max(1, CHUNK // max(len(centres), len(points)))
    for start in range(0, len(centres), step):
        some = centres[start : start + step]
        among = np.partition(cdist(some, centres, "sqeuclidean"), neighbours, axis=1)
        yield cdist(some, points, "sqeuclidean"), among[:, neighbours, None]
