"""Pseudo-values against the jackknife written out, and the coverage that they are for."""

from itertools import combinations

import numpy as np
import pytest

from aebench.data import Array
from aebench.statistics import mean_interval, pseudo_values


def means_over_pairs(pairs: Array) -> Array:
    """What each seed says: the mean over its pairs (seeds, seeds) with the others."""
    seeds = len(pairs)
    return np.array([np.delete(pairs[seed], seed).mean() for seed in range(seeds)])


def drawn(seeds: int, generator: np.random.Generator, of_seeds: float = 0.0) -> Array:
    """Symmetric values of pairs, with a share that belongs to the seeds."""
    noise = np.triu(generator.normal(size=(seeds, seeds)), 1)
    own = of_seeds * generator.normal(size=seeds)
    return np.asarray(noise + noise.T + own[:, None] + own[None])


@pytest.mark.parametrize("seeds", [3, 4, 7])
def test_they_are_the_jackknife_of_the_mean_over_pairs(seeds: int) -> None:
    pairs = drawn(seeds, np.random.default_rng(seeds))

    def mean_without(left_out: int) -> float:
        kept = [seed for seed in range(seeds) if seed != left_out]
        return float(np.mean([pairs[a, b] for a, b in combinations(kept, 2)]))

    whole = mean_without(-1)
    expected = [seeds * whole - (seeds - 1) * mean_without(seed) for seed in range(seeds)]
    np.testing.assert_allclose(pseudo_values(means_over_pairs(pairs)), expected)


@pytest.mark.parametrize("of_seeds", [0.0, 1.0])
def test_their_intervals_hold_what_they_should(of_seeds: float) -> None:
    generator = np.random.default_rng(0)
    held = {"as they are": 0, "pseudo-values": 0}
    for _ in range(1000):
        values = means_over_pairs(drawn(3, generator, of_seeds))
        for name, each in (("as they are", values), ("pseudo-values", pseudo_values(values))):
            interval = mean_interval(list(each))
            held[name] += interval.low <= 0 <= interval.high
    assert held["as they are"] < 900 < 935 < held["pseudo-values"]


def test_what_is_missing_stays_so_and_two_seeds_are_one_pair() -> None:
    nan = float("nan")
    rows = np.array([[1.0, 2.0, nan, 6.0], [3.0, nan, nan, 3.0], [nan, 5.0, nan, nan]])
    found = pseudo_values(rows)
    np.testing.assert_allclose(found[0], [-5.0, -1.0, nan, 15.0])
    np.testing.assert_array_equal(found[1], [3.0, nan, nan, nan])
    np.testing.assert_array_equal(found[2], [nan, 5.0, nan, nan])
