"""MNIST: 70,000 handwritten digits, 28×28 grey, with the official split.

The four IDX files (gzipped or not) are looked for in the data directory, in ``mnist/`` or directly,
and fetched there if absent. Checksums are of the decompressed bytes, so a mirror that compressed
them anew is accepted and a damaged file refused. The last 10,000 training images are validation.
"""

import gzip
import hashlib
from pathlib import Path

import numpy as np

from aebench.data import Array, Split, Splits
from aebench.datasets.download import Unavailable, fetch, find
from aebench.registry import dataset

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


@dataset(
    "mnist",
    title="MNIST",
    kind="image",
    shape=[1, 28, 28],
    maximum=255,
    splits={"train": 50000, "validation": 10000, "test": 10000},
    classes=10,
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 16},
    budget={"steps": 5000, "batch_size": 128, "learning_rate": 0.001},
    licence="CC BY-SA 3.0",
    source="yann.lecun.com/exdb/mnist, from mirrors",
    citation="LeCun, Bottou, Bengio & Haffner 1998",
    files=SHA256,
    mirrors=MIRRORS,
)
def mnist(directory: Path) -> Splits:
    """MNIST handwritten digits, 28×28, grey values 0 to 255."""
    images, labels, test_images, test_labels = (read(name, directory) for name in SHA256)
    images, test_images = images[:, None], test_images[:, None]
    labels, test_labels = labels.astype(np.int64), test_labels.astype(np.int64)
    return {
        "train": Split(images[:50000], labels[:50000]),
        "validation": Split(images[50000:], labels[50000:]),
        "test": Split(test_images, test_labels),
    }


def read(name: str, directory: Path) -> Array:
    """One IDX file as uint8; raises `Unavailable` where it is missing, damaged or not MNIST's."""
    path = find(name, directory / "mnist", directory) or fetch(
        name, MIRRORS, directory / "mnist", verify
    )
    return parse(verify(name, path.read_bytes(), str(path)))


def verify(name: str, stored: bytes, origin: str) -> bytes:
    """The decompressed bytes, checked; raises `Unavailable`."""
    try:
        content = gzip.decompress(stored) if stored[:2] == b"\x1f\x8b" else stored
    except (OSError, EOFError) as error:
        raise Unavailable(
            f"{origin}: damaged or truncated ({error}); delete it to fetch it again"
        ) from None
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise Unavailable(
            f"{origin}: not MNIST's {name} (checksum differs); delete it to fetch it again"
        )
    return content


def parse(content: bytes) -> Array:
    """IDX of unsigned bytes: two zeros, type 8, number of axes, their lengths, then the data."""
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)
