"""IDX, the file format of MNIST and the sets made after it."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from aebench.data import Array, Split, Splits
from aebench.datasets.download import AGAIN, Unavailable, content

VALIDATION = 10000
"""Training images kept for validation, the last ones."""


def parse(stored: bytes, origin: str) -> Array:
    """Unsigned bytes of any shape: two zeros, type 8, number of axes, their lengths, the data.

    Raises `Unavailable` where the content is not that or not as long as it says.
    """
    if len(stored) < 4 or stored[:3] != b"\0\0\x08":
        raise Unavailable(f"{origin}: not an IDX file of bytes; {AGAIN}")
    start = 4 + 4 * stored[3]
    lengths = stored[4:start]
    shape = np.frombuffer(lengths[: len(lengths) // 4 * 4], ">u4")
    if len(stored) - start != shape.prod(dtype=np.int64):
        raise Unavailable(f"{origin}: truncated or too long; {AGAIN}")
    return np.frombuffer(stored, np.uint8, offset=start).reshape(shape)


def splits(files: Mapping[str, str], mirrors: Iterable[str], *folders: Path) -> Splits:
    """The four files of a set made after MNIST (training images and labels, test images and
    labels), the last 10,000 training images as validation.

    Raises `Unavailable` as `aebench.datasets.download.content` does.
    """
    images, labels, test_images, test_labels = (
        read(name, files, mirrors, *folders) for name in files
    )
    first = len(images) - VALIDATION
    return Splits(
        train=Split(images[:first, None], labels[:first].astype(np.int64)),
        validation=Split(images[first:, None], labels[first:].astype(np.int64)),
        test=Split(test_images[:, None], test_labels.astype(np.int64)),
    )


def read(name: str, files: Mapping[str, str], mirrors: Iterable[str], *folders: Path) -> Array:
    """One file's array, uint8. Raises `Unavailable`."""
    return parse(content(name, files, mirrors, *folders), name)
