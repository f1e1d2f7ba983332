"""CIFAR-10: records of a class and three channels, the batches in order."""

from pathlib import Path

import numpy as np
import pytest

from aebench.datasets.cifar10 import cifar10
from tests.datasets import small_files


def test_batches_follow_each_other_and_the_last_images_are_validation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, stored in small_files.of("cifar10", monkeypatch).items():
        (tmp_path / name).write_bytes(stored)
    arrays = cifar10(tmp_path).arrays
    labels = np.concatenate([arrays["train_labels"], arrays["validation_labels"]])
    np.testing.assert_array_equal(labels, np.arange(20) % 10)
    np.testing.assert_array_equal(arrays["test_labels"], [0, 1, 2])


def test_a_record_is_a_class_then_red_green_and_blue_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, stored in small_files.of("cifar10", monkeypatch).items():
        (tmp_path / name).write_bytes(stored)
    record = np.random.default_rng(1).integers(0, 256, (4, 3073), np.uint8)[1]
    image = cifar10(tmp_path).arrays["train_inputs"][1]
    assert image[2, 5, 7] == record[1 + 2 * 1024 + 5 * 32 + 7]
    np.testing.assert_array_equal(image.ravel(), record[1:])
