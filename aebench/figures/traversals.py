"""What one number of the code does to the picture."""

import numpy as np
from matplotlib.figure import Figure

from aebench.data import Array
from aebench.figures import style
from aebench.figures.matrices import code_names
from aebench.figures.mutual_information import known
from aebench.registry import figure
from aebench.results import DatasetResults, RunResults

LEAST = 0.05
"""Share of a factor's entropy below which a number is not said to stand for it."""
MOST = 6
"""Numbers of the code in the figure of all settings."""


@figure(
    "traversals",
    title="Traversals of the code",
    caption="The first test sample, decoded with one number of its code at a time moved from -2 to "
    "+2 standard deviations around its mean over the training samples (left to right). Each row is "
    "one number z_i of the code, those that change the picture most first; where factors are "
    "known, those that tell most of one factor first, with its name.",
    needs="traversals",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """A row per number of the code, a column per step; all of them on a setting's own page."""
    shown = [run for run in style.shown(results, setting) if "traversals" in run.artefacts]
    if not shown:
        raise style.NothingToShow("No run has traversals to show.")
    colours = style.colours(results)
    grids = []
    for run in shown:
        moved = run.artefacts["traversals"][0]  # (D, steps, *shape)
        order, factors = by_effect(moved), [""] * len(moved)
        if results.description.factors:
            order, factors = by_information(run, results)
        order = order[: None if setting else MOST]
        numbers = code_names(run.artefacts["traversed"][order].tolist())
        names = [
            f"{number} {factors[place]}".rstrip()
            for number, place in zip(numbers, order, strict=True)
        ]
        title = style.label(run, results)
        grids.append(
            style.Block(title, colours[run.setting], style.pictures(moved[order], results), names)
        )
    across = 1 if setting else 2
    return style.blocks(grids, across, width=4.2 if setting else style.WIDTH)


def by_information(run: RunResults, results: DatasetResults) -> tuple[Array, list[str]]:
    """Traversed numbers by what they tell of the factor they tell most of, and its name."""
    codes = run.artefacts["codes"][:, run.artefacts["traversed"]]
    shares = known(codes, results.arrays["test_factors"])  # (k, D)
    factors = list(results.description.factors)
    names = [
        factors[best] if shares[best, j] >= LEAST else "" for j, best in enumerate(shares.argmax(0))
    ]
    return np.argsort(-shares.max(0), kind="stable"), names


def by_effect(moved: Array) -> Array:
    """Dimensions of ``moved`` (D, steps, *shape) by the variance of values along the steps, largest
    first; equal ones in their own order.
    """
    effect = moved.var(axis=1).reshape(len(moved), -1).mean(axis=1)
    return np.argsort(-effect, kind="stable")
