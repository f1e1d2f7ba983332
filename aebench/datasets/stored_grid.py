"""Factor grids that are published as one file, too large for memory: every sample, in order."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from aebench.data import Array, Splits
from aebench.datasets import factor_grid


def split(
    sizes: Sequence[int],
    read: Callable[[int, int], Array],
    block: int,
    train: int,
    validation: int,
    test: int,
) -> Splits:
    """The splits that `aebench.datasets.factor_grid.split` draws, of stored samples.

    ``sizes`` are the numbers of values of the k factors, the last of which changes from row to row;
    for ``read`` and ``block`` see `rows`. Raises `ValueError` where more are asked for than the
    grid has.
    """
    numbered = factor_grid.split(
        sizes,
        lambda factors: np.ravel_multi_index(tuple(factors.T), sizes),
        train,
        validation,
        test,
    ).named
    wanted = np.concatenate([part.inputs for part in numbered.values()])
    inputs = np.split(rows(wanted, read, block), [train, train + validation])
    first, second, third = (
        replace(part, inputs=own) for part, own in zip(numbered.values(), inputs, strict=True)
    )
    return Splits(train=first, validation=second, test=third)


def rows(wanted: Array, read: Callable[[int, int], Array], block: int) -> Array:
    """Rows ``wanted`` int64 (n,), in any order, each at most once, of a stored array: (n, …).

    ``read(start, stop)`` gives rows from ``start`` to below ``stop``, fewer at the end; it is
    called for the blocks of ``block`` rows that hold a wanted one, in ascending order.
    """
    order = np.argsort(wanted)
    ascending = wanted[order]
    found = []
    for start in np.unique(ascending // block) * block:
        first, last = np.searchsorted(ascending, [start, start + block])
        found.append(read(start, start + block)[ascending[first:last] - start])
    picked = np.concatenate(found)
    result = np.empty_like(picked)
    result[order] = picked
    return result
