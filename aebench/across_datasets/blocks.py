"""Scores of all data sets as the tests over them take them: by setting, seed and data set.

Tests take scores in blocks: what settings share, a data set or a seed on a data set. The seeds of
one data set are not independent of each other as data sets are: what is found over blocks of data
set and seed holds for these data sets and says little about others.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from aebench.data import Array
from aebench.fit import compares_seeds
from aebench.registry import metrics
from aebench.statistics import Better

CONTEST = ["hardware", "group", "metric"]
RESAMPLES = 1000  # the ends of a 95 % interval to a tenth of a standard error
GENERATOR_SEED = 0  # of every interval's own generator, so that none depends on another


class Contest(NamedTuple):
    """One metric on one hardware: ``values`` (settings, seeds, data sets), NaN where there is none.

    ``where`` says which, by the names in ``CONTEST``; ``asked`` (settings, data sets) is whether
    the setting was to be run on the data set at all.
    """

    where: dict[str, str]
    better: Better
    settings: list[str]
    values: Array
    asked: Array


def contests(table: pd.DataFrame) -> Iterator[Contest]:
    """Each hardware and metric with a direction, of a table as `aebench.comparison.scores` gives
    it; only settings, seeds and data sets with a value anywhere. Metrics that compare seeds are
    left out: their values are no independent blocks.
    """
    known = metrics()
    asked = set(table[["hardware", "setting", "dataset"]].itertuples(index=False, name=None))
    for where, part in table[table["value"].notna()].groupby(CONTEST, sort=False):
        better = known[str(where[2])].properties["better"]
        if better == "neither" or compares_seeds(known[str(where[2])]):
            continue
        factors = [pd.factorize(part[axis]) for axis in ("setting", "seed", "dataset")]
        values = np.full([len(names) for _, names in factors], np.nan)
        values[tuple(codes for codes, _ in factors)] = part["value"]
        settings, _, datasets = ([str(name) for name in names] for _, names in factors)
        kind = str(where[0])
        yield Contest(
            dict(zip(CONTEST, map(str, where), strict=True)),
            better,
            settings,
            values,
            np.array([[(kind, s, d) in asked for d in datasets] for s in settings]),
        )
