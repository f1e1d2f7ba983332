"""Drawing codes whose rows share a factor's value, from a grid, a sample of one, or an encoder."""

import math
from collections.abc import Callable

import numpy as np

from aebench.data import Array
from aebench.metrics.disentanglement.arrays import checked, checked_codes, checked_factors
from aebench.metrics.disentanglement.information import classes

Encoder = Callable[[Array], Array]


class Grid:
    """Draws from a complete grid of factors, in disentanglement_lib's order of random calls."""

    def __init__(self, sizes: list[int], encode: Encoder, seed: int) -> None:
        self.sizes, self._encode = sizes, encode
        self._random = np.random.RandomState(seed)

    def anywhere(self, count: int) -> Array:
        """Codes (count, d) of rows drawn uniformly."""
        return self._encode(np.stack([self._random.randint(n, size=count) for n in self.sizes], 1))

    def sharing(self, points: int, batch: int) -> tuple[Array, Array]:
        """The held factor (points,) and codes (points, batch, d) that share its value."""
        held, (drawn,) = self._drawn(points, batch, 1)
        point = np.arange(points)
        drawn[point, held] = drawn[point, held, :1]
        return held, self._codes(drawn)

    def pairs(self, points: int, batch: int) -> tuple[Array, Array, Array]:
        """The held factor (points,) and twice codes (points, batch, d) that share it row by row."""
        held, (one, other) = self._drawn(points, batch, 2)
        point = np.arange(points)
        other[point, held] = one[point, held]
        return held, self._codes(one), self._codes(other)

    def _drawn(self, points: int, batch: int, times: int) -> tuple[Array, Array]:
        held = np.empty(points, int)
        drawn = np.empty((times, points, len(self.sizes), batch), int)
        draw = self._random.randint
        for point in range(points):
            held[point] = draw(len(self.sizes))
            for turn in range(times):
                for factor, size in enumerate(self.sizes):
                    drawn[turn, point, factor] = draw(size, size=batch)
        return held, drawn

    def _codes(self, drawn: Array) -> Array:
        points, count, batch = drawn.shape
        found = self._encode(drawn.transpose(0, 2, 1).reshape(-1, count))
        return found.reshape(points, batch, -1)


class Sample:
    """Draws from rows that are a sample of a grid: those that share a value stand for its slice."""

    def __init__(self, codes: Array, labels: Array, seed: int) -> None:
        self.sizes = [int(n) for n in labels.max(0) + 1]
        self._table, self._labels = codes, labels
        self._random = np.random.default_rng(seed)
        self._order = np.argsort(labels, axis=0, kind="stable").T  # per factor, its rows by value
        counts = [np.bincount(column, minlength=max(self.sizes)) for column in labels.T]
        self._counts = np.stack(counts)  # (k, values)
        self._starts = np.cumsum(self._counts, axis=1) - self._counts

    def anywhere(self, count: int) -> Array:
        """All codes, whatever ``count``."""
        return self._table

    def sharing(self, points: int, batch: int) -> tuple[Array, Array]:
        """As `Grid.sharing`; the value is that of a row drawn uniformly."""
        held, rows = self._rows(points, 1)
        return held, self._table[self._partners(held, np.repeat(rows, batch, axis=1))]

    def pairs(self, points: int, batch: int) -> tuple[Array, Array, Array]:
        """As `Grid.pairs`; a row's partner is drawn uniformly from those with its value."""
        held, rows = self._rows(points, batch)
        return held, self._table[rows], self._table[self._partners(held, rows)]

    def _rows(self, points: int, batch: int) -> tuple[Array, Array]:
        held = self._random.integers(len(self.sizes), size=points)
        return held, self._random.integers(len(self._table), size=(points, batch))

    def _partners(self, held: Array, rows: Array) -> Array:
        factor = held[:, None]
        value = self._labels[rows, factor]
        place = self._random.random(rows.shape) * self._counts[factor, value]
        return np.asarray(self._order[factor, self._starts[factor, value] + place.astype(int)])


def draws_from(codes: Array | Encoder, factors: Array, seed: int) -> Grid | Sample:
    """Draws from what the scores of `interventions` accept; `ValueError` for anything else."""
    if callable(codes):
        return _encoder_grid(codes, np.asarray(factors), seed)
    codes, factors = checked(codes, factors)
    _need_factors(factors.shape[1])
    labels = classes(factors)
    sizes = [int(n) for n in labels.max(0) + 1]
    if math.prod(sizes) != len(codes):
        return Sample(codes, labels, seed)
    strides = np.array([math.prod(sizes[place + 1 :]) for place in range(len(sizes))])
    order = np.argsort(labels @ strides, kind="stable")
    if ((labels @ strides)[order] != np.arange(len(codes))).any():
        return Sample(codes, labels, seed)
    table = codes[order]
    return Grid(sizes, lambda drawn: table[drawn @ strides], seed)


def _encoder_grid(encoder: Encoder, factors: Array, seed: int) -> Grid:
    if factors.ndim == 1:
        values = [np.arange(n) for n in factors]
    else:
        values = [np.unique(column) for column in checked_factors(factors).T]
    _need_factors(len(values))

    def encode(drawn: Array) -> Array:
        chosen = [value[index] for value, index in zip(values, drawn.T, strict=True)]
        return checked_codes(encoder(np.stack(chosen, axis=1)), "the encoder's codes")

    return Grid([len(value) for value in values], encode, seed)


def _need_factors(count: int) -> None:
    if count < 2:
        raise ValueError(f"{count} factor: at least 2 needed to tell which one is held")
