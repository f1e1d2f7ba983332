"""Kuzushiji-MNIST: 70,000 cursive Japanese characters, 28×28 grey, in MNIST's format and split.

The four gzipped IDX files are looked for in the data directory, in ``kmnist/`` or directly, and
fetched there if absent. The last 10,000 training images are validation. Checksums: of the gzipped
files as published, from tensorflow_datasets.
"""

from pathlib import Path

from aebench.data import Splits
from aebench.datasets import idx
from aebench.registry import dataset

MIRRORS = (
    "https://codh.rois.ac.jp/kmnist/dataset/kmnist/{name}",
    "http://codh.rois.ac.jp/kmnist/dataset/kmnist/{name}",
)
FILES = {
    "train-images-idx3-ubyte.gz": "sha256:"
    "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
    "train-labels-idx1-ubyte.gz": "sha256:"
    "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
    "t10k-images-idx3-ubyte.gz": "sha256:"
    "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
    "t10k-labels-idx1-ubyte.gz": "sha256:"
    "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
}


@dataset(
    "kmnist",
    title="Kuzushiji-MNIST",
    kind="image",
    shape=[1, 28, 28],
    maximum=255,
    splits={"train": 50000, "validation": 10000, "test": 10000},
    split="official",
    classes=10,
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 16},
    budget={"steps": 5000, "batch_size": 128, "learning_rate": 0.001},
    licence="CC BY-SA 4.0",
    source="codh.rois.ac.jp/kmnist",
    citation="Clanuwat et al. 2018, arXiv:1812.01718",
    files=FILES,
    mirrors=MIRRORS,
)
def kmnist(directory: Path) -> Splits:
    """Cursive Japanese characters of ten classes, 28×28, grey values 0 to 255."""
    return idx.splits(FILES, MIRRORS, directory / "kmnist", directory)
