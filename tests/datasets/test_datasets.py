"""Data sets: what they state is what they hold; damaged files are refused in one line."""

import os
from pathlib import Path

import numpy as np
import pytest

from aebench import data, registry
from aebench.data import Array, Description, Splits
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
    assert description.kind in data.KINDS and description.split in {"official", "fixed", "seed"}
    assert "test" in description.splits
    assert data.Budget(**description.budget).steps > 0
    assert data.Backbone(**description.backbone).latent_dimension > 0


def sizes(splits: Splits) -> dict[str, int]:
    return {name: len(split.inputs) for name, split in splits.named.items()}


def test_digits_are_scikit_learns(tmp_path: Path) -> None:
    splits = digits(tmp_path)
    properties = registry.datasets()["digits"].properties
    assert sizes(splits) == properties["splits"]
    assert splits.arrays["train_inputs"].max() == properties["maximum"]
    assert splits.test.inputs.shape[1:] == tuple(properties["shape"])


def test_saving_and_loading_keeps_every_bit(tmp_path: Path) -> None:
    splits = sprites(tmp_path, train=30, validation=5, test=10)
    properties = registry.datasets()["sprites"].properties
    data.save(tmp_path, Description(name="sprites", **properties), splits)
    description, arrays = data.load(tmp_path)
    assert description.splits == {"train": 30, "validation": 5, "test": 10}
    assert list(description.factors.items()) == list(properties["factors"].items())
    assert arrays.keys() == splits.arrays.keys()
    for name, array in splits.arrays.items():
        np.testing.assert_array_equal(arrays[name], array)


def test_no_sprite_is_in_two_splits(tmp_path: Path) -> None:
    splits = sprites(tmp_path, train=3000, validation=300, test=300)
    factors = np.concatenate(
        [split.factors for split in splits.named.values() if split.factors is not None]
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
    assert sizes(splits) == properties["splits"]
    assert list(splits.arrays["train_labels"][:5]) == [5, 0, 4, 1, 9]


def test_a_dead_mirror_is_not_reachable() -> None:
    assert not reachable(["http://127.0.0.1:9/mnist/"])


def test_altered_digits_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aebench.datasets.digits.SHA256", "0" * 64)
    with pytest.raises(Unavailable, match="scikit-learn's digits: altered"):
        digits(tmp_path)
