"""Data sets whose every factor of variation is known: splits drawn from the grid of all samples."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from aebench.data import Array, Split, Splits


def split(
    sizes: Sequence[int],
    render: Callable[[Array], Array],
    train: int,
    validation: int,
    test: int,
) -> Splits:
    """Disjoint splits of the grid of ``prod(sizes)`` factor tuples, the same at every call.

    ``sizes`` are the numbers of values of the k factors; ``render`` turns factor tuples int64
    (n, k), each value from 0 to size - 1, into n samples. Tuples are drawn uniformly without
    replacement. Raises `ValueError` where more are asked for than the grid has.
    """
    total, wanted = math.prod(sizes), train + validation + test
    if wanted > total:
        raise ValueError(f"{wanted:,} samples are asked for; the factor grid has {total:,}")
    drawn = np.random.default_rng(0).permutation(total)[:wanted]
    factors = np.stack(np.unravel_index(drawn, sizes), axis=1).astype(np.int64)
    samples = render(factors)  # all in one call: a renderer may share work within it
    bounds = (0, train, train + validation, wanted)
    first, second, third = (
        Split(samples[start:stop], factors=factors[start:stop]) for start, stop in pairwise(bounds)
    )
    return Splits(train=first, validation=second, test=third)
