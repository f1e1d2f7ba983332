"""UCI handwritten digits: 1,797 real 8×8 grey images of 43 writers, as scikit-learn ships them.

scikit-learn's copy is the original test set and has no official split: the last 500 images are the
test set here, 297 before them the validation set; writers do not repeat in blocks, so some write in
two splits.
"""

from pathlib import Path

import numpy as np

from aebench.data import Split, Splits
from aebench.datasets.shipped import check
from aebench.registry import dataset

SHA256 = "e10b10289c0d9d8a1b3e6b7dfe998949029a89056e0e06dfb989924a36d75a3c"
"""Of the pixels and the label of each image, int64."""


@dataset(
    "digits",
    title="UCI digits",
    kind="image",
    shape=[1, 8, 8],
    maximum=16,
    splits={"train": 1000, "validation": 297, "test": 500},
    split="fixed",
    classes=10,
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [256, 256], "latent_dimension": 8},
    budget={"steps": 3000, "batch_size": 64, "learning_rate": 0.001},
    licence="CC BY 4.0",
    source="scikit-learn (load_digits); UCI Optical Recognition of Handwritten Digits",
    citation="Alpaydin & Kaynak 1998, doi:10.24432/C50P49",
)
def digits(directory: Path) -> Splits:
    """UCI handwritten digits, 8×8, grey values 0 to 16."""
    from sklearn.datasets import load_digits

    loaded = load_digits()
    images = loaded.images.astype(np.uint8)[:, None]
    labels = loaded.target.astype(np.int64)
    check(np.column_stack([images.reshape(-1, 64), labels]), SHA256, "scikit-learn's digits")
    return Splits(
        train=Split(images[:1000], labels[:1000]),
        validation=Split(images[1000:1297], labels[1000:1297]),
        test=Split(images[1297:], labels[1297:]),
    )
