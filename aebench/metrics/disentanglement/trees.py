"""Regression trees of depth 3 with exact splits, on columns sorted once for thousands of trees.

A node hands its order of every column on to its children, and the gains of all its splits are one
cumulative sum. What is split is scikit-learn's choice: in single precision, between values that
differ by more than 1e-7, by the squared error removed.
"""

from typing import NamedTuple

import numpy as np

from aebench.data import Array

DEPTH = 3
NODES: int = 2**DEPTH - 1
INDISTINCT = np.float32(1e-7)
PURE = np.finfo(float).eps
ROUNDING = 1e-10  # gains closer than this, as a share, are equal
FIXED_POINT = 2.0**40  # residuals as integers: their sums are exact, and several times faster
ALIKE = 2 * FIXED_POINT * PURE**0.5  # a range that leaves a variance of no more than PURE


class Columns(NamedTuple):
    """Codes as trees read them."""

    values: Array  # float32 (d, n)
    order: Array  # int (d, n), what sorts each row
    ranks: Array  # int (d, n), equal where values are indistinct
    counts: Array  # 1.0, 2.0, ..., n
    inverses: Array  # of those
    scratch: Array  # float (d * n,): fresh memory for every node would cost more than the sums


class Tree(NamedTuple):
    """Per node of a full binary tree (children of i: 2i + 1, 2i + 2); then per sample."""

    features: Array  # int (7,)
    thresholds: Array  # float (7,); infinite: everything goes left
    gains: Array  # float (7,): squared error removed
    leaves: Array  # int (n,), 0 to 7


def sorted_columns(codes: Array) -> Columns:
    """Codes float (n, d) made ready for `grown`."""
    values = np.ascontiguousarray(codes.T, np.float32)
    order = np.argsort(values, axis=1, kind="stable")
    ascending = np.take_along_axis(values, order, axis=1)
    rises = np.diff(ascending, axis=1, prepend=ascending[:, :1]) > INDISTINCT
    ranks = np.empty(values.shape, np.int32)
    np.put_along_axis(ranks, order, rises.cumsum(1, dtype=np.int32), axis=1)
    counts = np.arange(1.0, len(codes) + 1)
    return Columns(values, order, ranks, counts, 1 / counts, np.empty(values.size))


def grown(residual: Array, columns: Columns, random: np.random.Generator) -> Tree:
    """The tree that greedily removes most squared error from ``residual`` (n,), all within [-1, 1].

    Equally good dimensions (copies of each other) are chosen among at random.
    """
    fixed = (residual * FIXED_POINT).astype(np.int64)
    tree = Tree(
        np.zeros(NODES, int),
        np.full(NODES, np.inf),
        np.zeros(NODES),
        np.zeros(len(residual), int),
    )
    right = np.zeros(len(residual), bool)
    waiting = [(0, columns.order)]
    while waiting:
        node, order = waiting.pop()  # (d, samples of the node)
        gain, feature, cut = _best_split(fixed, columns, order, random)
        if gain <= PURE * order.shape[1]:
            tree.leaves[order[0]] = _leftmost_leaf(node)
            continue
        around = columns.values[feature, order[feature, cut - 1 : cut + 1]]
        tree.features[node], tree.thresholds[node] = feature, around.mean(dtype=float)
        tree.gains[node] = gain
        right[order[feature, :cut]], right[order[feature, cut:]] = False, True
        mixed = []
        for child, samples in enumerate(np.split(order[feature], [cut]), 2 * node + 1):
            if child >= NODES or np.ptp(fixed[samples]) <= ALIKE:
                tree.leaves[samples] = _leftmost_leaf(child)
            else:
                mixed.append(child)
        waiting += zip(mixed, _parts(order, right, mixed), strict=True)
    return tree


def _parts(order: Array, right: Array, children: list[int]) -> list[Array]:
    """The orders of those children, still sorted; those with an even number go right."""
    if not children:
        return []
    away, flat = right.take(order).ravel(), order.ravel()
    sides = [~away if child % 2 else away for child in children]
    return [flat.take(np.flatnonzero(side)).reshape(len(order), -1) for side in sides]


def _leftmost_leaf(node: int) -> int:
    """Where samples of a node that is not split end up, as `leaves_of` finds it."""
    return node - NODES if node >= NODES else _leftmost_leaf(2 * node + 1)


def _best_split(
    fixed: Array, columns: Columns, order: Array, random: np.random.Generator
) -> tuple[float, int, int]:
    """The squared error removed, the feature, and how many samples in its order go left."""
    size = order.shape[1]
    if size < 2:
        return 0.0, 0, 0
    running = fixed.take(order)  # (d, size)
    running.cumsum(1, out=running)
    gain = columns.scratch[: running.size - len(order)].reshape(len(order), -1)
    gain[:] = running[:, :-1]
    gain -= columns.counts[: size - 1] * (running[0, -1] / size)
    gain *= gain
    inverse = columns.inverses[: size - 1]
    gain *= inverse + inverse[::-1]
    rows = np.arange(len(order))
    places = gain.argmax(1)
    best = gain[rows, places]
    # A gain between indistinct values does not count, but bounds its row's: check winners only.
    while best.max() > 0:
        winners = np.flatnonzero(best >= best.max() * (1 - ROUNDING))
        void = [
            row for row in winners if _indistinct(columns.ranks, order, int(row), int(places[row]))
        ]
        if not void:
            winner = winners[random.integers(len(winners))] if len(winners) > 1 else winners[0]
            return best[winner] / FIXED_POINT**2, int(winner), int(places[winner]) + 1
        for row in void:
            ranks = columns.ranks[row].take(order[row])
            gain[row] *= ranks[1:] > ranks[:-1]
            places[row] = gain[row].argmax()
            best[row] = gain[row, places[row]]
    return 0.0, 0, 0


def _indistinct(ranks: Array, order: Array, row: int, place: int) -> bool:
    """Whether a row's values on both sides of a place cannot be told apart."""
    return bool(ranks[row, order[row, place]] == ranks[row, order[row, place + 1]])


def leaves_of(tree: Tree, values: Array) -> Array:
    """The leaf of each column of float32 (d, n), 0 to 7."""
    node = np.zeros(values.shape[1], int)
    samples = np.arange(values.shape[1])
    for _ in range(DEPTH):
        node = 2 * node + 1 + (values[tree.features[node], samples] > tree.thresholds[node])
    return np.asarray(node - NODES)
