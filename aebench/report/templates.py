"""How templates of pages are read: escaped, strict about names, without their own lines."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def templates(folders: Sequence[Path]) -> Environment:
    """The templates of ``folders``, of which the first that has a name is taken."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
