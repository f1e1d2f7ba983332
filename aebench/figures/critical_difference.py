"""Critical-difference diagrams: which settings differ over all data sets, and which do not."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aebench.figures import style
from aebench.figures.rankings import Rankings
from aebench.registry import figure_across
from aebench.statistics import fewest_blocks
from aebench.summary import HEADLINES

LINE, BAR = style.LINE, 0.08
"""Inches from one setting to the next, and from one bar to the next."""
HEAD, AXIS, FOOT = 0.2, 0.42, 0.3
"""Inches: to the title's baseline, from the words to the axis, below the last setting."""
WORDS = 1.3 * style.WIDTH  # small letters: more of them than `style.wrapped` counts on


@figure_across(
    "critical-difference",
    title="Which settings differ over all data sets?",
    caption="Average ranks by each headline metric, 1 the best (Demšar 2006). A grey bar joins "
    "settings that are not distinguishable: closer than the critical difference (CD) of Nemenyi's "
    "test at 5 %, or all of them, where Friedman's test (Iman and Davenport's F) finds no "
    "difference or could not. Ranks are taken on data sets (means over seeds) or, where those are "
    "few, on every data set and seed: seeds of one data set are not independent of each other as "
    "data sets are, so that what is said then holds for these data sets only.",
    per_group=True,
)
def draw(rankings: Rankings, group: str | None = None) -> Figure:
    """One diagram per headline metric, or per metric of ``group``, and kind of hardware."""
    of_group = rankings.table[rankings.table["group"] == group]["metric"].unique()
    ranked = [
        part
        for metric in (HEADLINES if group is None else of_group)
        for kind in rankings.hardware
        if len(part := rankings.of(metric, kind))
    ]
    if not ranked:
        raise style.NothingToShow("No two settings have a headline metric to be ranked by.")
    words = [style.wrapped(_words(part), WORDS) for part in ranked]
    heights = [_height(part, text) for part, text in zip(ranked, words, strict=True)]
    page = style.page(sum(heights))
    sheet = style.sheet(page)
    top = 0.0
    for part, text, height in zip(ranked, words, heights, strict=True):
        kind = f" on {part['hardware'].iloc[0]}" if len(rankings.hardware) > 1 else ""
        title = str(part["metric"].iloc[0]).replace("_", " ") + kind
        sheet.text(0.08, top + HEAD, title, fontsize=9, weight="bold")
        sheet.text(0.08, top + HEAD + 0.06, text, va="top", color=style.GREY, fontsize=7.5)
        for row in part.to_dict("records"):
            style.keep(sheet, **{str(name): value for name, value in row.items()})
        if part["average_rank"].notna().all():
            _diagram(sheet, part, top + _axis(part, text), rankings.colours)
        top += height
    return page


def _words(part: pd.DataFrame) -> str:
    """What the test says, in a sentence or two."""
    row = part.iloc[0]
    if not row["blocks"]:
        return f"No data set and seed on which all {row['settings']} settings gave a value."
    counted = f"{row['settings']} settings"
    if row["block"] != "data set":
        counted += f", {_counted(row['blocks'], 'run')} each,"
    counted += f" on {_counted(row['datasets'], 'data set')}"
    if row["settings_left_out"]:
        counted += f" ({row['settings_left_out']} more are not run on all)"
    if row["left_out"]:
        counted += f", leaving out {_counted(row['left_out'], 'run')} each, where a setting failed"
    if row["verdict"] == "too few blocks":
        return f"{counted}: too few to tell any apart; it takes {fewest_blocks(row['settings'])}."
    p = max(row["f_p_value"], row["smallest_p_value"])
    said = f"p = {p:.2g}" if p >= 0.001 else "p < 0.001"
    found = "" if row["verdict"] == "different" else ", so none can be told apart"
    return f"{counted}. Friedman’s test: {said}{found}."


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _axis(part: pd.DataFrame, text: str) -> float:
    """Inches from the diagram's top to its axis."""
    return HEAD + 0.06 + 0.15 * len(text.splitlines()) + (AXIS if _draws_difference(part) else 0.2)


def _draws_difference(part: pd.DataFrame) -> bool:
    row = part.iloc[0]
    return bool(row["critical_difference"] <= row["settings"] - 1)


def _height(part: pd.DataFrame, text: str) -> float:
    if part["average_rank"].isna().any():
        return _axis(part, text)
    rows = math.ceil(len(part) / 2)
    return _axis(part, text) + _bars_end(part) + LINE * (rows - 0.5) + FOOT


def _bars(part: pd.DataFrame) -> list[pd.Series]:
    """Ranks of each group that a bar joins, best group first."""
    names = sorted({name for cell in part["groups"] for name in cell.split()}, key=int)
    return [
        part.loc[[name in cell.split() for cell in part["groups"]], "average_rank"]
        for name in names
    ]


def _bars_end(part: pd.DataFrame) -> float:
    return 0.1 + BAR * len(_bars(part)) + 0.1


def _diagram(sheet: Axes, part: pd.DataFrame, y: float, colours: dict[str, str]) -> None:
    """An axis of ranks at height ``y``, bars below, and settings below those at both sides."""
    k = len(part)
    names = {setting: style.named(setting) for setting in part["setting"]}
    margin = 0.45 + style.width_of(list(names.values()))
    scale = (style.WIDTH - 2 * margin) / (k - 1)

    def at(rank: float) -> float:
        return margin + scale * (rank - 1)

    sheet.plot([at(1), at(k)], [y, y], color=style.INK, linewidth=0.8)
    for rank in range(1, k + 1):
        sheet.plot([at(rank)] * 2, [y, y - 0.05], color=style.INK, linewidth=0.8)
        if scale > 0.15 or rank in (1, k) or rank % 5 == 0:
            sheet.text(at(rank), y - 0.07, str(rank), ha="center", color=style.GREY, fontsize=7)
    if _draws_difference(part):
        difference = float(part["critical_difference"].iloc[0])
        _critical_difference(sheet, at(1), at(1 + difference), y - 0.24, f"CD {difference:.2f}")
    for number, joined in enumerate(_bars(part)):
        ends = [at(joined.min()) - 0.03, at(joined.max()) + 0.03]
        height = y + 0.1 + BAR * number
        sheet.plot(ends, [height] * 2, color="#999999", linewidth=3, solid_capstyle="butt")
    ordered = part.sort_values("average_rank", kind="stable").reset_index(drop=True)
    half = math.ceil(k / 2)
    for place, row in ordered.iterrows():
        on_left = int(str(place)) < half
        line = int(str(place)) if on_left else k - 1 - int(str(place))
        x, low = at(row["average_rank"]), y + _bars_end(part) + LINE * line
        end, sign = (margin - 0.12, -1) if on_left else (style.WIDTH - margin + 0.12, 1)
        colour = colours[row["setting"]]
        sheet.plot([x, x, end], [y, low, low], color=colour, linewidth=1.0, zorder=1)
        sheet.text(
            end + 0.05 * sign,
            low,
            f"{names[row['setting']]}  {row['average_rank']:.1f}"
            if on_left
            else f"{row['average_rank']:.1f}  {names[row['setting']]}",
            va="center",
            ha="right" if on_left else "left",
            color=style.INK,
            fontsize=7.5,
        )


def _critical_difference(sheet: Axes, left: float, right: float, y: float, text: str) -> None:
    sheet.plot([left, right], [y, y], color=style.INK, linewidth=1.2)
    for end in (left, right):
        sheet.plot([end, end], [y - 0.03, y + 0.03], color=style.INK, linewidth=1.2)
    sheet.text(right + 0.06, y, text, va="center", fontsize=7)
