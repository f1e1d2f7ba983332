"""Every two settings over all data sets: does either stand the test, and how often is it better?"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from aebench.across_datasets.blocks import CONTEST, GENERATOR_SEED, RESAMPLES, Contest, contests
from aebench.data import Array
from aebench.statistics import Estimate, holm, signed_rank_test, verdicts

COMPARISONS = [*CONTEST, "first", "second", "datasets", "pairs", "zeros"]
COMPARISONS += ["p_value", "smallest_p_value", "adjusted_p_value", "rank_biserial"]
COMPARISONS += ["improvement", "improvement_low", "improvement_high", "verdict"]

VERDICTS = {"higher": "first is better", "lower": "second is better"}
"""What a verdict says of scores turned so that higher is better."""


def comparisons(table: pd.DataFrame) -> pd.DataFrame:
    """One row per hardware, metric with a direction and two settings that share blocks.

    ``pairs`` are data set and seed where both gave a value: the question is whether the two differ
    on these data sets. Differences are ranked as they are, so those of a data set with a wider
    scale weigh more. ``p_value`` is Wilcoxon's signed-rank test's, ``smallest_p_value`` the least
    that so many pairs can give, ``adjusted_p_value`` Holm's over all pairs of settings of the
    metric. ``rank_biserial`` is the effect size in [-1, 1], positive where the first is better;
    ``improvement`` the probability in [0, 1] that a run of the first beats one of the second on
    the same data set, with its 95 % interval (`improvements`). ``verdict`` is ``first is better``,
    ``second is better``, ``not distinguishable`` or, where no outcome could have been significant
    at 5 % among so many pairs of settings, ``too few pairs``.
    """
    rows: list[dict[str, object]] = []
    for contest in contests(table):
        rows += _compared(contest)
    return pd.DataFrame(rows, columns=COMPARISONS)


def _compared(contest: Contest) -> list[dict[str, object]]:
    turned = contest.values if contest.better == "higher" else -contest.values
    there = np.isfinite(turned)
    pairs = [(a, b) for a, b in combinations(range(len(turned)), 2) if (there[a] & there[b]).any()]
    shared = [there[a] & there[b] for a, b in pairs]
    tests = [
        signed_rank_test(turned[a][both], turned[b][both])
        for (a, b), both in zip(pairs, shared, strict=True)
    ]
    adjusted = holm([test.p_value for test in tests])
    said = verdicts(tests)
    leads = improvements(turned, pairs)
    return [
        {
            **contest.where,
            "first": contest.settings[pair[0]],
            "second": contest.settings[pair[1]],
            "datasets": int(both.any(axis=0).sum()),
            **test._asdict(),
            "adjusted_p_value": p,
            "improvement": lead.value,
            "improvement_low": lead.low,
            "improvement_high": lead.high,
            "verdict": VERDICTS.get(verdict, verdict),
        }
        for pair, both, test, p, verdict, lead in zip(
            pairs, shared, tests, adjusted, said, leads, strict=True
        )
    ]


def improvements(values: Array, pairs: Sequence[tuple[int, int]]) -> list[Estimate]:
    """Probability that a run of the first is better than one of the second on the same data set.

    ``values`` are (settings, seeds, data sets), higher is better, NaN where none; ``pairs`` index
    settings that share some. As `aebench.statistics.probability_of_improvement_interval` (Agarwal
    et al. 2021), of the runs that both have, with one draw of resamples for many pairs. Ends are
    NaN where a data set has a single run.
    """
    of_blocks: dict[bytes, list[tuple[int, int]]] = {}  # most pairs share all blocks
    for pair in pairs:
        both = np.isfinite(values[list(pair)]).all(axis=0)
        of_blocks.setdefault(both.tobytes(), []).append(pair)
    found: dict[tuple[int, int], Estimate] = {}
    for members in of_blocks.values():
        sides = np.array(members)
        found |= zip(members, _improvements(values[sides[:, 0]], values[sides[:, 1]]), strict=True)
    return [found[pair] for pair in pairs]


def _improvements(first: Array, second: Array) -> list[Estimate]:
    """Twice (pairs, seeds, data sets), all pairs with values in the same places."""
    there = np.isfinite(first[0]) & np.isfinite(second[0])
    a, b = first[:, :, None], second[:, None]
    wins = ((a > b) + 0.5 * (a == b)).reshape(len(first), -1).T  # (seeds², data sets) × pairs
    runs = there.sum(axis=0)
    datasets = int((runs > 0).sum())
    once = (there / np.maximum(runs, 1))[None]
    values = (_pair_weights(once, once) @ wins)[0] / datasets
    ends = np.full((2, len(values)), np.nan)
    if runs[runs > 0].min() > 1:
        generator = np.random.default_rng(GENERATOR_SEED)
        weights = _pair_weights(_drawn(there, generator), _drawn(there, generator))
        ends = np.quantile(weights @ wins / datasets, [0.025, 0.975], axis=0)
    table = np.stack([values, *ends], axis=1).round(12)  # 1, and not a last bit less
    return [Estimate(*map(float, row)) for row in table]


def _drawn(there: Array, generator: np.random.Generator) -> Array:
    """How often each run is drawn with replacement among its data set's, as a share of the draws:
    (resamples, seeds, data sets).
    """
    shares = np.zeros((RESAMPLES, *there.shape))
    for dataset in np.flatnonzero(there.any(axis=0)):
        seeds = np.flatnonzero(there[:, dataset])
        drawn = generator.multinomial(len(seeds), np.full(len(seeds), 1 / len(seeds)), RESAMPLES)
        shares[:, seeds, dataset] = drawn / len(seeds)
    return shares


def _pair_weights(first: Array, second: Array) -> Array:
    """Twice (resamples, seeds, data sets) to (resamples, seeds² · data sets)."""
    return np.asarray((first[:, :, None] * second[:, None]).reshape(len(first), -1))
