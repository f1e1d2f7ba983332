"""All settings over all data sets at once: average ranks, and what a diagram of them may claim."""

from typing import Any

import numpy as np
import pandas as pd

from aebench.across_datasets.blocks import CONTEST, GENERATOR_SEED, RESAMPLES, Contest, contests
from aebench.data import Array
from aebench.statistics import (
    Better,
    Estimate,
    compare_ranks,
    fewest_blocks,
    interquartile_mean_interval,
    ranks,
)

FEWEST_DATASETS = 5
"""Data sets from which ranks are taken over them alone; fewer decide next to nothing."""

RANKINGS = [*CONTEST, "setting", "settings", "settings_left_out", "block", "blocks", "datasets"]
RANKINGS += ["left_out"]
RANKINGS += ["average_rank", "rank_iqm", "rank_iqm_low", "rank_iqm_high", "groups"]
RANKINGS += ["critical_difference", "chi_square", "p_value", "f_statistic", "f_p_value"]
RANKINGS += ["smallest_p_value", "verdict"]


def rankings(table: pd.DataFrame) -> pd.DataFrame:
    """One row per hardware, metric with a direction and setting, where two or more have values.

    ``block`` says what was ranked within: ``data set`` (means over seeds, as Demšar 2006) where
    there are enough of them (`FEWEST_DATASETS` and `aebench.statistics.fewest_blocks`), else ``data
    set and seed``, where ``p_value`` and groups hold for these data sets only. A setting without
    any value is left out. ``left_out`` counts the pairs of data set and seed that were left out for
    all, because some setting failed there; ``settings_left_out`` the settings that were not ranked,
    because they are not run on all of the data sets (`common`).

    Ranks start at 1, the best. ``rank_iqm`` is the interquartile mean of the setting's ranks over
    data sets and seeds with its 95 % stratified bootstrap interval over seeds: ranks are on one
    scale on every data set, raw scores are not. Friedman's ``chi_square`` and its ``p_value``, Iman
    and Davenport's ``f_statistic`` and ``f_p_value``, Nemenyi's ``critical_difference`` and
    ``verdict`` are those of `aebench.statistics.compare_ranks`; settings that share one of the
    numbers in ``groups`` are not distinguishable.
    """
    rows: list[dict[str, object]] = []
    for contest in contests(table):
        settings, datasets = common(contest.asked)
        if len(settings) > 1:
            rows += _ranked(
                contest._replace(
                    settings=[contest.settings[index] for index in settings],
                    values=contest.values[settings][:, :, datasets],
                ),
                settings_left_out=len(contest.settings) - len(settings),
            )
    return pd.DataFrame(rows, columns=RANKINGS)


def common(asked: Array) -> tuple[list[int], list[int]]:
    """Settings and data sets of ``asked`` (settings, data sets), such that all were asked on all.

    Whatever lacks the largest share of the others, a setting or a data set, goes first.
    """
    settings, datasets = (list(range(size)) for size in asked.shape)
    while (lacking := ~asked[np.ix_(settings, datasets)]).any():
        of_settings, of_datasets = lacking.mean(axis=1), lacking.mean(axis=0)
        if of_settings.max() >= of_datasets.max():
            settings.pop(int(of_settings.argmax()))
        else:
            datasets.pop(int(of_datasets.argmax()))
    return settings, datasets


def _ranked(contest: Contest, settings_left_out: int) -> list[dict[str, object]]:
    there = np.isfinite(contest.values)
    complete = np.asarray(there.all(axis=0))  # (seeds, data sets)
    scores, block = _blocks(contest.values, complete)
    datasets = complete.any(axis=0)
    test = _tested(scores, contest.better)
    groups = test.pop("groups")
    shared = {
        **contest.where,
        "settings": len(contest.settings),
        "settings_left_out": settings_left_out,
        "block": block,
        "blocks": len(scores),
        "datasets": int(datasets.sum()),
        "left_out": int((there.any(axis=0) & ~complete).sum()),
        **test,
    }
    average = [np.nan] * len(contest.settings)
    middles = [Estimate(np.nan, np.nan, np.nan)] * len(contest.settings)
    if len(scores):
        average = list(ranks(scores, contest.better).mean(axis=0))
        middles = _rank_iqms(contest, complete)
    return [
        {
            **shared,
            "setting": setting,
            "average_rank": float(rank),
            "rank_iqm": middle.value,
            "rank_iqm_low": middle.low,
            "rank_iqm_high": middle.high,
            "groups": " ".join(str(n) for n, group in enumerate(groups, 1) if index in group),
        }
        for index, (setting, rank, middle) in enumerate(
            zip(contest.settings, average, middles, strict=True)
        )
    ]


def _blocks(values: Array, complete: Array) -> tuple[Array, str]:
    """Scores (blocks, settings) of what is complete, and what a block is."""
    datasets = np.flatnonzero(complete.any(axis=0))
    if len(datasets) < max(FEWEST_DATASETS, fewest_blocks(len(values))):
        return values[:, complete].T, "data set and seed"
    means = [values[:, complete[:, place], place].mean(axis=1) for place in map(int, datasets)]
    return np.array(means), "data set"


def _rank_iqms(contest: Contest, complete: Array) -> list[Estimate]:
    """Of the ranks (seeds, data sets) of each setting, on the seeds that are complete on every data
    set with any; NaN where no seed is.
    """
    of_runs = np.full(contest.values.shape, np.nan)
    of_runs[:, complete] = ranks(contest.values[:, complete].T, contest.better).T
    datasets = complete.any(axis=0)
    seeds = complete[:, datasets].all(axis=1)
    if not seeds.any():
        return [Estimate(np.nan, np.nan, np.nan)] * len(of_runs)
    return [
        interquartile_mean_interval(
            of_setting[np.ix_(seeds, datasets)],
            np.random.default_rng(GENERATOR_SEED),
            resamples=RESAMPLES,
        )
        for of_setting in of_runs
    ]


def _tested(scores: Array, better: Better) -> dict[str, Any]:
    """What `compare_ranks` says of (blocks, settings); nothing but that, where there is one block
    or none.
    """
    if len(scores) < 2:
        return {"groups": [tuple(range(scores.shape[1]))], "verdict": "too few blocks"}
    found = compare_ranks(scores, better)
    friedman = found.friedman._asdict()
    return {
        "groups": found.groups,
        "critical_difference": found.critical_difference,
        **{name: friedman[name] for name in friedman if name != "average_ranks"},
        "verdict": found.verdict,
    }
