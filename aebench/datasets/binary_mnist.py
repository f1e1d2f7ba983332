"""Binary MNIST with dynamic binarisation, as importance weighted autoencoders were measured on.

A pixel of grey value g is on with probability g / 255. Training images are drawn anew at every
step; validation and test images are drawn once, with a fixed generator, and stored as 0 and 255.
Burda, Grosse & Salakhutdinov 2016, who hold out 400 images for validation and draw the test images
anew as well; here the split is that of `mnist`, whose files these are.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from aebench.data import Array, Splits
from aebench.datasets import idx
from aebench.datasets.mnist import FILES, MIRRORS
from aebench.registry import dataset


@dataset(
    "binary-mnist",
    title="Binary MNIST (dynamic)",
    kind="image",
    shape=[1, 28, 28],
    maximum=255,
    splits={"train": 50000, "validation": 10000, "test": 10000},
    split="official",
    classes=10,
    redrawn=True,
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 16},
    budget={"steps": 5000, "batch_size": 128, "learning_rate": 0.001},
    licence="CC BY-SA 3.0",
    source="yann.lecun.com/exdb/mnist, from mirrors",
    citation="LeCun, Bottou, Bengio & Haffner 1998; Burda, Grosse & Salakhutdinov 2016",
    files=FILES,
    mirrors=MIRRORS,
    folder="mnist",
)
def binary_mnist(directory: Path) -> Splits:
    """MNIST handwritten digits, 28×28, binarised at random, anew at every training step."""
    grey = idx.splits(FILES, MIRRORS, directory / "mnist", directory).named
    generator = np.random.default_rng(0)
    validation, test = (
        replace(grey[name], inputs=binarised(grey[name].inputs, generator))
        for name in ("validation", "test")
    )
    return Splits(train=grey["train"], validation=validation, test=test)


def binarised(images: Array, generator: np.random.Generator) -> Array:
    """Images uint8 of values 0 and 255, each 255 with probability value / 255; any shape."""
    # one of 0 … 254 is below g with probability g / 255 exactly
    on = generator.integers(0, 255, images.shape, np.uint8) < images
    return np.where(on, 255, 0).astype(np.uint8)
