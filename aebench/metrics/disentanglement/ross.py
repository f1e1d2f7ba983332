"""Mutual information of a continuous code and classes, by nearest neighbours in one dimension."""

import numpy as np

from aebench.data import Array


def ross_information(codes: Array, labels: Array, *, neighbours: int = 3, seed: int = 0) -> Array:
    """Ross' estimate for every pair of columns, in nats, never negative: float (d, k).

        I = psi(n) - <psi(n_class)> + <psi(k)> - <psi(m)>

    ``codes`` float (n, d); ``labels`` int (n, k), classes 0, 1, ... Per sample, m counts those
    nearer than its k-th neighbour in its class, itself included; k is ``neighbours`` or as many as
    the class has; a class with a single sample is left out. As scikit-learn's `mutual_info_classif`
    does, codes are scaled and ties broken by noise of 1e-10, here drawn from ``seed``: the values
    agree up to that noise. Raises `ValueError` for less than 1 neighbour. Ross 2014, equation 4.
    """
    if neighbours < 1:
        raise ValueError(f"{neighbours} neighbours: at least 1 needed")
    from scipy.special import digamma

    psi = digamma(np.arange(1, len(codes) + 1))
    noise = np.random.RandomState(seed).standard_normal(len(codes))
    information = np.empty((codes.shape[1], labels.shape[1]))
    for row, code in zip(information, codes.T, strict=True):
        scaled = code / (code.std() or 1.0)
        scaled = scaled + 1e-10 * max(1.0, np.abs(scaled).mean()) * noise
        order = np.argsort(scaled)
        for column, factor in enumerate(labels.T):
            row[column] = _information(scaled[order], factor[order], neighbours, psi)
    return information


def _information(values: Array, labels: Array, neighbours: int, psi: Array) -> float:
    """One pair; ``values`` ascending, ``psi[i]`` the digamma function of i + 1."""
    counts = np.bincount(labels)
    paired = counts[labels] > 1
    values, labels = values[paired], labels[paired]
    if not len(values):
        return 0.0
    counts = np.bincount(labels)
    # Sorting by class keeps the order of values within each; small integers sort in linear time.
    by_class = np.argsort(labels.astype(np.min_scalar_type(len(counts))), kind="stable")
    size = counts[labels[by_class]]
    start = (np.cumsum(counts) - counts)[labels[by_class]]
    k = np.minimum(neighbours, size - 1)
    x = values[by_class]
    radius = _distance(x, start, start + size, k)
    nearer = _nearer(values, x, radius)
    mean = psi[k - 1].mean() - psi[size - 1].mean() - psi[nearer - 1].mean()
    return max(0.0, float(psi[len(values) - 1] + mean))


def _distance(x: Array, start: Array, end: Array, k: Array) -> Array:
    """Distance of each of ``x`` (n,) to its k-th neighbour among x[start:end], ascending.

    The k nearest and the point itself are k + 1 values in a row: the narrowest such window counts.
    """
    place = np.arange(len(x))
    radius = np.full(len(x), np.inf)
    for before in range(int(k.max()) + 1):
        low, high = place - before, place - before + k
        inside = (before <= k) & (low >= start) & (high < end)
        low, high = np.where(inside, low, place), np.where(inside, high, place)
        reach = np.where(inside, np.maximum(x - x[low], x[high] - x), np.inf)
        np.minimum(radius, reach, out=radius)
    return radius


def _nearer(values: Array, x: Array, radius: Array) -> Array:
    """How many of ``values`` (ascending) are less than ``radius`` away from each of ``x``."""
    low = np.searchsorted(values, x - radius, side="left")
    high = np.searchsorted(values, x + radius, side="right") - 1
    # The sums are rounded: the neighbour at the radius itself may have been let in.
    low += x - values[low] >= radius
    high -= values[high] - x >= radius
    return np.asarray(np.maximum(high - low + 1, 1))
