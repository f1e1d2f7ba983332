"""What each setting makes of the same test samples."""

from matplotlib.figure import Figure

from aebench.data import Array
from aebench.figures import style
from aebench.registry import figure
from aebench.results import DatasetResults

COLUMNS = 10
BANDS = 4
"""Rows of originals on a setting's own page."""


@figure(
    "reconstructions",
    title="Reconstructions",
    caption="The first test samples (top row) and what each setting makes of them: encoded, then "
    "decoded, by the model of the first seed that worked.",
    needs="reconstructions",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """Originals above, then one row per setting; a setting's own page shows more."""
    shown = style.shown(results, setting)
    if not shown:
        raise style.NothingToShow("No run has reconstructions to show.")
    colours = style.colours(results)
    most = COLUMNS * (BANDS if setting else 1)
    originals = results.arrays["test_inputs"][:most] / results.description.maximum
    rows: list[tuple[str, str, Array]] = [("test set", "white", originals)]
    rows += [
        (style.label(run, results, "\n"), colours[run.setting], run.artefacts["reconstructions"])
        for run in shown
    ]
    count = min(most, *(len(samples) for _, _, samples in rows))
    rows = [(name, colour, style.pictures(part[:count], results)) for name, colour, part in rows]
    starts = range(0, count, COLUMNS)

    height, width = rows[0][2].shape[-2:]
    left = 0.25 + style.width_of([name for name, _, _ in rows])
    tile = (style.WIDTH - left - 0.1) / COLUMNS
    pitch = tile * height / width + 0.03
    band = pitch * len(rows) + 0.22  # a little air under the originals and between bands
    page = style.page(0.1 + band * len(starts))
    axes = style.sheet(page)
    for place, start in enumerate(starts):
        top = 0.1 + place * band
        for index, (name, colour, images) in enumerate(rows):
            part = images[None, start : min(start + COLUMNS, count)]  # (1, columns, *shape)
            drawn = style.picture(axes, part, left, top, tile)
            middle = top + drawn / 2
            axes.text(left - 0.17, middle, name, ha="right", va="center")
            axes.plot(
                [left - 0.08] * 2,
                [top + 0.03, top + drawn - 0.03],
                color=colour,
                linewidth=3,
                solid_capstyle="butt",
            )
            top += pitch + (0.06 if index == 0 else 0)
    return page
