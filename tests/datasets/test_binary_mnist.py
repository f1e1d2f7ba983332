"""Binarised MNIST: pixels are on as often as they are bright, or as Larochelle fixed them."""

from pathlib import Path

import numpy as np
import pytest

from aebench import registry
from aebench.datasets import binary_mnist, binary_mnist_static, omniglot
from aebench.datasets.download import Unavailable
from tests.datasets import small_files


def test_a_pixel_is_on_with_the_probability_of_its_grey_value() -> None:
    grey = np.repeat(np.array([0, 1, 51, 128, 254, 255], np.uint8)[:, None], 200_000, axis=1)
    drawn = binary_mnist.binarised(grey, np.random.default_rng(1))
    assert set(np.unique(drawn)) == {0, 255} and drawn.dtype == np.uint8
    found, expected = drawn.mean(axis=1) / 255, grey[:, 0] / 255
    assert found[0] == 0 and found[-1] == 1
    np.testing.assert_allclose(found, expected, atol=0.005)


def test_a_pixel_is_on_with_the_probability_it_is_given() -> None:
    given = np.repeat(np.array([0, 0.2, 0.7, 1], np.float32)[:, None], 200_000, axis=1)
    drawn = omniglot.binarised(given, np.random.default_rng(1)).mean(axis=1)
    assert drawn[0] == 0 and drawn[-1] == 1
    np.testing.assert_allclose(drawn, given[:, 0], atol=0.005)


def test_training_images_stay_grey_and_the_others_are_fixed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mnist").mkdir()
    for name, stored in small_files.of("binary-mnist", monkeypatch).items():
        (tmp_path / "mnist" / name).write_bytes(stored)
    first, second = (binary_mnist.binary_mnist(tmp_path).arrays for _ in range(2))
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])
    assert registry.datasets()["binary-mnist"].properties["redrawn"]
    assert len(np.unique(first["train_inputs"])) > 200
    for name in ("validation_inputs", "test_inputs"):
        assert set(np.unique(first[name])) == {0, 255}
        assert (first[name][:, 0, 0, 1] == 0).all() and (first[name][:, 0, 0, 2] == 255).all()


def test_a_line_of_the_static_files_is_an_image_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = small_files.of("binary-mnist-static", monkeypatch)
    for name, stored in files.items():
        (tmp_path / name).write_bytes(stored)
    lines = files["binarized_mnist_valid.amat"].decode().splitlines()
    expected = np.array([line.split() for line in lines], np.uint8).reshape(-1, 1, 28, 28)
    found = binary_mnist_static.binary_mnist_static(tmp_path).arrays["validation_inputs"]
    np.testing.assert_array_equal(found, expected)


def test_a_static_file_of_other_numbers_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        small_files.MAKERS, "binary-mnist-static", lambda names: dict.fromkeys(names, b"0 2 " * 392)
    )
    for name, stored in small_files.of("binary-mnist-static", monkeypatch).items():
        (tmp_path / name).write_bytes(stored)
    with pytest.raises(Unavailable, match="not lines of 784 zeros and ones"):
        binary_mnist_static.binary_mnist_static(tmp_path)
