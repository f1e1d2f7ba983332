"""The files of every figure, under the names that readers get them by."""

from pathlib import Path
from typing import Any

from aebench.files import ALL_DATASETS

KINDS = ("svg", "pdf", "csv")


def drawn_files(plan: dict[str, Any]) -> dict[str, Path]:
    """Where each figure's picture of all settings, and the numbers in it, lie, by
    ``<data set>/<figure>.<svg, pdf or csv>``. Pictures of pixels have no csv.
    """
    figures = [*plan["figures"], *({"dataset": ALL_DATASETS} | f for f in plan["figures_across"])]
    found = {
        f"{figure['dataset']}/{figure['figure']}.{kind}": Path(figure["folder"]) / f"all.{kind}"
        for figure in figures
        for kind in KINDS
    }
    return {name: path for name, path in found.items() if path.is_file()}
