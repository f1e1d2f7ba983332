"""Every quality metric of a data set, setting beside setting."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from aebench.figures import style
from aebench.figures.scores import Score, read
from aebench.registry import COST, figure, metrics
from aebench.results import DatasetResults

BETTER = {"higher": " →", "lower": " ←", "neither": ""}
ROW = 0.23


@figure(
    "metric-comparison",
    title="Quality, setting by setting",
    caption="Mean over seeds (dot) with its 95 % t interval (bar with end caps) and the seeds "
    "themselves (faint). The arrow after a metric's name points to better. A bar without a cap "
    "goes on beyond its panel. A row is empty where the metric does not fit the setting.",
    needs="codes",
    per_variant=False,
)
def draw(results: DatasetResults) -> Figure:
    """One small panel per metric; settings in the plan's order."""
    groups = {name: metric.properties["group"] for name, metric in metrics().items()}
    found = {name: of for name, of in read(results).items() if groups[name] != COST}
    found = {name: of for name, of in found.items() if any(s.values for s in of.values())}
    if not found:
        raise style.NothingToShow("No run has scores to show.")
    across, gap, top, below = 2, 0.25, 0.36, 0.44
    # those that fit most settings first, otherwise as the registry has them
    names = sorted(found, key=lambda name: -len(found[name]))
    left = 0.15 + style.width_of([style.named(setting) for setting in results.settings])
    width = (style.WIDTH - left - gap * across + 0.1) / across
    lines = len(results.settings) * (0.6 + 0.4 * len(results.hardware))
    height = ROW * lines
    key = 0.25 if len(results.hardware) > 1 else 0.0
    page = style.page(key + -(-len(names) // across) * (top + height + below))
    for number, name in enumerate(names):
        row, column = divmod(number, across)
        x, y = left + column * (width + gap), key + top + row * (top + height + below)
        axes = style.panel(page, x, y, width, height)
        _panel(axes, name, found[name], results)
        if column:
            axes.set_yticklabels([])
    if key:
        style.hardware_key(page, results)
    return page


def _panel(
    axes: Axes, name: str, scores: dict[tuple[str, str], Score], results: DatasetResults
) -> None:
    rows = {setting: float(i) for i, setting in enumerate(results.settings)}
    lanes = {kind: i for i, kind in enumerate(results.hardware)}
    colours, markers = style.colours(results), style.markers(results)
    for (setting, kind), score in scores.items():
        y = rows[setting] + 0.66 * ((lanes[kind] + 0.5) / len(lanes) - 0.5)
        colour = colours[setting]
        if score.failed:
            said = f"{score.failed} failed" if score.values else "failed"
            axes.text(
                1,
                y,
                said,
                va="center",
                ha="right",
                color=style.GREY,
                fontsize=6.5,
                transform=axes.get_yaxis_transform(),
            )
        if score.values:
            mean, low, high = score.interval
            where = {"metric": name, "setting": setting, "hardware": kind}
            seeds = " ".join(map(str, score.values))
            style.keep(axes, **where, **score.interval._asdict(), failed=score.failed, seeds=seeds)
            axes.plot(
                score.values,
                [y] * len(score.values),
                markers[kind],
                color=colour,
                alpha=0.3,
                markersize=3.5,
                markeredgewidth=0,
            )
            axes.errorbar(
                [mean],
                [y],
                xerr=[[mean - low], [high - mean]],
                fmt=markers[kind],
                color=colour,
                markersize=5,
                linewidth=1.3,
                capsize=2.5,
                capthick=1.0,
            )
    style.limit(axes, "x", [v for score in scores.values() for v in score.values])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(list(rows.values()), [style.named(setting) for setting in rows])
    axes.tick_params(axis="y", length=0, labelcolor=style.INK)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    properties = metrics()[name].properties
    axes.set_title(name.replace("_", " ") + BETTER[properties["better"]])
    if properties["unit"]:
        axes.set_xlabel(properties["unit"], labelpad=1)
