"""OMNIGLOT for density estimation: 32,415 characters of 50 alphabets, 28×28, as IWAE's authors cut.

``chardata.mat`` is looked for in the data directory, in ``omniglot/`` or directly, and fetched
there if absent. Its grey values are numbers from 0 to 1 and, as is the field's habit, probabilities
of a pixel to be on: training images are drawn anew at every step (dynamic binarisation); validation
and test images are drawn once, with a fixed generator, where the paper draws them anew as well.
The split into 24,345 and 8,070 is the file's; the last 1,345 of the training images, in the order
that the paper's code shuffles them to, are validation. Labels are alphabets.

Checksum: the MD5 of one public loader (haowen-xu/tfsnippet), the only one found.
"""

from io import BytesIO
from pathlib import Path

import numpy as np

from aebench.data import Array, Split, Splits
from aebench.datasets.download import content
from aebench.registry import dataset

FILE = "chardata.mat"
MIRRORS = (
    "https://raw.githubusercontent.com/yburda/iwae/master/datasets/OMNIGLOT/{name}",
    "https://github.com/yburda/iwae/raw/master/datasets/OMNIGLOT/{name}",
)
FILES = {"chardata.mat": "md5:21ecaf34373511aa7691cf2e0802aa3d"}
VALIDATION = 1345
SHUFFLE_SEED = 123
"""Of the legacy generator that the paper's code uses."""


@dataset(
    "omniglot",
    title="OMNIGLOT 28×28",
    kind="image",
    shape=[1, 28, 28],
    maximum=1,
    splits={"train": 23000, "validation": 1345, "test": 8070},
    split="official",
    classes=50,
    redrawn=True,
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 16},
    budget={"steps": 5000, "batch_size": 128, "learning_rate": 0.001},
    licence="MIT",
    source="github.com/yburda/iwae, from github.com/brendenlake/omniglot",
    citation="Lake, Salakhutdinov & Tenenbaum 2015; Burda, Grosse & Salakhutdinov 2016",
    files=FILES,
    mirrors=MIRRORS,
)
def omniglot(directory: Path) -> Splits:
    """Handwritten characters, 28×28, binarised at random, anew at every training step."""
    from scipy.io import loadmat

    stored = content(FILE, FILES, MIRRORS, directory / "omniglot", directory)
    arrays = loadmat(BytesIO(stored))
    images, labels = _upright(arrays["data"]), arrays["target"].argmax(axis=0)
    order = np.random.RandomState(SHUFFLE_SEED).permutation(len(images))
    training, held_out = order[:-VALIDATION], order[-VALIDATION:]
    generator = np.random.default_rng(0)
    return Splits(
        train=Split(images[training], labels[training]),
        validation=Split(binarised(images[held_out], generator), labels[held_out]),
        test=Split(
            binarised(_upright(arrays["testdata"]), generator), arrays["testtarget"].argmax(axis=0)
        ),
    )


def binarised(images: Array, generator: np.random.Generator) -> Array:
    """Images uint8 of zeros and ones, each one with the probability ``images``, 0 to 1, give."""
    drawn: Array = generator.random(images.shape, np.float32) < images
    return drawn.astype(np.uint8)


def _upright(columns: Array) -> Array:
    """Images float32 (n, 1, 28, 28) of columns (784, n) that hold them column by column."""
    pixels = columns.T.reshape(-1, 1, 28, 28).transpose(0, 1, 3, 2)
    return np.ascontiguousarray(pixels, np.float32)
