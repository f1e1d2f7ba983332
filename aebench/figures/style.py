"""One look for every figure: fonts, colours, pages in inches, pictures in a grid, and saving."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from textwrap import fill
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from aebench.data import Array
from aebench.files import written_whole
from aebench.results import DatasetResults, RunResults

WIDTH = 6.0
"""Inches: figures are made for a page's column and stay readable on a phone."""
LINE = 0.17
"""Inches from one line of small text to the next."""
BARS_HEIGHT = 48
"""Pixels of a sample drawn as bars."""
INK, GREY, FAINT = "#222222", "#666666", "#e2e2e2"
PALETTE = (
    # safe for colour-blind eyes: Okabe & Ito 2008 without yellow, then mostly Tol's "muted"
    ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#222222")
    + ("#332288", "#999933", "#882255", "#44AA99", "#AA4499", "#8C6D31", "#888888")
)
MARKERS = ("o", "s", "^", "D")
LOOK: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same everywhere
    "font.size": 8,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8,
    "axes.labelcolor": GREY,
    "axes.edgecolor": "#999999",
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": "#999999",
    "ytick.color": "#999999",
    "xtick.labelcolor": GREY,
    "ytick.labelcolor": GREY,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "aebench",
    "pdf.fonttype": 42,
}


class Page(Figure):
    """A figure and the numbers that it shows: ``rows`` of the CSV beside it."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height))
        self.rows: list[dict[str, Any]] = []


class NothingToShow(Exception):
    """No run left what the figure shows; the message is a sentence for the reader."""


def look() -> AbstractContextManager[None]:
    """The settings of matplotlib under which figures are drawn and saved."""
    return matplotlib.rc_context(LOOK)


def save(figure: Figure, path: Path) -> None:
    """Write SVG or PDF, as the name says, whole; equal figures give equal bytes."""
    kind = path.suffix[1:]
    undated: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}[kind]
    with written_whole(path) as temporary:
        figure.savefig(temporary, format=kind, metadata=undated)


def colours(results: DatasetResults) -> dict[str, str]:
    """One colour per setting, by its place in the plan: the same in every figure."""
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(results.settings)}


def markers(results: DatasetResults) -> dict[str, str]:
    """One marker per kind of hardware."""
    return {name: MARKERS[i % len(MARKERS)] for i, name in enumerate(results.hardware)}


def label(run: RunResults, results: DatasetResults, separator: str = ", ") -> str:
    """The setting's name, and the hardware where there are several."""
    kinds = [run.hardware] if len(results.hardware) > 1 else []
    return separator.join([*run.setting.split(","), *kinds])


def of_run(run: RunResults) -> dict[str, Any]:
    """What names a run in a row of a figure's numbers."""
    return {"setting": run.setting, "hardware": run.hardware, "seed": run.seed}


def shown(results: DatasetResults, setting: str | None) -> list[RunResults]:
    """The runs that pictures show: setting by setting, each on one hardware after the other."""
    place = results.settings.index
    return sorted(results.shown(setting), key=lambda run: place(run.setting))


def named(setting: str) -> str:
    """A setting's name with room to breathe: ``beta-vae, beta=2.0``."""
    return ", ".join(setting.split(","))


def plain(name: str) -> str:
    """The name of a code's number without its mathematics: ``z1``."""
    return name.replace("$z_{", "z").replace("}$", "")


def page(height: float, width: float = WIDTH) -> Page:
    """An empty figure, in inches."""
    figure = Page(width, height)
    FigureCanvasAgg(figure)
    return figure


def keep(axes: Axes, **row: Any) -> None:
    """Keep a row of the numbers that are drawn in ``axes``, for the CSV beside the figure."""
    page = axes.get_figure(root=True)
    assert isinstance(page, Page)
    page.rows.append(row)


def panel(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes whose frame lies ``left`` and ``top`` inches from the page's upper left corner."""
    w, h = figure.get_size_inches()
    return figure.add_axes((left / w, 1 - (top + height) / h, width / w, height / h))


def sheet(figure: Figure) -> Axes:
    """Invisible axes over the whole page, in inches from its upper left corner."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return axes


def width_of(texts: Sequence[str]) -> float:
    """About the inches that the longest line takes, on the safe side."""
    return 0.064 * max(len(line) for text in texts for line in text.splitlines())


def wrapped(text: str, width: float = WIDTH) -> str:
    """Small text broken into lines that fit ``width`` inches."""
    return fill(text, int(width * 15))


def empty(sentence: str) -> Figure:
    """A figure that says why there is nothing to see."""
    text = wrapped(sentence)
    figure = page(0.5 + LINE * len(text.splitlines()))
    figure.text(0.5, 0.5, text, ha="center", va="center", color=GREY)
    return figure


def picture(axes: Axes, images: Array, left: float, top: float, tile: float) -> float:
    """Draw ``images`` (rows, columns, channels, h, w) in [0, 1] on a `sheet`, each ``tile`` inches
    wide, as one image; returns its height in inches.
    """
    pixels = tiled(images)
    width = tile * images.shape[1]
    height = float(width * pixels.shape[0] / pixels.shape[1])
    extent = (left, left + width, top + height, top)
    axes.imshow(pixels, extent=extent, aspect="auto", interpolation="none")
    return height


def tiled(images: Array) -> Array:
    """Images (rows, columns, channels, h, w) in [0, 1] as one, uint8 (height, width, 3), with white
    lines between. Small ones are enlarged by repeating pixels, so that no viewer blurs them.
    """
    rows, columns, channels, h, w = images.shape
    factor = max(1, 64 // max(h, w))
    gap = max(1, factor * w // 16)
    pixels = np.rint(np.clip(images, 0, 1) * 255).astype(np.uint8)
    pixels = np.broadcast_to(pixels, (rows, columns, 3, h, w)) if channels == 1 else pixels
    pixels = pixels.repeat(factor, axis=3).repeat(factor, axis=4)
    pixels = np.pad(pixels, [(0, 0)] * 3 + [(0, gap)] * 2, constant_values=255)
    _, _, _, h, w = pixels.shape
    whole = pixels.transpose(0, 3, 1, 4, 2).reshape(rows * h, columns * w, 3)
    return whole[:-gap, :-gap]


def pictures(samples: Array, results: DatasetResults) -> Array:
    """Samples (..., *shape) as pictures (..., channels, h, w) in [0, 1]: images as they are, other
    numbers as bars from zero, on the scale of the test set.
    """
    if results.description.kind == "image":
        return samples
    known = results.arrays["test_inputs"]
    low, high = min(0.0, float(known.min())), max(0.0, float(known.max()))
    levels = np.linspace(high, low, BARS_HEIGHT)[:, None]
    bars = samples[..., None, None, :]  # (..., 1, 1, numbers)
    inside = (np.minimum(bars, 0) <= levels) & (levels <= np.maximum(bars, 0))
    return 1 - 0.8 * inside.repeat(max(1, BARS_HEIGHT // samples.shape[-1]), axis=-1)


class Block(NamedTuple):
    """A titled grid of images (rows, columns, channels, h, w), with names for its rows or none."""

    title: str
    colour: str
    images: Array
    rows: Sequence[str] = ()


def blocks(shown: Sequence[Block], across: int, note: str = "", width: float = WIDTH) -> Figure:
    """Blocks of equal shape side by side, ``across`` in a row, each under its title."""
    gap, title, edge = 0.22, 0.3, 0.08
    names = [plain(name) for block in shown for name in block.rows]
    naming = 0.2 + width_of(names) if names else 0.0
    block_width = (width - 2 * edge - gap * (across - 1)) / across
    rows, columns, _, h, w = shown[0].images.shape
    tile = (block_width - naming) / columns
    pitch = title + tile * rows * h / w + 0.16
    text = wrapped(note, width)
    lines = len(text.splitlines())
    figure = page(pitch * -(-len(shown) // across) + LINE * lines + (0.08 if lines else 0), width)
    axes = sheet(figure)
    for place, block in enumerate(shown):
        row, column = divmod(place, across)
        left, top = edge + column * (block_width + gap) + naming, row * pitch + title
        height = picture(axes, block.images, left, top, tile)
        heading(axes, left, top - 0.09, block.title, block.colour)
        for index, name in enumerate(block.rows):
            middle = top + (index + 0.47) * height / rows
            axes.text(left - 0.07, middle, name, ha="right", va="center", color=GREY)
    if text:
        bottom = figure.get_size_inches()[1] - 0.08
        axes.text(edge, bottom, text, va="bottom", color=GREY, fontsize=7.5, linespacing=1.35)
    return figure


def heading(axes: Axes, left: float, baseline: float, text: str, colour: str) -> None:
    """A title on a `sheet` with a patch of its setting's colour before it."""
    axes.plot([left + 0.05], [baseline - 0.035], "s", color=colour, markersize=6, clip_on=False)
    axes.text(left + 0.15, baseline, text, va="baseline", fontsize=8)


def spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Positions at least ``gap`` apart, in the same order and close to those wanted: for labels."""
    order = np.argsort(wanted, kind="stable")
    groups: list[list[float]] = []  # of neighbours that touch: their wanted positions less offsets
    starts: list[float] = []
    for position in np.asarray(wanted, float)[order]:
        groups.append([float(position)])
        starts.append(float(position))
        while len(groups) > 1 and starts[-1] < starts[-2] + gap * len(groups[-2]):
            merged = groups.pop(-2) + groups.pop()
            starts[-2:] = [float(np.mean([p - gap * i for i, p in enumerate(merged)]))]
            groups.append(merged)
    placed = [
        start + gap * i for start, g in zip(starts, groups, strict=True) for i in range(len(g))
    ]
    positions = np.empty(len(placed))
    positions[order] = placed
    return [float(p) for p in positions]


def name_ends(axes: Axes, ends: dict[str, float]) -> None:
    """Write each name beside where its curve ends, moved apart where they would touch."""
    to_axes = axes.transData + axes.transAxes.inverted()
    heights = [float(to_axes.transform((0, value))[1]) for value in ends.values()]
    inches = axes.get_window_extent().height / axes.figure.dpi
    for name, height in zip(ends, spread(heights, 0.13 / inches), strict=True):
        axes.text(
            1.03,
            height,
            name.replace("_", " "),
            va="center",
            fontsize=7.5,
            transform=axes.transAxes,
        )


def name_points(
    axes: Axes,
    points: dict[str, tuple[float, float]],
    colours: dict[str, str],
    names: dict[str, str],
) -> None:
    """Write what ``names`` says of each of ``points`` in the right margin, moved apart where they
    would touch, with a thin line of its colour to it.
    """
    to_axes = axes.transData + axes.transAxes.inverted()
    at = {name: to_axes.transform(point) for name, point in points.items()}
    inches = axes.get_window_extent().height / axes.figure.dpi
    heights = spread([float(point[1]) for point in at.values()], 0.145 / inches)
    heights = [height - max(0.0, max(heights) - 1) for height in heights]
    for (name, (x, y)), height in zip(at.items(), heights, strict=True):
        drawn: dict[str, Any] = {"color": colours[name], "transform": axes.transAxes}
        line: dict[str, Any] = {"linewidth": 0.5, "alpha": 0.6, "zorder": 1}
        axes.plot([x, 1.0, 1.05], [y, height, height], clip_on=False, **drawn, **line)
        axes.plot([1.08], [height], "o", markersize=4.5, clip_on=False, **drawn)
        axes.text(1.12, height, names[name], va="center", transform=axes.transAxes)


def limit(axes: Axes, axis: str, values: Sequence[float]) -> None:
    """Let ``values`` fill most of an axis, so that a wide interval cannot squeeze them together."""
    scale = axes.get_xscale() if axis == "x" else axes.get_yscale()
    shown = np.log10(values) if scale == "log" else np.asarray(values, float)
    low, high = float(shown.min()), float(shown.max())
    margin = 0.2 * (high - low) or 0.1 * abs(high) or 0.1
    ends = np.array([low - margin, high + margin])
    axes.set(**{f"{axis}lim": 10**ends if scale == "log" else ends})


def hardware_key(figure: Figure, results: DatasetResults) -> None:
    """Say at the top of the page which marker stands for which hardware."""
    axes = sheet(figure)
    left = 0.15
    for kind, marker in markers(results).items():
        axes.plot([left], [0.15], marker, color=GREY, markersize=5)
        axes.text(left + 0.1, 0.15, kind, va="center", color=GREY)
        left += 0.35 + 0.07 * len(kind)


def log_ticks(axis: Axis, low: float, high: float) -> None:
    """A few round numbers, written out, on a logarithmic axis from ``low`` to ``high``."""
    decades = float(np.log10(high / low))
    steps = (1.0,) if decades > 2.2 else (1.0, 3.0) if decades > 1 else (1.0, 2.0, 5.0)
    axis.set_major_locator(LogLocator(subs=steps, numticks=6))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: compact(value)))


def compact(value: float) -> str:
    """A number in few characters: 0.01, 20, 5k, 2M."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"
