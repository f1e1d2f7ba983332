"""What follows from the project's own files alone, kept between starts.

To read hundreds of modules takes longer than to plan with what they say.
"""

import hashlib
import pickle
import sys
from collections.abc import Callable, Hashable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from aebench.files import written_whole

ROOT = Path(__file__).parents[1]
FOLDERS, SUFFIXES = ("aebench", "scripts"), (".py", ".yaml")

Given = ParamSpec("Given")
Found = TypeVar("Found")

_known: dict[Hashable, Any] = {}
_recalled: set[Hashable] = set()
_begun: list[bytes] = []
"""The files' digests when facts were asked for."""


def from_source(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """Decorate a function whose result follows from its arguments, all positional and hashable,
    and from the project's files: it is computed once, and not at all after `recall`.
    """

    @wraps(function)
    def known(*arguments: Given.args, **none: Given.kwargs) -> Found:
        if none:
            raise TypeError(f"{function.__name__}: arguments by position only")
        place = (function.__module__, function.__qualname__, arguments)
        if place not in _known:
            _known[place] = function(*arguments)  # type: ignore[call-arg]
        found: Found = _known[place]
        return found

    return known


def recall(path: Path) -> None:
    """Know again what `keep` left in ``path``, if it is whole and the files are as they were."""
    digest = _digest_of_source()
    _begun.append(digest)
    with suppress(OSError):
        content = path.read_bytes()
        if content.startswith(_header(digest, content[64:])):
            found = pickle.loads(content[64:])
            _known.update(found)
            _recalled.update(found)


def keep(path: Path) -> None:
    """Write what is known, where more is than was recalled, no file has changed since `recall` and
    ``path`` can be written.
    """
    if _known.keys() <= _recalled:
        return
    digest = _digest_of_source()
    if set(_begun) != {digest}:
        return
    content = pickle.dumps(_known)
    with suppress(OSError), written_whole(path) as temporary:
        temporary.write_bytes(_header(digest, content) + content)


def _header(digest: bytes, content: bytes) -> bytes:
    return digest + hashlib.sha256(content).digest()


def _digest_of_source() -> bytes:
    """SHA-256 of Python's version and of every file that a result may follow from."""
    digest = hashlib.sha256(sys.version.encode())
    paths = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    for path in sorted(path for path in paths if path.suffix in SUFFIXES):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)} ".encode() + content)
    return digest.digest()
