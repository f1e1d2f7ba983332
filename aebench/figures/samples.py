"""What each setting draws from its prior."""

from matplotlib.figure import Figure

from aebench.figures import style
from aebench.registry import figure
from aebench.results import DatasetResults

SIDE = 5
"""Images along a side of a setting's grid in the figure of all; its own page has 8."""


@figure(
    "samples",
    title="Samples",
    caption="Decoded from random draws of each setting's prior, by the model of the first "
    "seed that worked; the first draws, none picked out. Settings without a prior have none.",
    needs="samples",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """One grid of samples per setting."""
    worked = style.shown(results, setting)
    shown = [run for run in worked if "samples" in run.artefacts]
    if not shown:
        raise style.NothingToShow("No run has samples to show.")
    side = 8 if setting else SIDE
    colours = style.colours(results)
    grids = [
        style.Block(
            style.label(run, results),
            colours[run.setting],
            style.pictures(
                run.artefacts["samples"][: side**2].reshape(side, side, *results.description.shape),
                results,
            ),
        )
        for run in shown
    ]
    without = list(dict.fromkeys(run.setting for run in worked if run not in shown))
    note = f"No prior to draw from: {'; '.join(without)}." if without else ""
    if setting:
        return style.blocks(grids, across=min(2, len(grids)), width=3.6 * min(2, len(grids)))
    return style.blocks(grids, across=3, note=note)
