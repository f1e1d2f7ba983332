"""What one number of the code does to the picture."""

import numpy as np
from matplotlib.figure import Figure

from aebench.data import Array
from aebench.figures import style
from aebench.registry import figure
from aebench.results import DatasetResults

MOST = 6
"""Numbers of the code in the figure of all settings."""


@figure(
    "traversals",
    title="Traversals of the code",
    caption="The first test image, decoded with one number of its code at a time moved from -2 to "
    "+2 standard deviations around its mean over the training images (left to right). Each row is "
    "one number z_i of the code, those that change the picture most first.",
    needs="traversals",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """A row per number of the code, a column per step; all of them on a setting's own page."""
    shown = style.shown(results, setting)
    if not shown:
        raise style.NothingToShow("No run has traversals to show.")
    colours = style.colours(results)
    grids = []
    for run in shown:
        moved = run.artefacts["traversals"][0]  # (L, steps, *shape)
        order = by_effect(moved)[: None if setting else MOST]
        names = [f"$z_{{{dimension + 1}}}$" for dimension in order]
        title = style.label(run, results)
        grids.append(style.Block(title, colours[run.setting], moved[order], names))
    across = 1 if setting else 2
    return style.blocks(grids, across, width=4.2 if setting else style.WIDTH)


def by_effect(moved: Array) -> Array:
    """Dimensions of ``moved`` (L, steps, *shape) by the variance of pixels along the steps, largest
    first; equal ones in their own order.
    """
    effect = moved.var(axis=1).mean(axis=(1, 2, 3))
    return np.argsort(-effect, kind="stable")
