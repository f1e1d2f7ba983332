"""Where test samples lie in the code, seen from its two directions of most variance."""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aebench.data import Array
from aebench.figures import style
from aebench.registry import figure
from aebench.results import DatasetResults

MOST = 1000
"""Test samples drawn: the first."""
ACROSS = 3
FEW = len(style.PALETTE)
"""Kinds that have a colour each; of more, none has."""


class Kinds(NamedTuple):
    """What colours stand for: its ``name`` and each sample's kind, int (n,)."""

    name: str
    of_samples: Array


@figure(
    "code-map",
    title="Map of the codes",
    caption="The first 1,000 test samples by their codes’ first two principal components, with the "
    "share of the codes’ variance that these hold: what lies apart here lies apart in the code, "
    "what overlaps here need not overlap there.",
    needs="codes",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """A panel per setting, coloured by what the data set knows of its samples."""
    shown = [
        run
        for run in style.shown(results, setting)
        if np.isfinite(run.artefacts["codes"][:MOST]).all()
    ]
    if not shown:
        raise style.NothingToShow("No run has codes to show.")
    kinds = known(results)
    across = 1 if setting else ACROSS
    width = 3.6 if setting else style.WIDTH
    side = (width - 0.1) / across - 0.1
    rows = -(-len(shown) // across)
    page = style.page(rows * (side + 0.45) + 0.3, width)
    sheet = style.sheet(page)
    for place, run in enumerate(shown):
        row, column = divmod(place, across)
        left, top = 0.1 + column * (side + 0.1), 0.35 + row * (side + 0.45)
        points, share = principal(run.artefacts["codes"][:MOST])
        axes = style.panel(page, left, top, side, side)
        title = f"{style.label(run, results)}  {100 * share:.0f} %"
        style.heading(sheet, left, top - 0.07, title, style.colours(results)[run.setting])
        _scatter(axes, points, kinds)
        for at, point in enumerate(points):
            kind = {kinds.name: int(kinds.of_samples[at])} if kinds else {}
            named = {"first_component": point[0], "second_component": point[1]}
            style.keep(axes, **style.of_run(run), sample=at, **kind, **named)
    if kinds:
        _key(sheet, kinds, page.get_size_inches()[1] - 0.12)
    return page


def principal(codes: Array) -> tuple[Array, float]:
    """The first two principal components of ``codes`` (n, L), (n, 2), each with its largest value
    by size positive, and the share of the variance that they hold. A code of one number has a
    second component of zeros; one that never varies has a share of 0.
    """
    centred = codes.astype(np.float64) - codes.mean(0, dtype=np.float64)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    points = np.zeros((len(codes), 2))
    points[:, : left.shape[1]] = (left * singular)[:, :2]
    largest = points[np.abs(points).argmax(0), [0, 1]]
    total = float((singular**2).sum())
    held = float((singular[:2] ** 2).sum())
    return points * np.where(largest < 0, -1.0, 1.0), held / total if total else 0.0


def known(results: DatasetResults) -> Kinds | None:
    """Labels, anomalies or the factor with the most values, whatever there is first of no more than
    `FEW`.
    """
    arrays, description = results.arrays, results.description
    if "test_labels" in arrays and description.classes <= FEW:
        return Kinds("label", arrays["test_labels"][:MOST].astype(int))
    if "test_anomalies" in arrays:
        return Kinds("anomaly", arrays["test_anomalies"][:MOST].astype(int))
    few = [size if size <= FEW else 0 for size in description.factors.values()]
    if not any(few):
        return None
    column = int(np.argmax(few))
    factor = list(description.factors)[column]
    return Kinds(factor, arrays["test_factors"][:MOST, column].astype(int))


def _scatter(axes: Axes, points: Array, kinds: Kinds | None) -> None:
    colour = style.GREY if kinds is None else colours(kinds.of_samples)
    axes.scatter(points[:, 0], points[:, 1], s=2.5, c=colour, linewidths=0, rasterized=True)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)


def colours(kinds: Array) -> list[str]:
    """A colour for each of ``kinds``, from 0."""
    return [style.PALETTE[kind] for kind in kinds.tolist()]


def _key(sheet: Axes, kinds: Kinds, baseline: float) -> None:
    """What the colours stand for, in a row."""
    values = np.unique(kinds.of_samples)
    sheet.text(0.1, baseline, kinds.name.replace("_", " "), va="center", color=style.GREY)
    left = 0.25 + style.width_of([kinds.name])
    for value, colour in zip(values.tolist(), colours(values), strict=True):
        sheet.plot([left], [baseline], "o", color=colour, markersize=4)
        sheet.text(left + 0.07, baseline, str(value), va="center", fontsize=7.5)
        left += 0.2 + style.width_of([str(value)])
