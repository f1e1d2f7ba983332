"""Data sets that are files: read in their published format, refused in one line otherwise."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from aebench import registry
from aebench.data import Splits
from aebench.datasets.download import Unavailable
from tests.datasets import small_files

NAMES = sorted(small_files.MAKERS)
DATA = Path(os.environ.get("AEBENCH_DATA", "data"))


def load(name: str, directory: Path) -> Splits:
    settings = small_files.SETTINGS.get(name, {})
    splits: Splits = registry.datasets()[name].load()(directory, **settings)
    return splits


def put(files: small_files.Files, directory: Path, name: str) -> Path:
    """The folder that the files of data set ``name`` now lie in."""
    folder = directory / ("mnist" if name == "binary-mnist" else name)
    folder.mkdir(parents=True, exist_ok=True)
    for file, stored in files.items():
        (folder / file).write_bytes(stored)
    return folder


def refusal(name: str, directory: Path) -> str:
    """What the loader says, which is one line."""
    with pytest.raises(Unavailable) as refused:
        load(name, directory)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("name", NAMES)
def test_published_files_are_what_the_data_set_states(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(small_files.of(name, monkeypatch), tmp_path, name)
    splits, stated = load(name, tmp_path), registry.datasets()[name].properties
    assert splits.named.keys() == stated["splits"].keys()
    sizes = tuple(len(split.inputs) for split in splits.named.values())
    assert sizes == small_files.SIZES.get(name, small_files.MNIST_SIZES)
    for split in splits.named.values():
        assert list(split.inputs.shape[1:]) == stated["shape"] or name == "kodak"
        assert split.inputs.min() >= 0 and split.inputs.max() <= stated["maximum"]
        assert (split.labels is not None) == bool(stated.get("classes"))
        assert (split.factors is not None) == bool(stated.get("factors"))


@pytest.mark.parametrize("name", NAMES)
def test_a_file_kept_gzipped_is_the_same(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = small_files.of(name, monkeypatch)
    put(files, tmp_path / "plain", name)
    packed = {f"{file}.gz": gzip.compress(stored, 1) for file, stored in files.items()}
    published = {file: stored for file, stored in files.items() if file.endswith(".gz")}
    put(published or packed, tmp_path / "packed", name)
    expected = load(name, tmp_path / "plain").arrays
    for array, found in load(name, tmp_path / "packed").arrays.items():
        np.testing.assert_array_equal(found, expected[array])


@pytest.mark.parametrize("name", NAMES)
def test_a_truncated_file_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file, stored in small_files.of(name, monkeypatch).items():
        path = put({file: stored[: len(stored) // 2]}, tmp_path, name) / file
    said = refusal(name, tmp_path)
    assert "truncated or altered" in said and said.endswith("delete it to fetch it again")
    assert str(path.parent) in said


@pytest.mark.parametrize("name", NAMES)
def test_a_truncated_gzipped_copy_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file, stored in small_files.of(name, monkeypatch).items():
        put({f"{file}.gz": gzip.compress(stored)[:-6]}, tmp_path, name)
    said = refusal(name, tmp_path)
    assert "truncated" in said and said.endswith("delete it to fetch it again")


@pytest.mark.parametrize("name", NAMES)
def test_an_altered_file_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = small_files.of(name, monkeypatch)
    last = list(files)[-1]
    changed = bytearray(files[last])
    changed[-1] ^= 1
    put(files | {last: bytes(changed)}, tmp_path, name)
    said = refusal(name, tmp_path)
    assert f"altered, not the published {last}" in said
    assert said.endswith("delete it to fetch it again")


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_says_where_to_put_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = small_files.of(name, monkeypatch)
    first = next(iter(files))
    folder = put({file: stored for file, stored in files.items() if file != first}, tmp_path, name)
    said = refusal(name, tmp_path)
    assert said.startswith(f"{first}: not in {folder} and not to be fetched")
    assert said.endswith("or put it there")


@pytest.mark.skipif(not (DATA / "mnist").is_dir(), reason="MNIST is not in the data directory")
@pytest.mark.parametrize("name", ["mnist", "binary-mnist"])
def test_the_real_mnist_is_read(name: str) -> None:
    splits = load(name, DATA)
    sizes = {split: len(part.inputs) for split, part in splits.named.items()}
    assert sizes == registry.datasets()[name].properties["splits"]
    assert list(splits.arrays["train_labels"][:5]) == [5, 0, 4, 1, 9]
