"""Comparisons and rankings over all data sets: what they count, leave out, and may claim."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from aebench.across_datasets.blocks import contests
from aebench.across_datasets.pairs import comparisons, improvements
from aebench.across_datasets.rankings import FEWEST_DATASETS, common, rankings
from aebench.statistics import (
    nemenyi_critical_difference,
    probability_of_improvement,
    probability_of_improvement_interval,
    signed_rank_test,
)

Value = Callable[[int, int, int], float | None]
"""Of a setting's, a data set's and a seed's number; none where the run failed."""


def scores(
    value: Value, settings: int, datasets: int, seeds: int, metric: str = "psnr"
) -> pd.DataFrame:
    """A table as `aebench.comparison.scores` makes it."""
    rows: list[dict[str, Any]] = []
    for setting, dataset, seed in product(range(settings), range(datasets), range(seeds)):
        found = value(setting, dataset, seed)
        rows.append(
            {
                "hardware": "cpu",
                "dataset": f"data-{dataset}",
                "variant": f"setting-{setting}",
                "setting": f"setting-{setting}",
                "seed": seed,
                "group": "reconstruction",
                "metric": metric,
                "value": found,
                "step": "" if found is not None else "measure",
                "reason": "" if found is not None else "the value is nan",
            }
        )
    return pd.DataFrame(rows)


def noisy(setting: int, dataset: int, seed: int) -> float:
    """Later settings are higher on average, data sets have scales of their own."""
    random = np.random.default_rng([setting, dataset, seed])
    return 10.0 * dataset + setting + float(random.normal())


def test_a_comparison_is_that_of_the_public_functions() -> None:
    table = scores(noisy, settings=3, datasets=4, seeds=3)
    row = comparisons(table).to_dict("records")[0]
    assert (row["first"], row["second"]) == ("setting-0", "setting-1")
    first, second = (
        np.array([[noisy(setting, d, seed) for d in range(4)] for seed in range(3)])
        for setting in (0, 1)
    )
    test = signed_rank_test(first, second)
    assert row["pairs"] == 12 and row["datasets"] == 4
    assert row["p_value"] == test.p_value and row["rank_biserial"] == test.rank_biserial
    assert row["adjusted_p_value"] >= row["p_value"] >= row["smallest_p_value"]
    assert row["improvement"] == pytest.approx(probability_of_improvement(first, second))


def test_improvement_has_the_interval_of_the_public_function() -> None:
    values = np.random.default_rng(0).normal(size=(2, 5, 4)) + np.array([0.5, 0])[:, None, None]
    (found,) = improvements(values, [(0, 1)])
    expected = probability_of_improvement_interval(values[0], values[1], np.random.default_rng(1))
    assert found.value == pytest.approx(expected.value)
    # two bootstraps of the same distribution, in steps of 1 / 100
    assert found.low == pytest.approx(expected.low, abs=0.02)
    assert found.high == pytest.approx(expected.high, abs=0.02)


def test_improvement_of_what_always_leads_is_exactly_one() -> None:
    values = np.arange(2 * 3 * 7.0).reshape(2, 3, 7)
    assert improvements(values, [(1, 0)]) == [(1.0, 1.0, 1.0)]
    assert improvements(values, [(0, 1)]) == [(0.0, 0.0, 0.0)]


def test_improvement_over_a_data_set_with_one_run_has_no_interval() -> None:
    values = np.random.default_rng(0).normal(size=(3, 3, 2))
    values[2, 1:, 1] = np.nan
    alone, whole = improvements(values, [(0, 2), (0, 1)])
    assert np.isfinite(alone.value) and np.isnan([alone.low, alone.high]).all()
    assert whole.low <= whole.value <= whole.high


@pytest.mark.parametrize(("metric", "first", "second"), [("psnr", -1, 1), ("mse", 1, -1)])
def test_better_is_said_in_the_direction_of_the_metric(
    metric: str, first: int, second: int
) -> None:
    (row,) = comparisons(scores(noisy_apart, 2, 3, 4, metric)).to_dict("records")
    better = {-1: "second is better", 1: "first is better"}[first]
    assert row["verdict"] == better and np.sign(row["rank_biserial"]) == first == -second
    ranked = rankings(scores(noisy_apart, 2, 3, 4, metric)).set_index("setting")["average_rank"]
    assert ranked.idxmin() == ("setting-1" if metric == "psnr" else "setting-0")


def noisy_apart(setting: int, dataset: int, seed: int) -> float:
    """The second setting is always higher."""
    return noisy(20 * setting, dataset, seed)


def test_few_pairs_are_said_to_be_too_few_however_far_apart() -> None:
    table = comparisons(scores(noisy_apart, settings=2, datasets=2, seeds=2))
    assert list(table["verdict"]) == ["too few pairs"]
    assert list(table["smallest_p_value"]) == [0.125]


def test_a_metric_without_a_direction_is_not_compared() -> None:
    table = scores(noisy, 3, 2, 2, metric="kl")
    assert comparisons(table).empty and rankings(table).empty


def test_enough_data_sets_are_the_blocks_and_few_are_taken_with_their_seeds() -> None:
    many = rankings(scores(noisy, 6, FEWEST_DATASETS, 3))
    assert set(many["block"]) == {"data set"} and set(many["blocks"]) == {FEWEST_DATASETS}
    few = rankings(scores(noisy, 6, FEWEST_DATASETS - 1, 3))
    assert set(few["block"]) == {"data set and seed"}
    assert set(few["blocks"]) == {3 * (FEWEST_DATASETS - 1)}
    assert few["critical_difference"].iloc[0] == nemenyi_critical_difference(6, few["blocks"][0])


def test_rankings_find_what_is_far_apart_and_join_what_is_not() -> None:
    def value(setting: int, dataset: int, seed: int) -> float:
        return noisy(0, dataset, seed + 10 * setting) + (100 if setting == 5 else 0)

    table = rankings(scores(value, 6, 4, 5)).set_index("setting")
    assert set(table["verdict"]) == {"different"}
    assert table.loc["setting-5", "average_rank"] == 1 and table.loc["setting-5", "groups"] == ""
    assert set(table.drop("setting-5")["groups"]) == {"1"}
    middle = table.loc["setting-5", ["rank_iqm", "rank_iqm_low", "rank_iqm_high"]]
    assert list(middle) == [1, 1, 1]


def test_a_block_where_a_setting_failed_is_left_out_for_all() -> None:
    def value(setting: int, dataset: int, seed: int) -> float | None:
        return None if (setting, dataset, seed) == (1, 0, 2) else noisy(setting, dataset, seed)

    table = rankings(scores(value, 4, 3, 3))
    assert set(table["left_out"]) == {1} and set(table["blocks"]) == {8}
    assert set(table["settings"]) == {4} and set(table["settings_left_out"]) == {0}


def test_a_setting_that_failed_everywhere_is_not_ranked() -> None:
    table = rankings(scores(lambda *at: None if at[0] == 1 else noisy(*at), 4, 3, 3))
    assert set(table["setting"]) == {"setting-0", "setting-2", "setting-3"}
    assert set(table["left_out"]) == {0}


def test_settings_that_share_no_block_say_so_and_have_no_rank() -> None:
    table = rankings(scores(lambda *at: None if at[0] % 2 == at[2] % 2 else noisy(*at), 2, 2, 2))
    assert set(table["verdict"]) == {"too few blocks"} and set(table["blocks"]) == {0}
    assert table["average_rank"].isna().all() and set(table["left_out"]) == {4}


def test_one_block_has_ranks_and_no_test() -> None:
    table = rankings(scores(noisy_apart, 3, 1, 1))
    assert sorted(table["average_rank"]) == [1, 2, 3]
    assert set(table["verdict"]) == {"too few blocks"} and set(table["groups"]) == {"1"}
    assert table["f_p_value"].isna().all()


def test_a_setting_for_some_data_sets_alone_takes_none_from_the_others() -> None:
    whole = scores(noisy, 4, 6, 2)
    table = whole[(whole["setting"] != "setting-3") | (whole["dataset"] == "data-0")]
    found = rankings(table)
    assert set(found["settings"]) == {3} and set(found["settings_left_out"]) == {1}
    assert set(found["datasets"]) == {6} and set(found["left_out"]) == {0}
    with_it = comparisons(table)["second"] == "setting-3"
    assert set(comparisons(table)[with_it]["datasets"]) == {1}


def test_what_is_common_is_complete_and_drops_the_emptiest_first() -> None:
    asked = np.ones((3, 4), bool)
    assert common(asked) == ([0, 1, 2], [0, 1, 2, 3])
    asked[1, :3] = False
    assert common(asked) == ([0, 2], [0, 1, 2, 3])
    asked[:, 3] = [True, False, False]
    assert common(asked) == ([0, 2], [0, 1, 2])


def test_hardware_and_metrics_are_contests_of_their_own() -> None:
    table = pd.concat(
        scores(noisy, 2, 2, 2, metric).assign(hardware=kind)
        for kind in ("cpu", "cuda")
        for metric in ("psnr", "mse")
    )
    found = [(contest.where["hardware"], contest.where["metric"]) for contest in contests(table)]
    assert sorted(found) == [("cpu", "mse"), ("cpu", "psnr"), ("cuda", "mse"), ("cuda", "psnr")]
