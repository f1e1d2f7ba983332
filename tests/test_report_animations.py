"""Films hold the frames they are cut from, in the order that the page plays."""

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from aebench.data import Array
from aebench.report import animations


def pixels(address: str) -> Array:
    """What a ``data:`` address shows, uint8 (h, w, 3)."""
    content = base64.b64decode(address.partition(",")[2])
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"))


def test_a_film_has_a_column_for_each_frame_and_a_row_for_each_that_moves() -> None:
    frames = np.zeros((2, 3, 1, 4, 5), np.float32)
    frames[1, 2] = 1
    shown = pixels(animations.film(frames))
    assert shown.shape == (8, 15, 3)
    assert (shown[4:, 10:] == 255).all()
    assert shown.sum() == 255 * 4 * 5 * 3


def test_large_frames_are_thinned_to_what_the_page_shows() -> None:
    frames = np.random.default_rng(0).random((1, 2, 3, 130, 100))
    assert animations.thinned(frames).shape == (1, 2, 3, 44, 34)
    assert animations.thinned(frames[..., :64, :64]).shape == (1, 2, 3, 64, 64)
