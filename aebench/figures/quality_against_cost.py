"""What quality costs: the main metrics against training time and size."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aebench.figures import style
from aebench.figures.scores import Scores, read
from aebench.registry import figure, metrics
from aebench.results import DatasetResults

QUALITY = ("psnr", "linear_probe_accuracy", "mig")
COST = ("train_seconds", "parameters")
COST_NAMES = {"train_seconds": "seconds of training", "parameters": "numbers in the model"}


@figure(
    "quality-against-cost",
    title="Quality against cost",
    caption="Means over seeds with 95 % t intervals in both directions; a bar without a cap goes "
    "on beyond its panel. Costs are on a logarithmic scale, and times are those of this run's "
    "machine. Up and to the left is better.",
    needs="codes",
    per_variant=False,
)
def draw(results: DatasetResults) -> Figure:
    """A row per quality metric, a column per cost; names at the right, in the order of quality."""
    scores = read(results)
    rows = [name for name in QUALITY if any(s.values for s in scores.get(name, {}).values())]
    if not rows:
        raise style.NothingToShow("No run has scores to show.")
    left, gap, below = 0.5, 0.2, 0.6
    names = 0.25 + style.width_of([style.named(setting) for setting in results.settings])
    width = (style.WIDTH - left - gap - names) / 2
    height = max(1.9, 0.16 * len(results.settings))
    top = 0.34 + (0.25 if len(results.hardware) > 1 else 0.0)
    page = style.page(top + len(rows) * (height + below) - 0.12)
    for row, quality in enumerate(rows):
        y = top + row * (height + below)
        panels = [style.panel(page, left + i * (width + gap), y, width, height) for i in (0, 1)]
        for axes, cost in zip(panels, COST, strict=True):
            _scatter(axes, scores, cost, quality, results)
            if row + 1 == len(rows):
                axes.set_xlabel(f"{COST_NAMES[cost]} (log)")
        unit = metrics()[quality].properties["unit"]
        title = quality.replace("_", " ")
        panels[0].set_title(f"{title} ({unit})" if unit and unit not in title else title)
        panels[1].tick_params(axis="y", labelleft=False)
        _name_points(panels[1], scores, quality, results)
    if len(results.hardware) > 1:
        style.hardware_key(page, results)
    return page


def _points(
    scores: Scores, cost: str, quality: str
) -> list[tuple[str, str, Sequence[float], Sequence[float]]]:
    """Setting, hardware, costs and qualities of its seeds, where it has both."""
    return [
        (setting, kind, of_cost.values, score.values)
        for (setting, kind), score in scores[quality].items()
        if score.values and (of_cost := scores[cost][setting, kind]).values
    ]


def _scatter(axes: Axes, scores: Scores, cost: str, quality: str, results: DatasetResults) -> None:
    colours, markers = style.colours(results), style.markers(results)
    axes.set_xscale("log")
    points = _points(scores, cost, quality)
    for setting, kind, _, _ in points:
        x, y = scores[cost][setting, kind].interval, scores[quality][setting, kind].interval
        of_cost = {f"cost_{name}": value for name, value in x._asdict().items()}
        of_quality = {f"quality_{name}": value for name, value in y._asdict().items()}
        where = {"quality": quality, "cost": cost, "setting": setting, "hardware": kind}
        style.keep(axes, **where, **of_cost, **of_quality)
        axes.errorbar(
            [x.mean],
            [y.mean],
            xerr=[[x.mean - x.low], [x.high - x.mean]],
            yerr=[[y.mean - y.low], [y.high - y.mean]],
            fmt=markers[kind],
            color=colours[setting],
            markersize=6,
            markeredgecolor="white",
            markeredgewidth=0.6,
            linewidth=0.9,
            capsize=2,
            capthick=0.8,
        )
    axes.grid()
    style.limit(axes, "x", [v for _, _, costs, _ in points for v in costs])
    style.log_ticks(axes.xaxis, *axes.get_xlim())
    style.limit(axes, "y", [v for _, _, _, qualities in points for v in qualities])


def _name_points(axes: Axes, scores: Scores, quality: str, results: DatasetResults) -> None:
    """Names in the right margin, each with a thin line to its first point."""
    at: dict[str, tuple[float, float]] = {}
    for setting, kind, _, _ in _points(scores, COST[1], quality):
        cost, score = (
            scores[COST[1]][setting, kind].interval,
            scores[quality][setting, kind].interval,
        )
        at.setdefault(setting, (cost.mean, score.mean))
    names = {setting: style.named(setting) for setting in at}
    style.name_points(axes, at, style.colours(results), names)
