"""Tidy tables of every score, intervals over seeds, and which differences stand the test.

Scores of the model and costs of the machine go into tables of their own: the former are the same
bytes whenever they are made, the latter never are.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from aebench.across_datasets.bd_rates import bd_rates
from aebench.across_datasets.pairs import comparisons
from aebench.across_datasets.rankings import rankings
from aebench.calibration import REFERENCES
from aebench.data import Array
from aebench.files import read_json, written_whole
from aebench.fit import compares_densities, compares_seeds, of_other_likelihood
from aebench.provenance import RECORD
from aebench.registry import COST, datasets, metrics, variants
from aebench.results import RunResults
from aebench.statistics import Better, Interval, mark_winner, mean_interval, pseudo_values

WHERE = ["hardware", "dataset", "variant", "setting"]
SUMMARY = [*WHERE, "group", "metric", "mean", "low", "high", "seeds", "failed"]
SUMMARY += ["rank", "p_value", "best", "tied"]


def scores(runs: Iterable[RunResults]) -> pd.DataFrame:
    """One row per run and metric: ``WHERE``, seed, group, metric, value, reason.

    ``value`` is missing and ``reason`` given where the run or the metric failed.
    """
    rows = []
    for run in runs:
        where = [run.hardware, run.dataset, run.variant, run.setting, run.seed]
        for group, folder in run.score_folders.items():
            content = run.scores(group)
            if content is None:
                record = read_json(folder / RECORD)
                step, reason = record["failed_step"], record["reason"]
                rows.append([*where, group, "", None, step, reason])
                continue
            rows += [[*where, group, m, v, "", ""] for m, v in content["values"].items()]
            rows += [[*where, group, m, None, "measure", r] for m, r in content["failures"].items()]
    columns = [*WHERE, "seed", "group", "metric", "value", "step", "reason"]
    return pd.DataFrame(rows, columns=columns)


def failures(table: pd.DataFrame) -> pd.DataFrame:
    """What failed: one row per run that failed as a whole or metric that failed on one."""
    failed = table[table["reason"] != ""]
    columns = [*WHERE, "seed", "step", "metric", "reason"]
    return failed[columns].drop_duplicates().reset_index(drop=True)


Unlike = frozenset[tuple[str, str]]
"""Data set and setting."""


def unlike(runs: Iterable[RunResults]) -> Unlike:
    """Settings of another likelihood than their data set's, which its densities are not compared
    with (`aebench.fit.of_other_likelihood`).
    """
    return frozenset(
        (run.dataset, run.setting)
        for run in runs
        if of_other_likelihood(datasets()[run.dataset], variants()[run.variant], run.values)
    )


def alike(table: pd.DataFrame, apart: Unlike) -> pd.DataFrame:
    """The rows of scores that others can be compared with."""
    densities = [name for name, metric in metrics().items() if compares_densities(metric)]
    places = zip(table["dataset"], table["setting"], strict=True)
    of_apart = np.array([place in apart for place in places], bool)
    return table[~(table["metric"].isin(densities) & of_apart)]


def summary(table: pd.DataFrame, apart: Unlike = frozenset()) -> pd.DataFrame:
    """One row per setting and metric: mean, 95 % t interval over seeds (by the jackknife where
    values compare seeds), and standing.

    ``seeds`` counts the values in the mean, ``failed`` the seeds that gave none. Within a data set,
    hardware and metric, ``rank`` 1 is the best mean and ``best``; ``p_value`` tests each other
    setting against it (two-sided paired t over seeds, Holm-adjusted as part of all pairs of
    settings, for the best was picked after looking: `aebench.statistics.mark_winner`), and ``tied``
    marks whoever is not significantly worse at 5 %. With one seed nothing is tested and nobody
    tied; without seeds there is no interval. Settings with failed seeds rank last, untested.
    Densities of those ``apart`` have no rank.
    """
    rows: list[dict[str, object]] = []
    asked = table.groupby(["hardware", "dataset", "setting"])["seed"].nunique().to_dict()
    family = table.drop_duplicates("setting").set_index("setting")["variant"].to_dict()
    values = table[table["value"].notna()]
    for where, part in values.groupby(["hardware", "dataset", "group", "metric"], sort=False):
        kind, dataset, group, metric = map(str, where)
        settings, scored = _by_seed(part)
        counts = np.isfinite(scored).sum(axis=1)
        failed = np.array([asked[kind, dataset, setting] for setting in settings]) - counts
        if compares_seeds(metrics()[metric]):
            scored = pseudo_values(scored)
            scored = scored[:, np.isfinite(scored).any(axis=0)]
        means = [mean_interval(list(row[np.isfinite(row)])) for row in scored]
        better = metrics()[metric].properties["better"]
        counted = np.ones(len(settings), bool)
        if compares_densities(metrics()[metric]):
            counted = np.array([(dataset, setting) not in apart for setting in settings])
        standings = _standings(scored, means, failed > 0, counted, better)
        rows += [
            {
                "hardware": kind,
                "dataset": dataset,
                "variant": family[setting],
                "setting": setting,
                "group": group,
                "metric": metric,
                **means[index]._asdict(),
                "seeds": int(counts[index]),
                "failed": int(failed[index]),
                **standings[index],
            }
            for index, setting in enumerate(settings)
        ]
    return pd.DataFrame(rows, columns=SUMMARY)


def _by_seed(part: pd.DataFrame) -> tuple[list[str], Array]:
    """Settings, and their values of one metric (settings, seeds), NaN where there is none."""
    places, settings = pd.factorize(part["setting"])
    columns, seeds = pd.factorize(part["seed"], sort=True)
    values = np.full((len(settings), len(seeds)), np.nan)
    values[places, columns] = part["value"]
    return [str(setting) for setting in settings], values


def _standings(
    values: Array,
    means: list[Interval],
    failed: Array,
    counted: Array,
    better: Better | Literal["neither"],
) -> list[dict[str, object]]:
    """Rank, p value and marks of each setting that is ``counted``; no order where neither direction
    is better.
    """
    nothing = {"rank": None, "p_value": float("nan"), "best": False, "tied": False}
    standings: list[dict[str, object]] = [dict(nothing) for _ in means]
    if better == "neither":
        return standings
    best = -1
    whole = np.flatnonzero(counted & ~failed)
    if len(whole):
        marked = mark_winner(values[whole].T, better, "t")
        best = int(whole[marked.winner])
        standings[best]["best"] = True
        for index, mark, p in zip(whole, marked.marks, marked.p_values, strict=True):
            if mark in ("worse", "not distinguishable"):
                standings[index] |= {"p_value": p, "tied": mark == "not distinguishable"}
    sign = -1 if better == "higher" else 1
    of_means = sign * np.array([interval.mean for interval in means])
    order = np.lexsort((of_means, np.arange(len(means)) != best, failed))
    for rank, index in enumerate(order[counted[order]], 1):
        standings[index]["rank"] = rank
    return standings


def calibration(places: Iterable[dict[str, str]]) -> pd.DataFrame:
    """One row per data set and metric: what a perfect and a random code score, missing where the
    metric refuses one.
    """
    rows = []
    for place in places:
        found = read_json(Path(place["folder"]) / "calibration.json")
        of_code = {code: content["values"] for code, content in found.items()}
        named = sorted(set().union(*of_code.values()))
        rows += [
            [
                place["dataset"],
                place["group"],
                name,
                *(of_code[code].get(name) for code in REFERENCES),
            ]
            for name in named
        ]
    return pd.DataFrame(rows, columns=["dataset", "group", "metric", *REFERENCES])


def write(
    folder: Path,
    runs: Iterable[RunResults],
    calibrations: Iterable[dict[str, str]] = (),
    codecs: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Write ``scores``, ``costs``, their summaries, ``comparisons`` and ``rankings`` (of costs
    apart, too), ``failures``, ``calibration`` and ``bd-rates``, each CSV and Parquet.
    """
    runs = list(runs)
    table, apart = scores(runs), unlike(runs)
    of_cost = table["group"] == COST
    of_scores, of_costs = table[~of_cost], table[of_cost]
    tables = {
        "scores": of_scores,
        "costs": of_costs,
        "scores-summary": summary(of_scores, apart),
        "costs-summary": summary(of_costs),
        "comparisons": comparisons(alike(of_scores, apart)),
        "costs-comparisons": comparisons(of_costs),
        "rankings": rankings(alike(of_scores, apart)),
        "costs-rankings": rankings(of_costs),
        "failures": failures(table),
        "calibration": calibration(calibrations),
        "bd-rates": bd_rates(of_scores, codecs or {}),
    }
    for name, content in tables.items():
        with written_whole(folder / f"{name}.csv") as temporary:
            content.to_csv(temporary, index=False)
        with written_whole(folder / f"{name}.parquet") as temporary:
            content.to_parquet(temporary, index=False)
