"""MNIST: 70,000 handwritten digits, 28×28 grey, with the official split.

The four IDX files (gzipped or not) are looked for in the data directory, in ``mnist/`` or directly,
and fetched there if absent. The last 10,000 training images are validation.
"""

from pathlib import Path

from aebench.data import Splits
from aebench.datasets import idx
from aebench.registry import dataset

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/{name}.gz",
    "https://storage.googleapis.com/cvdf-datasets/mnist/{name}.gz",
)
FILES = {
    "train-images-idx3-ubyte": "sha256:"
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "sha256:"
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "sha256:"
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "sha256:"
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


@dataset(
    "mnist",
    title="MNIST",
    kind="image",
    shape=[1, 28, 28],
    maximum=255,
    splits={"train": 50000, "validation": 10000, "test": 10000},
    split="official",
    classes=10,
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 16},
    budget={"steps": 5000, "batch_size": 128, "learning_rate": 0.001},
    licence="CC BY-SA 3.0",
    source="yann.lecun.com/exdb/mnist, from mirrors",
    citation="LeCun, Bottou, Bengio & Haffner 1998",
    files=FILES,
    mirrors=MIRRORS,
)
def mnist(directory: Path) -> Splits:
    """MNIST handwritten digits, 28×28, grey values 0 to 255."""
    return idx.splits(FILES, MIRRORS, directory / "mnist", directory)
