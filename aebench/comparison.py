"""Tidy tables of every score, intervals over seeds, and which differences stand the test.

Scores of the model and costs of the machine go into tables of their own: the former are the same
bytes whenever they are made, the latter never are.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from aebench.calibration import REFERENCES
from aebench.files import read_json, written_whole
from aebench.provenance import RECORD
from aebench.registry import metrics
from aebench.results import RunResults
from aebench.statistics import holm, mean_interval, paired_p_value

WHERE = ["hardware", "dataset", "variant", "setting"]
SIGNIFICANCE = 0.05
COST = "cost"
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
            record = read_json(folder / RECORD)
            if record["status"] == "failed":
                step, reason = record["failed_step"], record["reason"]
                rows.append([*where, group, "", None, step, reason])
                continue
            content = read_json(folder / "scores.json")
            rows += [[*where, group, m, v, "", ""] for m, v in content["values"].items()]
            rows += [[*where, group, m, None, "measure", r] for m, r in content["failures"].items()]
    columns = [*WHERE, "seed", "group", "metric", "value", "step", "reason"]
    return pd.DataFrame(rows, columns=columns)


def failures(table: pd.DataFrame) -> pd.DataFrame:
    """What failed: one row per run that failed as a whole or metric that failed on one."""
    failed = table[table["reason"] != ""]
    columns = [*WHERE, "seed", "step", "metric", "reason"]
    return failed[columns].drop_duplicates().reset_index(drop=True)


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """One row per setting and metric: mean, 95 % t interval over seeds, and standing.

    ``seeds`` counts the values in the mean, ``failed`` the seeds that gave none. Within a data set,
    hardware and metric, ``rank`` 1 is the best mean; ``p_value`` tests each setting against it
    (paired t over common seeds, Holm-adjusted); ``best`` marks the leader and ``tied`` whoever is
    not significantly worse (nobody with one seed, where nothing is tested). Settings with failed
    seeds never lead.
    """
    rows: list[dict[str, object]] = []
    seeds = table.groupby(["hardware", "dataset", "setting"])["seed"].nunique()
    values = table[table["value"].notna()]
    for where, part in values.groupby(["hardware", "dataset", "group", "metric"], sort=False):
        kind, dataset, group, metric = map(str, where)
        compared = []
        for name, of_setting in part.groupby(["variant", "setting"], sort=False):
            variant, setting = map(str, name)
            interval = mean_interval(list(of_setting["value"]))
            by_seed = of_setting.set_index("seed")["value"]
            compared.append(
                {
                    "hardware": kind,
                    "dataset": dataset,
                    "variant": variant,
                    "setting": setting,
                    "group": group,
                    "metric": metric,
                    **interval._asdict(),
                    "seeds": len(by_seed),
                    "failed": int(seeds.loc[(kind, dataset, setting)]) - len(by_seed),
                    "by_seed": by_seed,
                }
            )
        rows += _standing(compared, metrics()[metric].properties["better"])
    return pd.DataFrame(rows, columns=SUMMARY)


def _standing(compared: list[dict[str, object]], better: str) -> list[dict[str, object]]:
    """Add rank, p value and marks; no order where neither direction is better."""
    if better == "neither":
        return [
            row | {"rank": None, "p_value": None, "best": False, "tied": False} for row in compared
        ]
    sign = -1 if better == "higher" else 1
    ordered = sorted(
        compared, key=lambda row: (bool(row["failed"]), sign * float(str(row["mean"])))
    )
    leader = ordered[0]
    p_values = [float("nan"), *(_p_value(leader, row) for row in ordered[1:])]
    for rank, (row, p) in enumerate(zip(ordered, holm(p_values), strict=True), 1):
        tied = row is not leader and not row["failed"] and p >= SIGNIFICANCE
        row |= {
            "rank": rank,
            "p_value": p,
            "best": row is leader and not row["failed"],
            "tied": tied,
        }
    return compared


def _p_value(first: dict[str, object], second: dict[str, object]) -> float:
    a, b = first["by_seed"], second["by_seed"]
    assert isinstance(a, pd.Series) and isinstance(b, pd.Series)
    common = a.index.intersection(b.index)
    return paired_p_value(list(a[common]), list(b[common]))


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
    folder: Path, runs: Iterable[RunResults], calibrations: Iterable[dict[str, str]] = ()
) -> None:
    """Write ``scores``, ``costs``, their summaries, ``failures`` and ``calibration``, each CSV and
    Parquet.
    """
    table = scores(runs)
    of_cost = table["group"] == COST
    tables = {
        "scores": table[~of_cost],
        "costs": table[of_cost],
        "scores-summary": summary(table[~of_cost]),
        "costs-summary": summary(table[of_cost]),
        "failures": failures(table),
        "calibration": calibration(calibrations),
    }
    for name, content in tables.items():
        with written_whole(folder / f"{name}.csv") as temporary:
            content.to_csv(temporary, index=False)
        with written_whole(folder / f"{name}.parquet") as temporary:
            content.to_parquet(temporary, index=False)
