"""Write the files of a figure: the whole as SVG and PDF, the numbers in it, its parts as SVG."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from aebench.figures import style
from aebench.files import written_whole
from aebench.registry import Entry


def write(
    whole: Callable[[], Figure], part: Callable[[str], Figure], parts: Iterable[str], folder: Path
) -> list[str]:
    """Write ``all.svg``, ``all.pdf`` and an SVG by the name of each of ``parts``; returns those of
    them that have something to show. Where the whole has not, it says why. ``all.csv`` has the
    numbers that the whole shows; where those are pixels, it is not there.
    """
    with style.look():
        try:
            drawn = whole()
        except style.NothingToShow as reason:
            drawn = style.empty(str(reason))
        for kind in ("svg", "pdf"):
            style.save(drawn, folder / f"all.{kind}")
        _write_rows(drawn, folder / "all.csv")
        shown = []
        for name in parts:
            try:
                style.save(part(name), folder / f"{name}.svg")
            except style.NothingToShow:
                continue
            shown.append(name)
    return shown


def _write_rows(drawn: Figure, path: Path) -> None:
    if isinstance(drawn, style.Page) and drawn.rows:
        with written_whole(path) as temporary:
            pd.DataFrame(drawn.rows).to_csv(temporary, index=False)


def description(entry: Entry, dataset: str) -> dict[str, str]:
    """What figure.json says of every figure."""
    properties = {name: entry.properties[name] for name in ("title", "caption")}
    return {"name": entry.name, "dataset": dataset, **properties}
