"""Folder: any images the user names, as squares of one size.

Every image below ``path`` (a folder, relative to the working directory; its sub-folders too) is
turned upright as its camera says, made RGB, cropped to the square in its middle and resized to
``side`` with Lanczos' filter. Sorted by path, they are split 80/10/10 as the seed draws. An
image that changes without changing its name or size is not noticed by the plan.
"""

from pathlib import Path

import numpy as np

from aebench.data import Array, Split, Splits
from aebench.datasets.download import Unavailable
from aebench.registry import dataset

SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
FEWEST = 10
"""One test, one validation and eight training images."""


@dataset(
    "folder",
    title="A folder of images",
    kind="image",
    shape=[3, 64, 64],
    maximum=255,
    splits={"train": 0, "validation": 0, "test": 0},
    split="seed",
    likelihood="bernoulli",
    backbone={"name": "mlp", "hidden": [512, 512], "latent_dimension": 32},
    budget={"steps": 5000, "batch_size": 128, "learning_rate": 0.001},
    licence="the user's",
    source="a folder the user names",
    citation="the user's",
)
def folder(directory: Path, *, seed: int, path: str = "", side: int = 64) -> Splits:
    """Any folder of images, as squares of one size; how many are in a split is known once prepared.

    Raises `Unavailable` where ``path`` is empty, no folder, has fewer than ten images or one that
    cannot be read.
    """
    images = np.stack([square(name, side) for name in found(path)])
    held_out = len(images) // 10
    order = np.random.default_rng(seed).permutation(len(images))
    test, validation, train = np.split(order, [held_out, 2 * held_out])
    return Splits(
        train=Split(images[train]),
        validation=Split(images[validation]),
        test=Split(images[test]),
    )


def found(path: str) -> list[Path]:
    """The image files below the folder ``path``, sorted. Raises `Unavailable`."""
    if not path:
        raise Unavailable("set 'path' to a folder of images")
    place = Path(path).expanduser().resolve()
    if not place.is_dir():
        raise Unavailable(f"path: there is no folder {place}; set it to a folder of images")
    files = sorted(file for file in place.rglob("*") if file.suffix.lower() in SUFFIXES)
    if len(files) < FEWEST:
        raise Unavailable(
            f"{place}: {len(files)} images ({' '.join(sorted(SUFFIXES))}), "
            f"needed are at least {FEWEST}; add images or set 'path' to another folder"
        )
    return files


def square(path: Path, side: int) -> Array:
    """The middle of one image, uint8 (3, side, side). Raises `Unavailable`."""
    from PIL import Image, ImageOps

    if side < 1:
        raise Unavailable(f"side: found {side}, accepted are 1 pixel and more")
    try:
        with Image.open(path) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Unavailable(f"{path}: not readable as an image ({error}); remove it") from None
    edge = min(upright.size)
    left, top = (upright.width - edge) // 2, (upright.height - edge) // 2
    # cropped first: resizing alone would let the cut-off pixels beside the square shine in
    middle = upright.crop((left, top, left + edge, top + edge))
    return np.asarray(middle.resize((side, side), Image.Resampling.LANCZOS)).transpose(2, 0, 1)
