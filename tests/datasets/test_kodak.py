"""Kodak: every photograph once, all of one shape, under either of its names."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aebench import registry
from aebench.datasets.kodak import kodak
from tests.datasets import small_files

REAL = Path(os.environ.get("AEBENCH_DATA", "data")) / "kodak"


@pytest.mark.parametrize("prefix", ["kodim", ""])
def test_portraits_are_turned_a_quarter_and_both_names_found(
    prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kodak").mkdir()
    for name, stored in small_files.of("kodak", monkeypatch).items():
        (tmp_path / "kodak" / name.replace("kodim", prefix)).write_bytes(stored)
    images = kodak(tmp_path).test.inputs
    assert images.shape == (24, 3, 4, 6)
    for number, image in enumerate(images):
        # a quarter turn counter-clockwise brings the top left corner to the bottom left
        assert image[0, -1 if number % 4 == 3 else 0, 0] == number
        assert (image == 99).sum() == image.size - 3


def test_it_is_for_evaluation_only() -> None:
    assert registry.datasets()["kodak"].properties["splits"] == {"test": 24}


@pytest.mark.skipif(not REAL.is_dir(), reason="Kodak is not in the data directory")
def test_the_real_photographs_are_read() -> None:
    images = kodak(REAL.parent).test.inputs
    assert images.shape == (24, 3, 512, 768) and images.dtype == np.uint8
    for number, clockwise in ((1, 0), (4, 1)):
        path = next(path for path in REAL.iterdir() if path.stem.endswith(f"{number:02}"))
        found = np.rot90(images[number - 1].transpose(1, 2, 0), -clockwise)
        np.testing.assert_array_equal(found, np.asarray(Image.open(path)))
