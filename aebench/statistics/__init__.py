"""Doubt, as numbers: intervals over seeds and samples, and the test behind every "better"."""

from aebench.statistics.aggregates import (
    Estimate,
    interquartile_mean,
    interquartile_mean_interval,
    probability_of_improvement,
    probability_of_improvement_interval,
)
from aebench.statistics.comparisons import (
    SignedRank,
    cohens_d,
    paired_p_value,
    paired_p_values,
    signed_rank_test,
)
from aebench.statistics.families import Verdict, fewest_pairs, holm, verdicts
from aebench.statistics.intervals import (
    Interval,
    bootstrap_interval,
    coverage_bound,
    mean_interval,
    score_interval,
)
from aebench.statistics.jackknife import pseudo_values
from aebench.statistics.rankings import (
    Friedman,
    RankComparison,
    compare_ranks,
    fewest_blocks,
    friedman_test,
    indistinguishable_groups,
    nemenyi_critical_difference,
    ranks,
)
from aebench.statistics.scores import Better
from aebench.statistics.winners import Mark, Standing, mark_winner

__all__ = [
    "Better",
    "Estimate",
    "Friedman",
    "Interval",
    "Mark",
    "RankComparison",
    "SignedRank",
    "Standing",
    "Verdict",
    "bootstrap_interval",
    "cohens_d",
    "compare_ranks",
    "coverage_bound",
    "fewest_blocks",
    "fewest_pairs",
    "friedman_test",
    "holm",
    "indistinguishable_groups",
    "interquartile_mean",
    "interquartile_mean_interval",
    "mark_winner",
    "mean_interval",
    "nemenyi_critical_difference",
    "paired_p_value",
    "paired_p_values",
    "probability_of_improvement",
    "probability_of_improvement_interval",
    "pseudo_values",
    "ranks",
    "score_interval",
    "signed_rank_test",
    "verdicts",
]
