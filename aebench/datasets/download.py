"""Finding a data set's files, and fetching them whole or not at all."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from aebench.files import written_whole

TIMEOUT_SECONDS = 20


class Unavailable(Exception):
    """A file is missing, damaged or altered; the message says what to do."""


def find(name: str, *folders: Path) -> Path | None:
    """The file ``name``, gzipped or not, in the first folder that has it."""
    for folder in folders:
        for path in (folder / f"{name}.gz", folder / name):
            if path.is_file():
                return path
    return None


def fetch(
    name: str, mirrors: Iterable[str], folder: Path, verify: Callable[[str, bytes, str], bytes]
) -> Path:
    """Download ``<mirror><name>.gz`` into ``folder`` once ``verify`` accepts it.

    Raises `Unavailable` with every mirror's answer where none serves it.
    """
    answers = []
    for mirror in mirrors:
        address = f"{mirror}{name}.gz"
        try:
            with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as response:
                content = response.read()
            verify(name, content, address)
        except (OSError, Unavailable) as error:
            answers.append(f"{address} ({error})")
            continue
        path = folder / f"{name}.gz"
        with written_whole(path) as temporary:
            temporary.write_bytes(content)
        return path
    raise Unavailable(f"{name}: not in {folder} and not to be fetched: {'; '.join(answers)}")


def missing(files: Sequence[str], *folders: Path) -> list[str]:
    """Which of ``files`` lie in none of the folders."""
    return [name for name in files if find(name, *folders) is None]


def reachable(mirrors: Iterable[str]) -> bool:
    """Whether any mirror's server answers at all (whatever it says), within seconds."""
    for mirror in mirrors:
        try:
            address = f"{urlsplit(mirror).scheme}://{urlsplit(mirror).netloc}/"
            request = urllib.request.Request(address, method="HEAD")
            urllib.request.urlopen(request, timeout=3).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            continue
        return True
    return False
