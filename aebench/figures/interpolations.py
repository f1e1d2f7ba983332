"""What lies between two codes."""

from matplotlib.figure import Figure

from aebench.figures import style
from aebench.registry import figure
from aebench.results import DatasetResults

MOST = 2
"""Pairs in the figure of all settings."""


@figure(
    "interpolations",
    title="Interpolations between codes",
    caption="Points on the straight line between the codes of two test samples, decoded, ends "
    "included (left to right). Each row is one pair. Where codes are entries of codebooks, points "
    "between them are not.",
    needs="interpolations",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """A row per pair, a column per step."""
    shown = [run for run in style.shown(results, setting) if "interpolations" in run.artefacts]
    if not shown:
        raise style.NothingToShow("No run has interpolations to show.")
    colours = style.colours(results)
    most = None if setting else MOST
    grids = [
        style.Block(
            style.label(run, results),
            colours[run.setting],
            style.pictures(run.artefacts["interpolations"][:most], results),
        )
        for run in shown
    ]
    across = 1 if setting else 2
    return style.blocks(grids, across, width=4.2 if setting else style.WIDTH)
