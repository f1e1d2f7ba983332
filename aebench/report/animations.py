"""Traversals and interpolations as frames that the page can play."""

import base64
from io import BytesIO
from typing import Any

import numpy as np

from aebench.data import Array
from aebench.figures import style
from aebench.figures.matrices import code_names
from aebench.figures.traversals import by_effect
from aebench.report.pictures import PNG, packed
from aebench.report.tradeoffs import embedded
from aebench.results import RunResults, of_dataset

MOVED, PAIRS = 6, 4
"""Numbers of the code that are moved, those first that change the picture most; pairs of test
samples.
"""
SIDE = 64
"""Pixels at most of a frame's longer side; larger ones are thinned."""
SHOWN = 112
"""Pixels to which a frame is enlarged, about."""

Content = dict[str, Any]


def section(plan: Content, dataset: str) -> Content | None:
    """What moves on a data set, by the run that each setting's pictures show: ``frames`` of each
    row, their ``width`` and ``height`` in pixels, how many ``times`` these are enlarged, and, as
    JSON, ``settings``: name, a film's ``address`` with a column for each frame and a row for each
    thing that moves, and the ``rows``' names. None where nothing moves.
    """
    results = of_dataset(plan, dataset)
    films = []
    for run in style.shown(results, None):
        rows = moving(run)
        if rows:
            frames = thinned(np.stack([style.pictures(frames, results) for _, frames in rows]))
            films.append((style.label(run, results), [name for name, _ in rows], frames))
    if not films:
        return None
    _, _, frames = films[0]
    height, width = frames.shape[-2:]
    return {
        "frames": frames.shape[1],
        "width": width,
        "height": height,
        "times": max(1, round(SHOWN / max(width, height))),
        "names": [name for name, _, _ in films],
        "settings": embedded(
            [{"name": name, "rows": rows, "address": film(f)} for name, rows, f in films]
        ),
    }


def moving(run: RunResults) -> list[tuple[str, Array]]:
    """Names and frames (steps, *shape) of a run's traversals and interpolations."""
    rows: list[tuple[str, Array]] = []
    if "traversals" in run.artefacts:
        moved, numbers = run.artefacts["traversals"][0], run.artefacts["traversed"]
        order = by_effect(moved)[:MOVED]
        names = map(style.plain, code_names(numbers[order].tolist()))
        rows += zip(names, moved[order], strict=True)
    for place, frames in enumerate(run.artefacts.get("interpolations", [])[:PAIRS]):
        rows.append((f"from sample {2 * place + 1} to {2 * place + 2}", frames))
    return rows


def thinned(frames: Array) -> Array:
    """Frames (rows, steps, channels, h, w), every so manyth pixel of large ones."""
    step = -(-max(frames.shape[-2:]) // SIDE)
    return frames[..., ::step, ::step]


def film(frames: Array) -> str:
    """Frames (rows, steps, 1 or 3, h, w) in [0, 1] as the address of one picture, without gaps."""
    from PIL import Image

    rows, steps, _, height, width = frames.shape
    pixels = np.rint(np.clip(frames, 0, 1) * 255).astype(np.uint8)
    pixels = np.broadcast_to(pixels, (rows, steps, 3, height, width))
    whole = pixels.transpose(0, 3, 1, 4, 2).reshape(rows * height, steps * width, 3)
    written = BytesIO()
    Image.fromarray(whole).save(written, "png")
    return packed(PNG + base64.b64encode(written.getvalue()).decode())
