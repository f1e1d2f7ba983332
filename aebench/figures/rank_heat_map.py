"""Where each setting ranks by every metric, over all data sets."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from aebench.data import Array
from aebench.figures import style
from aebench.figures.rankings import Rankings
from aebench.registry import figure_across

CELL, WIDEST_CELL, LINE, HEADING = 0.3, 0.5, 0.17, 0.24
"""Inches: a cell's least and most width, its height, and that of a group's heading."""


@figure_across(
    "rank-heat-map",
    title="Where does each setting rank?",
    caption="Average rank by every metric over all data sets, 1 the best in the metric’s own "
    "direction; darker is better, from the last place to the first among the settings that the "
    "metric fits. Bold: not distinguishable from the best average rank, where the test tells any "
    "settings apart. “–”: the metric does not fit, or no run gave a value that could be ranked. "
    "Ranks are those of the critical-difference diagrams.",
    per_group=False,
)
def draw(rankings: Rankings) -> Figure:
    """Metrics in their groups from top to bottom, settings side by side; a map per hardware."""
    if rankings.table.empty:
        raise style.NothingToShow("No two settings have a metric to be ranked by.")
    names = [style.named(setting) for setting in rankings.settings]
    left = 0.15 + style.width_of([str(name) for name in rankings.table["metric"]])
    head, right = 0.15 + 0.72 * style.width_of(names), 0.72 * style.width_of(names[-1:])
    cell = min(WIDEST_CELL, max(CELL, (style.WIDTH - left - right) / len(names)))
    width = max(style.WIDTH, left + cell * len(names) + right)
    parts = [rankings.table[rankings.table["hardware"] == kind] for kind in rankings.hardware]
    heights = [_height(part) for part in parts]
    page = style.page(sum(heights) + (head + 0.25) * len(parts) + 0.1, width)
    sheet = style.sheet(page)
    top = 0.0
    for kind, part, height in zip(rankings.hardware, parts, heights, strict=True):
        if len(parts) > 1:
            sheet.text(0.08, top + 0.2, kind, fontsize=9, weight="bold")
        top += head + 0.2
        for column, name in enumerate(names):
            x = left + cell * (column + 0.5)
            sheet.text(x, top - 0.03, name, rotation=45, fontsize=7, rotation_mode="anchor")
        y = top
        for group, members in part.groupby("group", sort=False):
            sheet.text(left - 0.06, y + 0.17, str(group), ha="right", fontsize=7.5, weight="bold")
            y = _map(page, members, rankings.settings, (left, y + HEADING, cell))
        top += height + 0.05
    return page


def _height(part: pd.DataFrame) -> float:
    return LINE * part["metric"].nunique() + HEADING * part["group"].nunique()


def _map(
    page: Figure, part: pd.DataFrame, settings: list[str], place: tuple[float, float, float]
) -> float:
    """Draw one group's metrics at ``place`` (left, top, a cell's width); returns where it ends."""
    left, top, cell = place
    names = [str(name) for name in part["metric"].unique()]
    height = LINE * len(names)
    axes = style.panel(page, left, top, cell * len(settings), height)
    ranked = _table(part, "average_rank", names, settings)
    among = _table(part, "settings", names, settings)
    lead = (among - ranked) / (among - 1)  # 1 for the first, 0 for the last
    axes.imshow(lead, cmap="Blues", vmin=0, vmax=1.25, aspect="auto", interpolation="none")
    with_best = best_groups(part)
    for (row, column), rank in np.ndenumerate(ranked):
        bold = (names[row], settings[column]) in with_best
        where = {"hardware": part["hardware"].iloc[0], "metric": names[row]}
        among_settings = {"average_rank": rank, "of": among[row, column]}
        style.keep(axes, **where, setting=settings[column], **among_settings)
        axes.text(
            column,
            row,
            f"{rank:.1f}" if np.isfinite(rank) else "–",
            ha="center",
            va="center_baseline",
            fontsize=6.5,
            color="white" if lead[row, column] > 0.75 else style.INK,
            weight="bold" if bold else "normal",
        )
    axes.set_xticks([])
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names], fontsize=7)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return top + height


def _table(part: pd.DataFrame, column: str, names: list[str], settings: list[str]) -> Array:
    """A column of the rankings as (metrics, settings), NaN where there is none."""
    wide = part.pivot(index="metric", columns="setting", values=column)
    return wide.reindex(index=names, columns=settings).to_numpy(float)


def best_groups(part: pd.DataFrame) -> set[tuple[str, str]]:
    """Pairs (metric, setting) that lead or share a group with the leader, where any differ."""
    found: set[tuple[str, str]] = set()
    for metric, of_metric in part[part["verdict"] == "different"].groupby("metric"):
        leader = of_metric.sort_values("average_rank", kind="stable").iloc[0]
        shared = set(leader["groups"].split())
        for setting, groups in zip(of_metric["setting"], of_metric["groups"], strict=True):
            if setting == leader["setting"] or shared & set(groups.split()):
                found.add((str(metric), str(setting)))
    return found
