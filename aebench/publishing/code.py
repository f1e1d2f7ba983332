"""The files of the workflow as they were at a commit, to be published beside its results."""

import io
import subprocess
import tarfile
from pathlib import Path

from aebench.registry import PACKAGE

ROOT = PACKAGE.parent
WORKFLOW, LOCK, CITATION = "Snakefile", "envs/requirements.lock", "CITATION.cff"
PUBLISHED = (WORKFLOW, "workflow", "config.yaml", LOCK, CITATION, "LICENSE")


def at(commit: str, root: Path = ROOT) -> dict[str, bytes]:
    """Content of each file of `PUBLISHED`, by its path, at ``commit``, or as they are in ``root``
    where git knows no such commit: of modified code, or outside a repository.
    """
    try:
        command = ["git", "archive", "--format=tar", commit, *PUBLISHED]
        done = subprocess.run(command, capture_output=True, check=True, cwd=root)
    except (FileNotFoundError, subprocess.CalledProcessError):
        return _present(root)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        files = {entry.name: archive.extractfile(entry) for entry in archive if entry.isfile()}
    return {name: file.read() for name, file in files.items() if file}


def _present(root: Path) -> dict[str, bytes]:
    places = [root / name for name in PUBLISHED]
    files = [
        path
        for place in places
        for path in ([place] if place.is_file() else sorted(place.rglob("*")))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
