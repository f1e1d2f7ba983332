"""Data that installed packages ship inside their wheels: found, and checked to be what it was."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from aebench.data import Array
from aebench.datasets.download import Unavailable

ADVICE = "install the version in envs/requirements.lock"


def file(package: str, name: str) -> Path:
    """Where the file ``name`` of a top-level package lies.

    Raises `Unavailable` where the package or its file is not there.
    """
    found = find_spec(package)
    if found is None or found.origin is None:
        raise Unavailable(f"the package {package} is not installed; {ADVICE}")
    path = Path(found.origin).parent / name
    if not path.is_file():
        raise Unavailable(f"{path}: missing; {ADVICE}")
    return path


def check(values: Array, checksum: str, origin: str) -> None:
    """Raise `Unavailable` where ``values``, row by row, have not the SHA-256 ``checksum``."""
    found = hashlib.sha256(values.tobytes()).hexdigest()
    if found != checksum:
        raise Unavailable(
            f"{origin}: altered (its checksum is {found}, not {checksum}), by another release "
            f"or decoder; {ADVICE}"
        )
