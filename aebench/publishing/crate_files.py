"""Files as an RO-Crate describes them."""

import hashlib
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import quote

FORMATS = {
    ".cff": "application/yaml",
    ".lock": "text/plain",
    ".rst": "text/x-rst",
    ".smk": "text/x-python",
    ".tex": "application/x-tex",
    ".yaml": "application/yaml",
}
"""Media types that Python does not know."""
NAMES = {
    "index.html": "The report",
    "results.json": "Every score, with what it was made of",
    "results.schema.json": "JSON Schema of results.json",
    "plan.json": "Every run that was asked for",
    "Snakefile": "The workflow",
    "CITATION.cff": "How to cite AEBench",
    "envs/requirements.lock": "Versions of all packages",
}


def described(path: Path, folder: Path) -> dict[str, Any]:
    """A file of the crate in ``folder``: its name, media type, size in bytes and SHA-256."""
    name = path.relative_to(folder).as_posix()
    guessed = FORMATS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    return {
        "@id": quote(name),
        "@type": "File",
        "name": NAMES.get(name, name),
        "encodingFormat": guessed,
        "contentSize": str(path.stat().st_size),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
