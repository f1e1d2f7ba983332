"""Binary MNIST as Larochelle & Murray fixed it: every image drawn once, for everybody.

Three text files, one line of 784 zeros and ones per image, looked for in the data directory, in
``binary-mnist-static/`` or directly, and fetched there if absent; no labels. Results on this set
are about two nats worse than with dynamic binarisation (`binary-mnist`) and not comparable.
Checksums: from tensorflow_datasets (``binarized_mnist``).
"""

from pathlib import Path

import numpy as np

from aebench.data import Split, Splits
from aebench.datasets.download import AGAIN, Unavailable, content
from aebench.registry import dataset

MIRRORS = ("http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/{name}",)
FILES = {
    "binarized_mnist_train.amat": "sha256:"
    "ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d",
    "binarized_mnist_valid.amat": "sha256:"
    "1de3d397c40fe8eeb33dafd4099a1f665ec01e96d9be234aaeeac8a34930e2e2",
    "binarized_mnist_test.amat": "sha256:"
    "e6687bfea3f820c174f33b7865140b2a2dd2930ef786f35d45795fc193b5ab2c",
}


@dataset(
    "binary-mnist-static",
    title="Binary MNIST (static)",
    kind="image",
    shape=[1, 28, 28],
    maximum=1,
    splits={"train": 50000, "validation": 10000, "test": 10000},
    split="official",
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 16},
    budget={"steps": 5000, "batch_size": 128, "learning_rate": 0.001},
    licence="CC BY-SA 3.0",
    source="cs.toronto.edu/~larocheh",
    citation="Larochelle & Murray 2011",
    files=FILES,
    mirrors=MIRRORS,
)
def binary_mnist_static(directory: Path) -> Splits:
    """MNIST handwritten digits, 28×28, binarised once by Larochelle & Murray."""
    train, validation, test = (_read(name, directory) for name in FILES)
    return Splits(train=train, validation=validation, test=test)


def _read(name: str, directory: Path) -> Split:
    """Images uint8 (n, 1, 28, 28) of values 0 and 1. Raises `Unavailable`."""
    text = content(name, FILES, MIRRORS, directory / "binary-mnist-static", directory)
    # every digit is followed by one blank or line end
    pixels = np.frombuffer(text, np.uint8)[::2] - ord("0")
    if pixels.size % 784 or pixels.max(initial=0) > 1:
        raise Unavailable(f"{name}: not lines of 784 zeros and ones; {AGAIN}")
    return Split(pixels.reshape(-1, 1, 28, 28))
