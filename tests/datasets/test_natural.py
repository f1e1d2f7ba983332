"""The natural photographs: shipped, unaltered, and never in two splits."""

from pathlib import Path

import numpy as np
import pytest

from aebench import registry
from aebench.data import Array
from aebench.datasets import natural, shipped
from aebench.datasets.download import Unavailable
from aebench.datasets.natural import PACKAGE, TEST, TRAIN, VALIDATION, patches, photograph

PROPERTIES = registry.datasets()["natural"].properties
ALL = [*TRAIN, *VALIDATION, *TEST]


def test_no_photograph_is_in_two_splits() -> None:
    assert len(set(ALL)) == len(ALL) and set(ALL) == set(PACKAGE)


@pytest.mark.parametrize("name", ALL)
def test_every_photograph_is_shipped_in_colour(name: str) -> None:
    pixels = photograph(name)
    assert pixels.dtype == np.uint8 and pixels.shape[2] == 3
    assert min(pixels.shape[:2]) >= 300


def test_the_data_set_is_what_it_states(tmp_path: Path) -> None:
    splits = natural.natural(tmp_path).named
    assert {name: len(split.inputs) for name, split in splits.items()} == PROPERTIES["splits"]
    for split in splits.values():
        assert split.inputs.dtype == np.uint8
        assert list(split.inputs.shape[1:]) == PROPERTIES["shape"]


@pytest.fixture
def coded(monkeypatch: pytest.MonkeyPatch) -> dict[str, Array]:
    """Two photographs whose pixels say where they are: (photograph, row, column)."""
    sizes = {"one": (40, 35), "two": (33, 50)}
    photographs = {
        name: np.stack(np.broadcast_arrays(number, *np.ogrid[:rows, :columns]), axis=-1)
        for number, (name, (rows, columns)) in enumerate(sizes.items())
    }
    monkeypatch.setattr(natural, "photograph", lambda name: photographs[name].astype(np.uint8))
    return photographs


def test_patches_are_cut_from_every_place_of_every_photograph_once(
    coded: dict[str, Array],
) -> None:
    total = 9 * 4 + 2 * 19
    drawn = patches(list(coded), total, 32, np.random.default_rng(0))
    places = {tuple(corner) for corner in drawn[:, :, 0, 0].tolist()}
    assert places == {(0, row, column) for row in range(9) for column in range(4)} | {
        (1, row, column) for row in range(2) for column in range(19)
    }
    images = list(coded.values())
    for patch in drawn:
        number, row, column = patch[:, 0, 0]
        expected = images[number][row : row + 32, column : column + 32].transpose(2, 0, 1)
        np.testing.assert_array_equal(patch, expected)


@pytest.mark.usefixtures("coded")
def test_more_patches_than_places_are_refused() -> None:
    with pytest.raises(ValueError, match="75 patches are asked for; one, two have 74"):
        patches(["one", "two"], 75, 32, np.random.default_rng(0))


@pytest.mark.usefixtures("coded")
def test_patches_have_the_side_that_is_asked_for_and_a_photograph_has() -> None:
    assert patches(["one", "two"], 5, 33, np.random.default_rng(0)).shape == (5, 3, 33, 33)
    with pytest.raises(Unavailable, match="side: found 34, accepted are 1 to 33 pixels"):
        patches(["one", "two"], 5, 34, np.random.default_rng(0))


def test_patches_are_always_the_same_and_one_split_does_not_move_another(tmp_path: Path) -> None:
    few = natural.natural(tmp_path, train=10, validation=5, test=20).arrays
    more = natural.natural(tmp_path, train=50, validation=5, test=20).arrays
    for name in ("validation_inputs", "test_inputs"):
        np.testing.assert_array_equal(few[name], more[name])


def test_an_altered_photograph_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(natural.PIXELS_SHA256, "rocket.jpg", "0" * 64)
    with pytest.raises(Unavailable, match=r"rocket.jpg: altered .*; install the version") as error:
        photograph("rocket.jpg")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["chelsea.png", "china.jpg"])
def test_a_truncated_photograph_is_refused_in_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, folder = PACKAGE[name]
    whole = shipped.file(package, f"{folder}/{name}").read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    monkeypatch.setattr(shipped, "file", lambda package, file: tmp_path / name)
    with pytest.raises(Unavailable, match=f"{name}: .*; install the version") as error:
        photograph(name)
    assert "\n" not in str(error.value)


def test_a_missing_photograph_or_package_is_said_to_be_missing() -> None:
    with pytest.raises(Unavailable, match=r"skimage/data/eagle.png: missing; install the version"):
        shipped.file("skimage", "data/eagle.png")
    with pytest.raises(Unavailable, match="the package no_such_package is not installed"):
        shipped.file("no_such_package", "a.png")
