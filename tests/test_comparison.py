"""Tables: failed seeds are counted, the best is marked, and who ties with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aebench import comparison, registry
from aebench.files import write_json, write_text
from aebench.provenance import RECORD
from aebench.results import RunResults
from aebench.statistics import mean_interval, paired_p_value, pseudo_values


def run(folder: Path, setting: str, seed: int, psnr: float | None, reason: str = "") -> RunResults:
    """One run with one score, or failed."""
    where = folder / setting / str(seed)
    status = {"status": "failed" if reason else "completed", "reason": reason or None}
    write_json(where / RECORD, {**status, "failed_step": "train" if reason else None})
    if reason:
        write_text(where / "scores.json", "")
    elif psnr is None:
        write_json(where / "scores.json", {"values": {}, "failures": {"psnr": "the value is nan"}})
    else:
        write_json(where / "scores.json", {"values": {"psnr": psnr}, "failures": {}})
    scores = {"reconstruction": where}
    return RunResults(
        "cpu", "digits", setting, setting, {}, seed, where, where, {"encode": where}, scores
    )


@pytest.fixture
def table(tmp_path: Path) -> pd.DataFrame:
    """Three seeds each of a good, an equal, a bad and a failing setting."""
    values = {"good": [20.0, 21, 22], "equal": [20.1, 20.8, 21.9], "bad": [10.0, 11, 12.1]}
    runs = [run(tmp_path, s, seed, v) for s, vs in values.items() for seed, v in enumerate(vs)]
    runs += [run(tmp_path, "failing", 0, 99.0), run(tmp_path, "failing", 1, None)]
    runs += [run(tmp_path, "failing", 2, None, "RuntimeError: no")]
    return comparison.scores(runs)


def test_every_failure_is_a_row(table: pd.DataFrame) -> None:
    failed = comparison.failures(table)
    assert list(failed["reason"]) == ["the value is nan", "RuntimeError: no"]
    assert list(failed["step"]) == ["measure", "train"]


def test_standing(table: pd.DataFrame) -> None:
    summary = comparison.summary(table).set_index("setting")
    assert bool(summary.loc["good", "best"]) and bool(summary.loc["equal", "tied"])
    assert not summary.loc["bad", "best"] and not summary.loc["bad", "tied"]
    assert summary.loc["good", "seeds"] == 3 and summary.loc["good", "failed"] == 0


def test_a_setting_with_failed_seeds_never_leads(table: pd.DataFrame) -> None:
    row = comparison.summary(table).set_index("setting").loc["failing"]
    assert row["seeds"] == 1 and row["failed"] == 2
    assert not row["best"] and not row["tied"] and row["rank"] == 4
    assert np.isnan(row["p_value"])


def test_the_best_is_tested_as_one_of_all_pairs(table: pd.DataFrame) -> None:
    summary = comparison.summary(table).set_index("setting")
    scored = table.pivot(index="seed", columns="setting", values="value")
    p = paired_p_value(list(scored["good"]), list(scored["bad"]))
    # three settings have all their seeds: the smallest of their three p values counts three times
    assert summary.loc["bad", "p_value"] == pytest.approx(3 * p)
    assert summary["p_value"].isna()["good"] and summary.loc["good", "rank"] == 1


def test_with_one_seed_there_is_a_best_and_neither_interval_nor_test(tmp_path: Path) -> None:
    runs = [run(tmp_path, setting, 0, value) for setting, value in (("high", 2.0), ("low", 1.0))]
    summary = comparison.summary(comparison.scores(runs)).set_index("setting")
    assert summary["best"].to_dict() == {"high": True, "low": False}
    assert summary[["low", "high", "p_value"]].isna().all(axis=None)
    assert not summary["tied"].any()


def fabricated(metric: str, values: dict[str, list[float]]) -> pd.DataFrame:
    """Scores of settings of the digits, as `comparison.scores` gives them."""
    columns = ["hardware", "dataset", "variant", "setting", "seed", "group", "metric", "value"]
    group = registry.metrics()[metric].properties["group"]
    rows = [
        ["cpu", "digits", name.split(",")[0], name, seed, group, metric, value]
        for name, of_seeds in values.items()
        for seed, value in enumerate(of_seeds)
    ]
    return pd.DataFrame(rows, columns=columns)


def test_densities_of_another_likelihood_have_an_interval_and_no_rank(tmp_path: Path) -> None:
    names: dict[str, dict[str, str]] = {
        "vae": {},
        "sigma-vae": {},
        "vae,likelihood=gaussian": {"likelihood": "gaussian"},
    }
    names |= {"iwae": {"likelihood": "bernoulli"}}
    runs = [
        replace(run(tmp_path, name, 0, 1.0), variant=name.split(",")[0], values=given)
        for name, given in names.items()
    ]
    apart = comparison.unlike(runs)
    assert apart == {("digits", "sigma-vae"), ("digits", "vae,likelihood=gaussian")}
    values: dict[str, list[float]] = {
        "vae": [-24.0, -25.0],
        "sigma-vae": [6.0, 7.0],
        "vae,likelihood=gaussian": [-60, -61],
    }
    values |= {"iwae": [-23.0, -23.5]}
    table = fabricated("iwae_bound", values)
    summary = comparison.summary(table, apart).set_index("setting")
    assert summary.loc[["iwae", "vae"], "rank"].tolist() == [1, 2] and summary.loc["iwae", "best"]
    out = summary.loc[["sigma-vae", "vae,likelihood=gaussian"]]
    assert out["rank"].isna().all() and not out["best"].any() and out["p_value"].isna().all()
    assert out["low"].notna().all()
    assert set(comparison.alike(table, apart)["setting"]) == {"iwae", "vae"}
    others = fabricated("psnr", values)
    assert comparison.summary(others, apart)["rank"].notna().all()
    assert len(comparison.alike(others, apart)) == len(others)


def test_what_compares_seeds_has_the_interval_of_a_jackknife() -> None:
    values = {"ae": [0.5, 0.6, 0.55], "vae": [0.4, 0.4, 0.4]}
    summary = comparison.summary(fabricated("udr", values)).set_index("setting")
    interval = mean_interval(list(pseudo_values(np.array(values["ae"]))))
    np.testing.assert_allclose(summary.loc["ae", ["mean", "low", "high"]].astype(float), interval)
    assert summary.loc["ae", "seeds"] == 3
    two = comparison.summary(fabricated("udr", {name: v[:2] for name, v in values.items()}))
    assert two["seeds"].tolist() == [2, 2] and two[["low", "p_value"]].isna().all(axis=None)


def test_every_table_is_written_as_csv_and_parquet(tmp_path: Path) -> None:
    runs = [run(tmp_path, setting, seed, 1.0) for setting in ("ae", "vae") for seed in (0, 1)]
    comparison.write(tmp_path / "tables", runs)
    names = {path.name for path in (tmp_path / "tables").iterdir()}
    assert {"scores.csv", "comparisons.csv", "rankings.parquet", "costs-rankings.csv"} <= names
    assert len(names) == 2 * 11
    first = (tmp_path / "tables" / "comparisons.csv").read_bytes()
    comparison.write(tmp_path / "tables", runs)
    assert (tmp_path / "tables" / "comparisons.csv").read_bytes() == first
