"""OMNIGLOT: upright characters, split and shuffled as the IWAE's code does."""

from pathlib import Path

import numpy as np
import pytest

from aebench.datasets.omniglot import omniglot
from tests.datasets import small_files


def test_images_stored_by_columns_stand_upright(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, stored in small_files.of("omniglot", monkeypatch).items():
        (tmp_path / name).write_bytes(stored)
    splits = omniglot(tmp_path)
    for split in splits.named.values():
        assert (split.inputs[:, 0, 0, 27] == 1).all() and (split.inputs[:, 0, 0, 0] == 0).all()
    expected = np.random.default_rng(12).random((12, 28, 28))
    arrays = splits.arrays
    for image, label in zip(arrays["train_inputs"], arrays["train_labels"], strict=True):
        np.testing.assert_allclose(image[0, 2:], expected[label, 2:], rtol=1e-6)
    assert arrays["train_inputs"].dtype == np.float32


def test_the_last_shuffled_training_images_are_validation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, stored in small_files.of("omniglot", monkeypatch).items():
        (tmp_path / name).write_bytes(stored)
    arrays = omniglot(tmp_path).arrays
    order = np.random.RandomState(seed=123).permutation(12)
    np.testing.assert_array_equal(arrays["train_labels"], order[:-4])
    np.testing.assert_array_equal(arrays["validation_labels"], order[-4:])
    np.testing.assert_array_equal(arrays["test_labels"], np.arange(5))
    assert set(np.unique(arrays["validation_inputs"])) == {0, 1}
