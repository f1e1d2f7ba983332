"""Rate against quality: a curve for each variant whose settings trade one for the other."""

from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aebench.figures import style
from aebench.figures.scores import Scores
from aebench.results import DatasetResults
from aebench.statistics import Interval

LEAST_WIDTH = 3.4
"""Inches of a panel, however long the names beside it are."""


class Curve(NamedTuple):
    """Points (rate, quality) by rising rate; ``line`` is matplotlib's style of it, ``label`` stands
    where it ends.
    """

    label: str
    colour: str
    rates: list[Interval]
    qualities: list[Interval]
    line: str | tuple[int, tuple[int, ...]] = "-"


def of_variants(results: DatasetResults, scores: Scores, rate: str, quality: str) -> list[Curve]:
    """A curve for each variant and hardware: its settings that have both scores, over seeds."""
    families: dict[tuple[str, str], list[tuple[Interval, Interval, str]]] = {}
    variant_of = {run.setting: run.variant for run in results.runs}
    for (setting, hardware), score in scores.get(quality, {}).items():
        of_rate = scores.get(rate, {}).get((setting, hardware))
        if of_rate and of_rate.values and score.values:
            point = of_rate.interval, score.interval, setting
            families.setdefault((variant_of[setting], hardware), []).append(point)
    colours, several = style.colours(results), len(results.hardware) > 1
    curves = []
    for (variant, hardware), points in families.items():
        points.sort(key=lambda point: point[0].mean)
        rates, qualities, settings = zip(*points, strict=True)
        label = variant if len(points) > 1 else settings[0]
        label = f"{label}, {hardware}" if several else label
        curves.append(Curve(label, colours[settings[0]], list(rates), list(qualities)))
    return curves


def draw(curves: list[Curve], rate_title: str, quality_title: str) -> Figure:
    """All curves in one panel, rate on a logarithmic axis, each one's name where it ends."""
    return panels({quality_title: curves}, rate_title)


def panels(shown: dict[str, list[Curve]], rate_title: str, *, logarithmic: bool = False) -> Figure:
    """A panel for each title of a quality, one above the other, rate on a logarithmic axis, and
    quality too where it is ``logarithmic``; each curve's name where it ends.
    """
    most = [curve.label for curves in shown.values() for curve in curves]
    naming = style.width_of(most) + 0.65
    width = max(LEAST_WIDTH, style.WIDTH - 0.6 - naming)
    height = max(3.4 if len(shown) == 1 else 2.6, 0.16 * max(map(len, shown.values())))
    page = style.page(len(shown) * (height + 0.5) + 0.25, 0.6 + width + naming)
    for row, (title, curves) in enumerate(shown.items()):
        axes = style.panel(page, 0.6, 0.25 + row * (height + 0.5), width, height)
        axes.set_title(title)
        for curve in curves:
            _plot(axes, curve)
        axes.set_xscale("log")
        style.log_ticks(axes.xaxis, *axes.get_xlim())
        if logarithmic:
            axes.set_yscale("log")
            style.limit(axes, "y", [i.mean for curve in curves for i in curve.qualities])
            style.log_ticks(axes.yaxis, *axes.get_ylim())
        axes.grid()
        ends = {curve.label: (curve.rates[-1].mean, curve.qualities[-1].mean) for curve in curves}
        colours = {curve.label: curve.colour for curve in curves}
        style.name_points(axes, ends, colours, {label: label for label in ends})
    axes.set_xlabel(f"{rate_title} (log)")
    return page


def _plot(axes: Axes, curve: Curve) -> None:
    for rate, quality in zip(curve.rates, curve.qualities, strict=True):
        row = {"panel": axes.get_title(loc="left"), "curve": curve.label}
        of_rate = {f"rate_{name}": value for name, value in rate._asdict().items()}
        of_quality = {f"quality_{name}": value for name, value in quality._asdict().items()}
        style.keep(axes, **row, **of_rate, **of_quality)
    rates, qualities = ([i.mean for i in part] for part in (curve.rates, curve.qualities))
    axes.errorbar(
        rates,
        qualities,
        xerr=[[i.mean - i.low for i in curve.rates], [i.high - i.mean for i in curve.rates]],
        yerr=[
            [i.mean - i.low for i in curve.qualities],
            [i.high - i.mean for i in curve.qualities],
        ],
        linestyle=curve.line,
        marker="o" if curve.line == "-" else "",
        markersize=3.5,
        color=curve.colour,
        linewidth=1.1,
        elinewidth=0.7,
    )
