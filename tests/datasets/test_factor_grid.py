"""Splits of a factor grid are disjoint, fixed, and no larger than the grid."""

import numpy as np
import pytest

from aebench.data import Array
from aebench.datasets.factor_grid import split


def digits(factors: Array) -> Array:
    """The tuple as its own sample."""
    return factors.astype(np.uint8)


def test_a_whole_grid_is_dealt_out_once() -> None:
    splits = split((3, 4, 5), digits, train=30, validation=10, test=20)
    assert [len(part.inputs) for part in splits.named.values()] == [30, 10, 20]
    factors = np.concatenate([part.inputs for part in splits.named.values()])
    assert len(np.unique(factors, axis=0)) == 60


def test_the_same_tuples_are_drawn_at_every_call() -> None:
    first, second = (split((3, 4, 5), digits, 5, 5, 5) for _ in range(2))
    for one, other in zip(first.named.values(), second.named.values(), strict=True):
        np.testing.assert_array_equal(one.inputs, other.inputs)


def test_more_samples_than_the_grid_has_are_refused() -> None:
    with pytest.raises(ValueError, match="61 samples are asked for; the factor grid has 60"):
        split((3, 4, 5), digits, 30, 10, 21)
