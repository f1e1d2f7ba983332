"""CIFAR-10: 60,000 photographs of ten classes, 32×32 colour, with the official split.

The archive of the binary version, ``cifar-10-binary.tar.gz``, is looked for in the data directory,
in ``cifar10/`` or directly, and fetched there if absent. It holds records of one byte for the class
and 3072 for the pixels, channel by channel. The last 5,000 training images are validation.
Checksum: of the archive, from tensorflow_datasets.
"""

import tarfile
from io import BytesIO
from pathlib import Path

import numpy as np

from aebench.data import Array, Split, Splits
from aebench.datasets.download import content
from aebench.registry import dataset

ARCHIVE = "cifar-10-binary.tar.gz"
MIRRORS = ("https://www.cs.toronto.edu/~kriz/{name}",)
FILES = {
    "cifar-10-binary.tar.gz": "sha256:"
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
}
TRAINING = [f"data_batch_{number}.bin" for number in range(1, 6)]
TEST = "test_batch.bin"
VALIDATION = 5000


@dataset(
    "cifar10",
    title="CIFAR-10",
    kind="image",
    shape=[3, 32, 32],
    maximum=255,
    splits={"train": 45000, "validation": 5000, "test": 10000},
    split="official",
    classes=10,
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 32},
    budget={"steps": 5000, "batch_size": 128, "learning_rate": 0.001},
    licence="none stated; cite the report",
    source="cs.toronto.edu/~kriz/cifar.html",
    citation="Krizhevsky 2009, Learning Multiple Layers of Features from Tiny Images",
    files=FILES,
    mirrors=MIRRORS,
)
def cifar10(directory: Path) -> Splits:
    """Small colour photographs of ten classes, 32×32, values 0 to 255."""
    records = _records(content(ARCHIVE, FILES, MIRRORS, directory / "cifar10", directory))
    training = np.concatenate([records[name] for name in TRAINING])
    first = len(training) - VALIDATION
    return Splits(
        train=_split(training[:first]),
        validation=_split(training[first:]),
        test=_split(records[TEST]),
    )


def _records(stored: bytes) -> dict[str, Array]:
    """Of every file in the tar archive that has records, uint8 (n, 3073) by its name."""
    records = {}
    with tarfile.open(fileobj=BytesIO(stored)) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file and member.name.endswith(".bin"):
                numbers = np.frombuffer(file.read(), np.uint8)
                records[Path(member.name).name] = numbers.reshape(-1, 3073)
    return records


def _split(records: Array) -> Split:
    return Split(records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].astype(np.int64))
