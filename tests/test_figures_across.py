"""Figures of all data sets draw what the tables say, in words where a test cannot decide."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from aebench.across_datasets.rankings import RANKINGS
from aebench.across_datasets.rankings import rankings as ranked
from aebench.data import Array
from aebench.figures import rankings as reading
from aebench.figures import style
from aebench.figures.critical_difference import draw as draw_differences
from aebench.figures.rank_heat_map import best_groups
from aebench.figures.rank_heat_map import draw as draw_heat_map
from aebench.figures.rankings import Rankings
from aebench.registry import figures_across, metrics
from scripts.draw_across import draw

FIGURES = sorted(figures_across())
GROUPS = {"psnr": "reconstruction", "mse": "reconstruction", "mig": "disentanglement"}
SETTINGS = ["pca", "vae", "beta-vae,beta=2.0", "beta-vae,beta=8.0", "never-works"]


def scores(datasets: int = 3, seeds: int = 4, hardware: tuple[str, ...] = ("cpu",)) -> pd.DataFrame:
    """Scores of four settings; the first leads by far, and has no ``mig``."""
    random = np.random.default_rng(0)
    rows: list[dict[str, Any]] = []
    for kind in hardware:
        for metric, group in GROUPS.items():
            sign = 1 if metrics()[metric].properties["better"] == "higher" else -1
            for place, setting in enumerate(SETTINGS[:-1]):
                for dataset, seed in np.ndindex(datasets, seeds):
                    if (setting, metric) == ("pca", "mig"):
                        continue
                    value = sign * (50 * (place == 0) + random.normal())
                    where = {"hardware": kind, "dataset": f"data-{dataset}", "setting": setting}
                    rows.append(
                        where | {"seed": seed, "group": group, "metric": metric, "value": value}
                    )
    return pd.DataFrame(rows)


def of(table: pd.DataFrame) -> Rankings:
    return Rankings(ranked(table), SETTINGS)


def words(figure: Any) -> str:
    """Every text on a page, lines joined."""
    texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return " | ".join(" ".join(text.get_text().split()) for text in texts)


@pytest.mark.parametrize("name", FIGURES)
def test_equal_tables_give_equal_bytes(name: str, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        groups = draw(figures_across()[name], of(scores()), tmp_path / folder)
    per_group = figures_across()[name].properties["per_group"]
    assert groups == (["reconstruction", "disentanglement"] if per_group else [])
    expected = {"all.csv", "all.svg", "all.pdf", *(f"{group}.svg" for group in groups)}
    assert {path.name for path in (tmp_path / "first").iterdir()} == expected
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


@pytest.mark.parametrize("name", FIGURES)
def test_where_nothing_is_ranked_a_sentence_is_drawn(name: str, tmp_path: Path) -> None:
    nothing = Rankings(pd.DataFrame(columns=RANKINGS), SETTINGS)
    assert draw(figures_across()[name], nothing, tmp_path) == []
    assert (tmp_path / "all.pdf").is_file()
    with pytest.raises(style.NothingToShow, match=r"\.$"):
        figures_across()[name].load()(nothing)


def test_a_diagram_says_how_much_it_rests_on_and_what_it_found() -> None:
    text = words(draw_differences(of(scores())))
    assert "4 settings, 12 runs each, on 3 data sets. Friedman’s test: p < 0.001." in text
    assert re.search(r"CD 1\.35", text) and "1.0" in text and "beta-vae, beta=8.0" in text
    assert "3 settings, 12 runs each, on 3 data sets. Friedman’s test: p = 0." in text
    assert "so none can be told apart" in text


def test_a_diagram_over_many_data_sets_ranks_their_means() -> None:
    text = words(draw_differences(of(scores(datasets=6))))
    assert "4 settings on 6 data sets." in text


def test_too_few_runs_are_said_to_be_too_few() -> None:
    text = words(draw_differences(of(scores(datasets=1, seeds=2))))
    assert "4 settings, 2 runs each, on 1 data set: too few to tell any apart; it takes 3." in text
    assert "Friedman" not in text


def test_the_groups_of_a_metric_and_the_headlines_are_drawn() -> None:
    found = of(scores())
    assert "mse" not in words(draw_differences(found))
    reconstruction = words(draw_differences(found, group="reconstruction"))
    assert "mse" in reconstruction and "mig" not in reconstruction


def test_each_kind_of_hardware_has_a_diagram_and_a_map() -> None:
    found = of(scores(hardware=("cpu", "cuda")))
    text = words(draw_differences(found))
    assert "psnr on cpu" in text and "psnr on cuda" in text
    assert {"cpu", "cuda"} < set(words(draw_heat_map(found)).split(" | "))


def test_the_map_has_a_rank_where_a_metric_fits_and_a_dash_where_not() -> None:
    found = of(scores())
    reconstruction, disentanglement = (axes for axes in draw_heat_map(found).axes if axes.images)
    assert [len(axes.texts) for axes in (reconstruction, disentanglement)] == [10, 5]
    text = [text.get_text() for text in disentanglement.texts]
    assert text[0] == "–" and text[4] == "–" and "–" not in text[1:4]
    lead: Array = np.ma.filled(np.ma.asarray(reconstruction.images[0].get_array()), np.nan)
    assert (lead[:, 0] == 1).all() and np.isnan(lead[:, 4]).all()


def test_bold_is_who_is_not_distinguishable_from_the_best_where_any_are() -> None:
    found = of(scores()).table
    assert best_groups(found) == {("psnr", "pca"), ("mse", "pca")}
    assert set(found[found["metric"] == "mig"]["verdict"]) == {"not distinguishable"}


def test_costs_are_read_last_and_settings_keep_the_order_of_the_plan(tmp_path: Path) -> None:
    table = scores()
    ranked(table).to_parquet(tmp_path / "rankings.parquet")
    cost = table[table["metric"] == "mse"].assign(metric="train_seconds", group="cost")
    ranked(cost).to_parquet(tmp_path / "costs-rankings.parquet")
    plan = {"runs": [{"setting": setting} for setting in SETTINGS for _ in range(2)]}
    found = reading.read(plan, tmp_path)
    assert found.settings == SETTINGS and found.groups[-1] == "cost"
    assert list(found.colours.values()) == list(style.PALETTE[: len(SETTINGS)])


def test_tables_that_rank_nothing_can_be_read(tmp_path: Path) -> None:
    for name in reading.TABLES:
        pd.DataFrame(columns=RANKINGS).to_parquet(tmp_path / f"{name}.parquet")
    assert reading.read({"runs": []}, tmp_path).table.empty
