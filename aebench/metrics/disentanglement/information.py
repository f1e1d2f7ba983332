"""Plug-in entropies and mutual information (nats) of binned codes and factor classes."""

import numpy as np

from aebench.data import Array


def binned(codes: Array, bins: int) -> Array:
    """Codes (n, d) in ``bins`` equal-width bins over each column's own range, int in [0, bins).

    `numpy.histogram`'s edges and the last bin closed, as disentanglement_lib's discretizer. A
    column that is constant, or too narrow for that many distinct edges, is all bin 0.
    Raises `ValueError` for fewer than 2 bins.
    """
    if bins < 2:
        raise ValueError(f"{bins} bins: at least 2 needed")
    indices = np.zeros(codes.shape, np.int64)
    for column, code in enumerate(codes.T):
        edges = np.linspace(code.min(), code.max(), bins + 1)
        if (np.diff(edges) > 0).all():
            indices[:, column] = np.searchsorted(edges[:-1], code, side="right") - 1
    return indices


def classes(factors: Array) -> Array:
    """Each column of int (n, k) renumbered 0, 1, ... in order of its values."""
    renumbered = [np.unique(factor, return_inverse=True)[1] for factor in factors.T]
    return np.stack(renumbered, axis=1)


def contingency(a: Array, b: Array) -> Array:
    """How often each pair of classes occurs, float (classes of a, classes of b); a, b int (n,)."""
    width = int(b.max()) + 1
    counts = np.bincount(a * width + b, minlength=(int(a.max()) + 1) * width)
    return counts.reshape(-1, width).astype(float)


def entropy(counts: Array) -> float:
    """Entropy of the distribution that counts (of any shape) estimate, in nats."""
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum()) + 0.0  # no negative zero


def entropies(columns: Array) -> Array:
    """Entropy in nats of each column of int (n, k), float (k,)."""
    return np.array([entropy(np.bincount(column)) for column in columns.T])


def mutual_information(a: Array, b: Array) -> float:
    """Mutual information of two arrays of classes (n,), in nats: the plug-in estimate.

    Never negative, and exactly 0 where the table of counts is exactly a product.
    """
    table = contingency(*classes(np.stack([a, b], axis=1)).T)
    return _information(table)


def mutual_information_matrix(columns: Array, others: Array) -> Array:
    """Mutual information (nats) of every pair of columns; int (n, d) and (n, k) to float (d, k)."""
    matrix = [[_information(contingency(a, b)) for b in others.T] for a in columns.T]
    return np.array(matrix).reshape(columns.shape[1], others.shape[1])


def _information(table: Array) -> float:
    total = table.sum()
    product = np.outer(table.sum(1), table.sum(0))
    seen = table > 0
    terms = table[seen] * np.log(table[seen] * total / product[seen])
    return max(0.0, float(terms.sum() / total))
