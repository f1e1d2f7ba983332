"""Any two settings beside each other: what the page's script shows their difference with."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from aebench.data import Array
from aebench.fit import compares_seeds
from aebench.registry import metrics
from aebench.report.tables import settings
from aebench.statistics import holm, paired_p_values, pseudo_values
from aebench.summary import Score, read_rows

FIRST, SECOND, ALIKE, UNTESTED = "1", "2", "=", "-"
"""What is said of a pair: the first is better, the second, neither by a test, or no test."""
SIGNIFICANCE = 0.05

Place = tuple[str, str, str]
"""Data set, hardware and metric."""
Values = dict[Place, dict[str, dict[int, float]]]
"""Place to setting to seed to score."""


def read_values(tables: Path) -> Values:
    """Every score and cost of every seed."""
    found: Values = {}
    for name in ("scores", "costs"):
        for row in read_rows(tables / f"{name}.csv"):
            if row["value"]:
                place = row["dataset"], row["hardware"], row["metric"]
                of_setting = found.setdefault(place, {}).setdefault(row["setting"], {})
                of_setting[int(row["seed"])] = float(row["value"])
    return found


def pairs(plan: Mapping[str, Any], values: Values, scores: Sequence[Score]) -> dict[str, Any]:
    """``seeds``: data set, hardware, metric and setting to its scores, one for each of the plan's
    seeds, None where it has none, and pseudo-values of what compares seeds. ``verdicts``: data set,
    hardware and metric to one letter of `FIRST`, `SECOND`, `ALIKE`, `UNTESTED` for each two of the
    data set's settings, in the order of `itertools.combinations`. ``quantiles``: of Student's t, at
    97.5 %, for so many pairs of seeds.
    """
    best: dict[Place, dict[str, bool]] = {}
    apart: dict[Place, set[str]] = {}
    for score in scores:
        place = score.dataset, score.hardware, score.metric
        if score.p_value == score.p_value:
            best.setdefault(place, {})[score.setting] = score.tied
        if score.apart:
            apart.setdefault(place, set()).add(score.setting)
    by_seed: dict[str, Any] = {}
    said: dict[str, Any] = {}
    for place, of_settings in values.items():
        dataset, hardware, metric = place
        in_order = [each["setting"] for each in settings(dict(plan), dataset=dataset)]
        table = np.array([_row(of_settings.get(name, {}), plan["seeds"]) for name in in_order])
        if compares_seeds(metrics()[metric]):
            table = pseudo_values(table)
        by_seed.setdefault(dataset, {}).setdefault(hardware, {})[metric] = {
            name: [None if np.isnan(value) else float(f"{value:.6g}") for value in row]
            for name, row in zip(in_order, table, strict=True)
            if not np.isnan(row).all()
        }
        better = metrics()[metric].properties["better"]
        if better != "neither":
            standing = [best.get(place, {}).get(name) for name in in_order]
            table[[name in apart.get(place, ()) for name in in_order]] = np.nan
            letters = verdicts(table if better == "higher" else -table, standing)
            said.setdefault(dataset, {}).setdefault(hardware, {})[metric] = letters
    quantiles = {n: float(stats.t.ppf(0.975, n - 1)) for n in range(2, len(plan["seeds"]) + 1)}
    return {"seeds": by_seed, "verdicts": said, "quantiles": quantiles}


def unscored(datasets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Data set, hardware, metric and setting to what stands for a mean where a metric fits and has
    none: ``failed``, or ``∞`` (`aebench.report.tables.perfect`). ``datasets`` are the page's.
    """
    found: dict[str, Any] = {}
    for content in datasets:
        of_dataset = found.setdefault(content["description"].name, {})
        for table in (*content["scores"], content["costs"]):
            for row in table["rows"]:
                for cell in row["cells"]:
                    if cell["fits"] and cell["score"] is None:
                        of_metric = of_dataset.setdefault(row["hardware"], {})
                        said = "∞" if cell["perfect"] else "failed"
                        of_metric.setdefault(cell["metric"], {})[row["setting"]] = said
    return found


def _row(of_seeds: Mapping[int, float], seeds: Sequence[int]) -> list[float]:
    return [of_seeds.get(seed, float("nan")) for seed in seeds]


def verdicts(scores: Array, standing: Sequence[bool | None]) -> str:
    """A letter for each two rows of ``scores`` (settings, seeds), higher is better.

    Two-sided paired t-tests over seeds, Holm-adjusted over all pairs of rows without a gap; others
    are not tested, nor is anything with one seed. ``standing`` says of each row that was tested
    against the best whether it is tied: a row that is has no verdict against the best here either,
    for there the best's tests carry the whole family (`aebench.statistics.mark_winner`).
    """
    both = np.array(list(combinations(range(len(scores)), 2)), int).reshape(-1, 2)
    differences = scores[both[:, 0]] - scores[both[:, 1]]
    adjusted = np.array(holm(list(paired_p_values(differences))))
    means = differences.mean(axis=1)
    winner = _winner(scores, standing)
    letters = []
    for (first, second), p, mean in zip(both, adjusted, means, strict=True):
        against_best = winner in (first, second)
        tied = against_best and standing[second if first == winner else first] is True
        if np.isnan(p):
            letters.append(UNTESTED)
        elif p > SIGNIFICANCE or tied:
            letters.append(ALIKE)
        else:
            letters.append(FIRST if mean > 0 else SECOND)
    return "".join(letters)


def _winner(scores: Array, standing: Sequence[bool | None]) -> int:
    """The row without a gap that was tested against nobody, being the best; -1 where none was."""
    tested = any(each is not None for each in standing)
    whole = [
        row
        for row, tied in enumerate(standing)
        if tied is None and tested and np.isfinite(scores[row]).all()
    ]
    return max(whole, key=lambda row: float(scores[row].mean()), default=-1)
