"""Folder: the user's images as squares; what is wrong with them is said in one line."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aebench.data import Array
from aebench.datasets.download import Unavailable
from aebench.datasets.folder import folder


def save(directory: Path, count: int) -> None:
    """Images of 12×8 pixels whose middle 8×8 are of one red, the number of the image."""
    for number in range(count):
        pixels = np.full((8, 12, 3), 200, np.uint8)
        pixels[:, 2:10] = number, 0, 0
        place = directory / "below" if number == 3 else directory
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(place / f"{number:03}.{'PNG' if number % 2 else 'bmp'}")


def reds(arrays: dict[str, Array]) -> list[int]:
    """The number of each image, split by split."""
    return [int(image[0, 0, 0]) for array in arrays.values() for image in array]


def test_every_image_is_in_one_split_and_the_seed_says_in_which(tmp_path: Path) -> None:
    save(tmp_path, 25)
    (tmp_path / "notes.txt").write_text("not an image")
    first, again, other = (
        folder(Path(), seed=seed, path=str(tmp_path), side=4).arrays for seed in (0, 0, 1)
    )
    assert {name: len(array) for name, array in first.items()} == {
        "train_inputs": 21,
        "validation_inputs": 2,
        "test_inputs": 2,
    }
    assert sorted(reds(first)) == list(range(25))
    assert reds(first) == reds(again) != reds(other)


@pytest.mark.parametrize("side", [4, 8, 16])
def test_the_middle_square_is_kept_at_any_size(side: int, tmp_path: Path) -> None:
    save(tmp_path, 10)
    images = folder(Path(), seed=0, path=str(tmp_path), side=side).arrays["train_inputs"]
    assert images.shape == (8, 3, side, side) and images.dtype == np.uint8
    assert (images[:, 0] == images[:, 0, :1, :1]).all() and (images[:, 1:] == 0).all()


def test_an_image_stands_as_its_camera_says(tmp_path: Path) -> None:
    save(tmp_path, 9)
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:4] = 255
    turned = Image.Exif()
    turned[0x0112] = 3  # upside down
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=turned)
    arrays = folder(Path(), seed=0, path=str(tmp_path), side=8).arrays
    upright = [image for array in arrays.values() for image in array if image[1].any()]
    assert len(upright) == 1
    np.testing.assert_array_equal(upright[0].transpose(1, 2, 0), pixels[::-1])


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_every_kind_of_image_becomes_rgb(mode: str, tmp_path: Path) -> None:
    for number in range(10):
        image = Image.new("RGB", (5, 5), (255, 255, 255)).convert(mode)
        image.save(tmp_path / f"{number}.tif")
    images = folder(Path(), seed=0, path=str(tmp_path), side=3).arrays["train_inputs"]
    assert images.shape == (8, 3, 3, 3) and (images == 255).all()


def refusal(path: str, side: int = 64) -> str:
    with pytest.raises(Unavailable) as refused:
        folder(Path(), seed=0, path=path, side=side)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_what_is_wrong_is_said_in_one_line(tmp_path: Path) -> None:
    assert refusal("") == "set 'path' to a folder of images"
    absent = tmp_path / "absent"
    assert refusal(str(absent)) == (
        f"path: there is no folder {absent}; set it to a folder of images"
    )
    assert refusal(str(tmp_path)).startswith(f"{tmp_path}: 0 images (.bmp .gif")
    save(tmp_path, 9)
    assert "9 images" in refusal(str(tmp_path)) and "at least 10" in refusal(str(tmp_path))
    save(tmp_path, 10)
    assert refusal(str(tmp_path), side=0) == "side: found 0, accepted are 1 pixel and more"


@pytest.mark.parametrize("kept", [0, 20, 60])
def test_an_unreadable_image_is_named(kept: int, tmp_path: Path) -> None:
    save(tmp_path, 10)
    broken = tmp_path / "005.PNG"
    broken.write_bytes(broken.read_bytes()[:kept])
    assert refusal(str(tmp_path)).startswith(f"{broken}: not readable as an image (")
