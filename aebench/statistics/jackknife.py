"""Doubt of a mean over pairs of seeds, whose values share seeds with each other."""

import numpy as np

from aebench.data import Array


def pseudo_values(values: Array) -> Array:
    """Jackknife pseudo-values (..., seeds) of ``values`` (..., seeds) that are each the mean of a
    seed's pairs with all others: of the same mean, and spread as an interval of independent values
    needs. NaN for a seed without a value.

    Every pair is in two values, which are too alike: here by 2 (n - 1) / (n - 2) for n seeds, of
    which two would be right for pairs that had nothing in common. Two seeds have one pair, and one
    value. Arvesen 1969, "Jackknifing U-statistics"; after Efron & Stein 1981 wide rather than
    narrow.
    """
    array = np.asarray(values, float)
    found = np.full_like(array, np.nan)
    for place in np.ndindex(array.shape[:-1]):
        there = np.flatnonzero(np.isfinite(array[place]))
        count, own = len(there), array[place][there]
        if count < 3:
            found[place][there[:1]] = own[:1]
        else:
            spread = 2 * (count - 1) / (count - 2)
            found[place][there] = own.mean() + spread * (own - own.mean())
    return found
