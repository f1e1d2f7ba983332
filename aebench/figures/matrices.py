"""Matrices as heat maps under one colour scale: what several figures share."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from aebench.data import Array
from aebench.figures import style

LOW, HIGH, CELL = 0.0, 1.0, 0.2
"""The scale's ends; inches along a cell's side."""


class Matrix(NamedTuple):
    """A titled matrix of numbers from 0 to 1 (or -1 to 1 on a diverging scale)."""

    title: str
    colour: str
    values: Array
    rows: Sequence[str]
    columns: Sequence[str]


def draw(
    shown: Sequence[Matrix], width: float = style.WIDTH, diverging: bool = False, note: str = ""
) -> Figure:
    """Heat maps side by side, as many in a row as fit, every cell of one size; a cell of at least
    0.1 in size has its number, in hundredths.
    """
    naming = 0.1 + max(style.width_of(matrix.rows) for matrix in shown)
    columns = max(len(matrix.columns) for matrix in shown)
    rows = max(len(matrix.rows) for matrix in shown)
    slanted = not all(name.startswith("$") for matrix in shown for name in matrix.columns)
    below = 0.1 + 0.7 * style.width_of(shown[0].columns) if slanted else 0.22
    block = naming + CELL * columns + 0.2
    across = max(1, int((width + 0.2) // block))
    pitch = 0.34 + CELL * rows + below
    text = style.wrapped(note, width)
    lines = len(text.splitlines())
    height = pitch * -(-len(shown) // across) + style.LINE * lines + 0.08
    page = style.page(height, max(width, block))
    sheet = style.sheet(page)
    for place, matrix in enumerate(shown):
        row, column = divmod(place, across)
        left, top = column * block + naming, row * pitch + 0.3
        style.heading(sheet, left - 0.08, top - 0.09, matrix.title, matrix.colour)
        _heat_map(page, matrix, left, top, diverging, slanted)
    if text:
        sheet.text(0.08, height - 0.06, text, va="bottom", color=style.GREY, fontsize=7.5)
    return page


def _heat_map(
    page: Figure, matrix: Matrix, left: float, top: float, diverging: bool, slanted: bool
) -> None:
    rows, columns = matrix.values.shape
    axes = style.panel(page, left, top, CELL * columns, CELL * rows)
    axes.imshow(
        matrix.values,
        cmap="RdBu_r" if diverging else "Blues",
        vmin=-HIGH if diverging else LOW,
        vmax=HIGH,
        aspect="auto",
        interpolation="none",
    )
    for (row, column), value in np.ndenumerate(matrix.values):
        cell = {"row": matrix.rows[row], "column": style.plain(matrix.columns[column])}
        style.keep(axes, matrix=matrix.title, **cell, value=value)
        if abs(value) >= 0.1:
            ink = "white" if abs(value) > 0.6 else style.INK
            number = f"{100 * value:.0f}".replace("-", "−")
            axes.text(column, row, number, ha="center", va="center", color=ink, fontsize=5.5)
    turn: Any = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    axes.set_xticks(range(columns), list(matrix.columns), fontsize=7, **turn)
    axes.set_yticks(range(rows), list(matrix.rows), fontsize=7)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def code_names(dimensions: Sequence[int]) -> list[str]:
    """``z₁`` … of the numbers of a code."""
    return [f"$z_{{{dimension + 1}}}$" for dimension in dimensions]
