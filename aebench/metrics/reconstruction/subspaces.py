"""What a reconstruction spends its capacity on: the few directions of most variance, or the rest.

Balestriero & LeCun 2024 cut pixel space where the leading principal components hold 90 % of the
variance and find that what perception needs is mostly in the rest.
"""

from typing import NamedTuple

import numpy as np

from aebench.data import Array
from aebench.metrics.reconstruction.errors import difference
from aebench.registry import metric

SHARE = 0.9
ROWS = 2000
"""Samples used at most, the first ones: the cost grows with their cube."""
NEIGHBOURS = 5


@metric(
    better="lower",
    unit="share of the subspace's variance",
    value_range="[0, ∞)",
    source="Balestriero & LeCun 2024 (the subspaces)",
    reads=("inputs", "reconstructions"),
    values={"top": "top_subspace_error", "bottom": "bottom_subspace_error"},
)
def subspace_errors(x: Array, y: Array) -> dict[str, float]:
    """Squared error within the top subspace and within the rest, each over the variance there.

    ``top`` is spanned by the fewest principal components of the originals ``x`` (n, ...) that hold
    90 % of their variance, ``bottom`` is its orthogonal complement. 0 is exact, 1 as far off as the
    mean input. Of more than 2,000 samples the first 2,000 are used. Raises `ValueError` where the
    originals do not vary in one of the two.
    """
    residual = difference(x, y)[:ROWS].reshape(min(len(x), ROWS), -1)
    top = _top_subspace(x)
    error = np.square(residual).sum()
    within = np.square(residual @ top.axes).sum()
    return {"top": float(within / top.held), "bottom": float(max(0, error - within) / top.rest)}


def top_subspace_error(x: Array, y: Array) -> float:
    """``subspace_errors(x, y)["top"]``."""
    return subspace_errors(x, y)["top"]


def bottom_subspace_error(x: Array, y: Array) -> float:
    """``subspace_errors(x, y)["bottom"]``."""
    return subspace_errors(x, y)["bottom"]


@metric(
    better="higher",
    unit="accuracy",
    value_range="[0, 1]",
    source="Balestriero & LeCun 2024 (the subspaces), by nearest neighbours",
    reads=("inputs", "reconstructions", "labels"),
    values={"top": "top_subspace_accuracy", "bottom": "bottom_subspace_accuracy"},
)
def subspace_accuracies(x: Array, y: Array, labels: Array) -> dict[str, float]:
    """How well the class is told from the parts of reconstructions ``y`` (n, ...) in the subspaces
    of `subspace_errors`: by the majority of 5 nearest among the other half of the samples.

    ``labels`` int (n,). The paper trains networks on the parts of images. Raises `ValueError` where
    the originals ``x`` (n, ...) do not vary in one of the two, and for fewer than ten samples.
    """
    from sklearn.neighbors import KNeighborsClassifier

    top, count = _top_subspace(x), min(len(y), ROWS)
    if count < 2 * NEIGHBOURS:
        raise ValueError(f"there are {count} samples, at least {2 * NEIGHBOURS} are needed")
    rows = y[:count].reshape(count, -1).astype(np.float64) - top.mean
    within = rows @ top.axes
    found = {}
    for name, part in (("top", within), ("bottom", rows - within @ top.axes.T)):
        halves = [np.arange(count) % 2 == half for half in (0, 1)]
        told = [
            KNeighborsClassifier(NEIGHBOURS)
            .fit(part[~half], labels[:count][~half])
            .score(part[half], labels[:count][half])
            for half in halves
        ]
        found[name] = float(np.average(told, weights=[half.sum() for half in halves]))
    return found


class _Subspace(NamedTuple):
    """The leading principal components that hold `SHARE` of the variance: ``axes`` (d, r), sums of
    squares ``held`` in it and in the ``rest``, around ``mean`` (d,).
    """

    axes: Array
    held: float
    rest: float
    mean: Array


def _top_subspace(x: Array) -> _Subspace:
    originals = x[:ROWS].reshape(min(len(x), ROWS), -1).astype(np.float64)
    mean = originals.mean(0)
    centred = originals - mean
    axes, variance = _principal_axes(centred)
    total, held = np.square(centred).sum(), np.cumsum(variance)
    top = int(np.searchsorted(held, SHARE * held[-1] * (1 - 1e-12))) + 1
    rest = total - held[top - 1]
    if not rest > 1e-12 * total:
        raise ValueError(f"the originals vary along {top if total else 0} directions only")
    return _Subspace(axes[:, :top], float(held[top - 1]), float(rest), mean)


def _principal_axes(centred: Array) -> tuple[Array, Array]:
    """Orthonormal axes (d, r) and the sum of squares along each, largest first.

    From the smaller of the covariance (d, d) and the Gram matrix (n, n).
    """
    wide = centred.shape[1] > centred.shape[0]
    values, vectors = np.linalg.eigh(centred @ centred.T if wide else centred.T @ centred)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    if not wide:
        return vectors, values
    kept = values > 1e-10 * values[0]  # a direction without variance has no axis here
    return centred.T @ vectors[:, kept] / np.sqrt(values[kept]), values[kept]
