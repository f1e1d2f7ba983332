"""How training made use of each codebook."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from aebench.figures import style
from aebench.registry import figure
from aebench.results import DatasetResults

CURVES = {"codebook_usage": "share of entries used", "codebook_perplexity": "perplexity (entries)"}


@figure(
    "codebook-usage",
    title="Use of the codebook",
    caption="Of the codes of all training batches between two points of a curve: the share of "
    "codebook entries chosen at least once, and the perplexity of their use, which is the "
    "codebook's size where all are used alike and 1 where one is. One thin line per seed.",
    needs="codebook_size",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """Usage and perplexity over steps, a colour per setting, its name where its curve ends."""
    trained = results.trained(setting)
    watched = [run for run in trained if run.usage and "codebook_usage" in run.usage[0]]
    if not watched:
        raise style.NothingToShow("No run with a codebook was trained to the end.")
    names = style.width_of([style.label(run, results) for run in watched])
    width = style.WIDTH - 0.6 - names - 0.15
    height, between = 2.4, 0.55
    page = style.page(len(CURVES) * (height + between) + 0.1)
    colours = style.colours(results)
    for row, (name, title) in enumerate(CURVES.items()):
        axes = style.panel(page, 0.6, 0.28 + row * (height + between), width, height)
        ends: dict[str, list[float]] = {}
        for run in watched:
            steps = [row["step"] for row in run.usage]
            values = [row[name] for row in run.usage]
            for step, value in zip(steps, values, strict=True):
                style.keep(axes, **style.of_run(run), quantity=name, step=step, value=value)
            axes.plot(steps, values, color=colours[run.setting], linewidth=1.0, alpha=0.85)
            ends.setdefault(style.label(run, results), []).append(values[-1])
        axes.set_title(title)
        axes.grid(axis="y")
        axes.margins(x=0)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
        style.name_ends(axes, {label: float(np.mean(last)) for label, last in ends.items()})
    axes.set_xlabel("step", labelpad=1)
    return page
