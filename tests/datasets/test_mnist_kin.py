"""MNIST's kin: the IDX format, and the last training images kept for validation."""

from pathlib import Path

import numpy as np
import pytest

from aebench import registry
from aebench.datasets import idx
from aebench.datasets.download import Unavailable
from tests.datasets import small_files


@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 3, 5), (0, 4)])
def test_an_array_of_any_shape_is_read_back(shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    np.testing.assert_array_equal(idx.parse(small_files.idx_file(array), "here"), array)


@pytest.mark.parametrize("kept", range(4, 22))
def test_a_shorter_file_is_refused(kept: int) -> None:
    stored = small_files.idx_file(np.zeros((2, 5), np.uint8))
    assert len(stored) == 22
    with pytest.raises(Unavailable, match="^here: truncated or too long; delete it"):
        idx.parse(stored[:kept], "here")


@pytest.mark.parametrize("stored", [b"", b"\0\0\x08", b"\0\0\x0d\x01\0\0\0\0", b"GIF89a"])
def test_another_format_is_refused(stored: bytes) -> None:
    with pytest.raises(Unavailable, match="^here: not an IDX file of bytes"):
        idx.parse(stored, "here")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "kmnist"])
def test_the_last_training_images_are_validation(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file, stored in small_files.of(name, monkeypatch).items():
        (tmp_path / file).write_bytes(stored)
    arrays = registry.datasets()[name].load()(tmp_path).arrays
    grey = np.random.default_rng(30).integers(0, 256, (30, 28, 28), np.uint8)
    np.testing.assert_array_equal(arrays["train_inputs"][:, 0, 1:], grey[:20, 1:])
    np.testing.assert_array_equal(arrays["validation_inputs"][:, 0, 1:], grey[20:, 1:])
    for split in ("train", "validation", "test"):
        np.testing.assert_array_equal(
            arrays[f"{split}_inputs"][:, 0, 0, 0], arrays[f"{split}_labels"]
        )
