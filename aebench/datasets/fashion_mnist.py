"""Fashion-MNIST: 70,000 articles of clothing, 28×28 grey, in MNIST's format and official split.

The four gzipped IDX files are looked for in the data directory, in ``fashion-mnist/`` or directly,
and fetched there if absent. The last 10,000 training images are validation. Checksums: of the
gzipped files as published, from tensorflow_datasets.
"""

from pathlib import Path

from aebench.data import Splits
from aebench.datasets import idx
from aebench.registry import dataset

MIRRORS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/{name}",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/{name}",
)
FILES = {
    "train-images-idx3-ubyte.gz": "sha256:"
    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte.gz": "sha256:"
    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte.gz": "sha256:"
    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte.gz": "sha256:"
    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}


@dataset(
    "fashion-mnist",
    title="Fashion-MNIST",
    kind="image",
    shape=[1, 28, 28],
    maximum=255,
    splits={"train": 50000, "validation": 10000, "test": 10000},
    split="official",
    classes=10,
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 16},
    budget={"steps": 5000, "batch_size": 128, "learning_rate": 0.001},
    licence="MIT",
    source="github.com/zalandoresearch/fashion-mnist",
    citation="Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747",
    files=FILES,
    mirrors=MIRRORS,
)
def fashion_mnist(directory: Path) -> Splits:
    """Zalando's articles of clothing, 28×28, grey values 0 to 255."""
    return idx.splits(FILES, MIRRORS, directory / "fashion-mnist", directory)
