"""Natural: patches of six colour photographs that scikit-image and scikit-learn ship, for codecs.

Square patches at random places, drawn uniformly and without repetition from all places of a split's
photographs (patches overlap), with a generator of the split's own: always the same patches, and
more of one split leave the others as they are. No photograph is in two splits:

    train       astronaut (512×512)  NASA, public domain
                coffee (400×600)     Rachel Michetti, CC0
                flower (427×640)     vultilion, CC BY 2.0
    validation  rocket (427×640)     SpaceX, public domain
    test        chelsea (300×451)    Stefan van der Walt, CC0
                china (427×640)      danielbuechele, CC BY 2.0

so say scikit-image's docstrings and scikit-learn's README. Between them the training photographs
have many hues; of the test photographs one is soft (a cat's fur), one full of fine edges (a
temple). China, flower and rocket were JPEG files before. The packages' other pictures are grey,
medical, astronomical or drawings, or (motorcycle) come without a licence. Two test photographs are
few: scores rank codecs on these scenes, not on all photographs.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from aebench.data import Array, Split, Splits
from aebench.datasets import shipped
from aebench.datasets.download import Unavailable
from aebench.registry import dataset

TRAIN = ("astronaut.png", "coffee.png", "flower.jpg")
VALIDATION = ("rocket.jpg",)
TEST = ("chelsea.png", "china.jpg")
SCIKIT_IMAGE = ("skimage", "data")
SCIKIT_LEARN = ("sklearn", "datasets/images")
PACKAGE = {
    "astronaut.png": SCIKIT_IMAGE,
    "chelsea.png": SCIKIT_IMAGE,
    "china.jpg": SCIKIT_LEARN,
    "coffee.png": SCIKIT_IMAGE,
    "flower.jpg": SCIKIT_LEARN,
    "rocket.jpg": SCIKIT_IMAGE,
}
PIXELS_SHA256 = {
    "astronaut.png": "a8c429c18afa7b0fd5673e598d73a21225d94c864a71bbb3885126fdecb41071",
    "chelsea.png": "416b729128bfb2c3d1eb69bf9b1734a796293abc17939267b2dc94f8a5784031",
    "china.jpg": "e701459344fd69797154c91add3bb5d70e5ed1a61d8bed889bab3a796104698d",
    "coffee.png": "0ce2b51640b9c95f19617f03eabf40c3f0368589cc1ee1190b70966165ac184f",
    "flower.jpg": "3202904ed246795bf616c66d7859cd7c6080eff736c6e38dc5cc62779742033f",
    "rocket.jpg": "3d4435cc745752b7f9724df88c6e18817de3ce7e3d2d71c55f85f7831e68f197",
}


@dataset(
    "natural",
    title="Natural photographs",
    kind="image",
    shape=[3, 32, 32],
    maximum=255,
    splits={"train": 16000, "validation": 1000, "test": 2000},
    split="fixed",
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 32},
    budget={"steps": 3000, "batch_size": 64, "learning_rate": 0.001},
    licence="public domain (astronaut, rocket), CC0 (chelsea, coffee), "
    "CC BY 2.0 (china by danielbuechele, flower by vultilion)",
    source="inside the packages scikit-image (skimage.data) and scikit-learn (load_sample_images)",
    citation="van der Walt et al. 2014, doi:10.7717/peerj.453; Pedregosa et al. 2011, JMLR 12",
)
def natural(
    directory: Path,
    *,
    train: int = 16000,
    validation: int = 1000,
    test: int = 2000,
    side: int = 32,
) -> Splits:
    """Patches of colour photographs, ``side`` × ``side`` pixels, split by photograph."""
    return Splits(
        train=Split(patches(TRAIN, train, side, np.random.default_rng(0))),
        validation=Split(patches(VALIDATION, validation, side, np.random.default_rng(1))),
        test=Split(patches(TEST, test, side, np.random.default_rng(2))),
    )


def photograph(name: str) -> Array:
    """The pixels of a shipped photograph, uint8 (height, width, 3).

    Raises `Unavailable` where it is missing, damaged or not the one with `PIXELS_SHA256`.
    """
    from skimage.io import imread

    package, folder = PACKAGE[name]
    path = shipped.file(package, f"{folder}/{name}")
    try:
        pixels: Array = imread(path)
    except (OSError, SyntaxError, ValueError) as error:  # Pillow calls a broken PNG a SyntaxError
        raise Unavailable(f"{path}: damaged ({error}); {shipped.ADVICE}") from None
    shipped.check(pixels, PIXELS_SHA256[name], str(path))
    return pixels


def patches(names: Sequence[str], count: int, side: int, generator: np.random.Generator) -> Array:
    """Patches uint8 (count, 3, side, side) at different places of the named photographs.

    Raises `Unavailable` for a side that a photograph does not have and `ValueError` where the
    photographs have fewer places than ``count``.
    """
    photographs = [photograph(name) for name in names]
    most = min(size for pixels in photographs for size in pixels.shape[:2])
    if not 1 <= side <= most:
        raise Unavailable(f"side: found {side}, accepted are 1 to {most} pixels")
    # (rows, columns, 3, side, side): a view of a patch at every place, nothing is copied
    views = [sliding_window_view(pixels, (side, side), axis=(0, 1)) for pixels in photographs]
    starts = np.cumsum([0] + [view.shape[0] * view.shape[1] for view in views])
    if count > starts[-1]:
        raise ValueError(f"{count:,} patches are asked for; {', '.join(names)} have {starts[-1]:,}")
    places = generator.choice(starts[-1], count, replace=False)
    numbers = np.searchsorted(starts, places, side="right") - 1
    drawn = np.empty((count, 3, side, side), np.uint8)
    for number, view in enumerate(views):
        here = numbers == number
        row, column = np.divmod(places[here] - starts[number], view.shape[1])
        drawn[here] = view[row, column]
    return drawn
