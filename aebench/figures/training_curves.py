"""How training went: the loss and each of its terms."""

from collections.abc import Sequence
from itertools import cycle, groupby

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from aebench.figures import style
from aebench.registry import figure, variants
from aebench.results import DatasetResults, RunResults

TOTAL = "total"
DASHES = ("--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 4)))


@figure(
    "training-curves",
    title="Training curves",
    caption="Loss on training batches in nats per sample, one thin line per seed: the total that "
    "is minimised (solid) and its terms (broken). Adversarial settings minimise two losses in "
    "turn, so they have terms and no total. Scales differ between panels.",
    needs="history",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """One panel per setting and hardware."""
    trained = results.trained(setting)
    curved = [run for run in trained if len(run.history) > 1]
    closed = list(dict.fromkeys(run.setting for run in trained if len(run.history) == 1))
    note = f"Fitted in closed form, so without a curve: {'; '.join(closed)}." if closed else ""
    if not curved:
        raise style.NothingToShow(note or "No run was trained to the end.")
    place = results.settings.index
    curved.sort(key=lambda run: place(run.setting))  # stable: hardware and seeds stay in order
    panels = [list(g) for _, g in groupby(curved, key=lambda run: (run.setting, run.hardware))]

    across = 1 if setting else 2
    left, right, top, below = 0.5, 0.95, 0.32, 0.42
    width = style.WIDTH / across - left - right
    height = 2.4 if setting else 1.35
    rows = -(-len(panels) // across)
    foot = 0.3 if note else 0.0
    page = style.page(rows * (top + height + below) + foot)
    for number, runs in enumerate(panels):
        row, column = divmod(number, across)
        x, y = left + column * style.WIDTH / across, top + row * (top + height + below)
        axes = style.panel(page, x, y, width, height)
        _curves(axes, runs, style.colours(results)[runs[0].setting])
        axes.set_title(style.label(runs[0], results))
    if note:
        page.text(0.1 / style.WIDTH, 0.1 / page.get_size_inches()[1], note, color=style.GREY)
    return page


def terms(run: RunResults) -> dict[str, list[float]]:
    """Curves by name, the total first where one loss is minimised and it has several terms."""
    names = [name for name in run.history[0] if name != "step"]
    curves = {name: [row[name] for row in run.history] for name in names}
    if len(names) == 1 or "adversary_loss" in variants()[run.variant].methods:
        return curves
    return {TOTAL: [float(sum(values)) for values in zip(*curves.values(), strict=True)], **curves}


def _curves(axes: Axes, runs: Sequence[RunResults], colour: str) -> None:
    """Each run's curves, their names at the right end."""
    last: dict[str, list[float]] = {}
    lowest = np.inf
    for run in runs:
        steps = [row["step"] for row in run.history]
        curves = terms(run)
        broken = cycle(DASHES)
        for name, values in curves.items():
            line = "-" if name == TOTAL or len(curves) == 1 else next(broken)
            for step, value in zip(steps, values, strict=True):
                style.keep(axes, **style.of_run(run), term=name, step=step, value=value)
            axes.plot(steps, values, linestyle=line, color=colour, linewidth=1.0, alpha=0.85)
            last.setdefault(name, []).append(values[-1])
            lowest = min(lowest, *values)
    axes.grid(axis="y")
    axes.margins(x=0)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.set_xlabel("step", labelpad=1)
    if lowest > 0:
        axes.set_yscale("log")
        style.log_ticks(axes.yaxis, *axes.get_ylim())
    style.name_ends(axes, {name: float(np.mean(values)) for name, values in last.items()})
