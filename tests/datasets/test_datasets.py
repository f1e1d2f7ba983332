"""Data sets: what they state is what they hold; damaged files are refused in one line."""

import gzip
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from aebench import data, registry
from aebench.data import Array, Description
from aebench.datasets import mnist
from aebench.datasets.digits import digits
from aebench.datasets.download import Unavailable, reachable
from aebench.datasets.sprites import FACTOR_SIZES, render, sprites

DATA = Path(os.environ.get("AEBENCH_DATA", "data"))
HAS_MNIST = (DATA / "mnist").is_dir()


@pytest.mark.parametrize("name", sorted(registry.datasets()))
def test_a_data_set_states_everything(name: str) -> None:
    description = Description(name=name, **registry.datasets()[name].properties)
    assert description.licence and description.source and description.citation
    assert set(description.splits) == {"train", "validation", "test"}
    assert data.Budget(**description.budget).steps > 0
    assert data.Backbone(**description.backbone).latent_dimension > 0


def test_digits_are_scikit_learns(tmp_path: Path) -> None:
    splits = digits(tmp_path)
    properties = registry.datasets()["digits"].properties
    assert {name: len(split.images) for name, split in splits.items()} == properties["splits"]
    assert splits["train"].images.max() == properties["maximum"]
    assert splits["test"].images.shape[1:] == tuple(properties["shape"])


def test_saving_and_loading_keeps_every_bit(tmp_path: Path) -> None:
    splits = sprites(tmp_path, train=30, validation=5, test=10)
    properties = registry.datasets()["sprites"].properties
    data.save(tmp_path, Description(name="sprites", **properties), splits)
    description, arrays = data.load(tmp_path)
    assert description.splits == {"train": 30, "validation": 5, "test": 10}
    np.testing.assert_array_equal(arrays["test_images"], splits["test"].images)
    np.testing.assert_array_equal(arrays["train_factors"], splits["train"].factors)


def test_no_sprite_is_in_two_splits(tmp_path: Path) -> None:
    splits = sprites(tmp_path, train=3000, validation=300, test=300)
    factors = np.concatenate(
        [split.factors for split in splits.values() if split.factors is not None]
    )
    assert len(np.unique(factors, axis=0)) == 3600
    assert (factors.min(0) == 0).all() and tuple(factors.max(0) + 1) == FACTOR_SIZES


def test_the_smallest_square_at_the_origin_is_pixel_exact() -> None:
    """Half side 4.8 around (16, 16): pixel centres 11.5 to 20.5."""
    image = render(np.array([[0, 0, 0, 0, 0]]))[0, 0]
    expected = np.zeros((64, 64), np.uint8)
    expected[12:20, 12:20] = 1
    expected[11:21, 11:21] = 1
    np.testing.assert_array_equal(image, expected)


def image(*factors: int) -> Array:
    """One sprite, (64, 64)."""
    pixels: Array = render(np.array([factors]))[0, 0]
    return pixels


@pytest.mark.parametrize("shape", range(3))
def test_the_first_and_last_orientation_are_one(shape: int) -> None:
    np.testing.assert_array_equal(image(shape, 5, 0, 9, 9), image(shape, 5, 39, 9, 9))


def test_an_upright_heart_is_symmetric_and_widest_above_its_middle() -> None:
    heart = image(2, 5, 0, 0, 0)[:, :32]  # centred on column 16
    np.testing.assert_array_equal(heart, heart[:, ::-1])
    rows = np.nonzero(heart.sum(1))[0]
    assert heart.sum(1).argmax() < rows.mean()


def test_a_sprite_turns_counter_clockwise() -> None:
    """A quarter turn brings the heart's lobes from the top to the left."""
    quarter = image(2, 5, 10, 16, 16)
    columns = np.nonzero(quarter.sum(0))[0]
    assert quarter.sum(0).argmax() < columns.mean()


def test_position_moves_the_sprite_and_scale_grows_it() -> None:
    first, moved = render(np.array([[1, 3, 5, 0, 0], [1, 3, 5, 31, 0]]))[:, 0]
    np.testing.assert_array_equal(first[:, :32], moved[:, 32:])
    areas = [image(1, scale, 0, 16, 16).sum() for scale in range(6)]
    expected = np.pi * 12.766 * 7.212 * np.linspace(0.5, 1, 6) ** 2
    np.testing.assert_allclose(areas, expected, rtol=0.05)


@pytest.mark.skipif(not HAS_MNIST, reason="MNIST is not in the data directory")
def test_mnist_is_the_official_one() -> None:
    splits = mnist.mnist(DATA)
    properties = registry.datasets()["mnist"].properties
    assert {name: len(split.images) for name, split in splits.items()} == properties["splits"]
    labels = splits["train"].labels
    assert labels is not None and list(labels[:5]) == [5, 0, 4, 1, 9]


NAME = "t10k-labels-idx1-ubyte"
CONTENT = b"\0\0\x08\x01\0\0\0\x03\x07\x02\x01"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """MNIST's checksum replaced by that of three labels."""
    monkeypatch.setitem(mnist.SHA256, NAME, hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(mnist, "MIRRORS", ())


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("compress", [lambda c: c, gzip.compress, lambda c: gzip.compress(c, 1)])
def test_however_a_file_is_compressed_it_is_read(tmp_path: Path, compress: object) -> None:
    assert callable(compress)
    (tmp_path / NAME).write_bytes(compress(CONTENT))
    assert list(mnist.read(NAME, tmp_path)) == [7, 2, 1]


@pytest.mark.usefixtures("small")
def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.gz").write_bytes(gzip.compress(CONTENT)[:-6])
    with pytest.raises(Unavailable, match="damaged or truncated.*delete it"):
        mnist.read(NAME, tmp_path)


@pytest.mark.usefixtures("small")
def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.gz").write_bytes(gzip.compress(CONTENT[:-1] + b"\x02"))
    with pytest.raises(Unavailable, match="checksum differs"):
        mnist.read(NAME, tmp_path)


@pytest.mark.usefixtures("small")
def test_a_missing_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=f"not in {tmp_path / 'mnist'}"):
        mnist.read(NAME, tmp_path)


@pytest.mark.usefixtures("small")
def test_a_download_is_checked_and_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    monkeypatch.setattr(mnist, "MIRRORS", (f"{mirror.as_uri()}/",))
    (mirror / f"{NAME}.gz").write_bytes(gzip.compress(CONTENT)[:-6])
    with pytest.raises(Unavailable, match="not to be fetched"):
        mnist.read(NAME, tmp_path / "data")
    assert not list((tmp_path / "data").rglob("*.gz")), "nothing half-fetched is left"
    (mirror / f"{NAME}.gz").write_bytes(gzip.compress(CONTENT))
    assert list(mnist.read(NAME, tmp_path / "data")) == [7, 2, 1]
    assert (tmp_path / "data/mnist" / f"{NAME}.gz").exists()


def test_a_dead_mirror_is_not_reachable() -> None:
    assert not reachable(["http://127.0.0.1:9/mnist/"])
