"""Small files in exactly the formats that the data sets are published in."""

import gzip
import hashlib
import importlib
import io
import tarfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from aebench.data import Array
from aebench.datasets import idx

Files = dict[str, bytes]
GRID = (2, 3, 2, 3, 4)
ROOMS_GRID = (2, 2, 2, 3, 2, 3)


def idx_file(array: Array) -> bytes:
    """An array uint8 as IDX."""
    lengths = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + lengths + array.tobytes()


def mnist(names: list[str], pack: Callable[[bytes], bytes]) -> Files:
    """30 training and 8 test images with labels; label and grey value of pixel 0 agree."""
    made = []
    for count in (30, 8):
        labels = np.arange(count, dtype=np.uint8) % 10
        images = np.random.default_rng(count).integers(0, 256, (count, 28, 28), np.uint8)
        images[:, 0, 0] = labels
        images[:, 0, 1:3] = 0, 255
        made += [pack(idx_file(images)), pack(idx_file(labels))]
    return dict(zip(names, made, strict=True))


def static(names: list[str]) -> Files:
    """20, 5 and 4 lines of 784 zeros and ones."""
    made = []
    for count in (20, 5, 4):
        pixels = np.random.default_rng(count).integers(0, 2, (count, 784))
        made.append("".join(" ".join(map(str, line)) + "\n" for line in pixels).encode())
    return dict(zip(names, made, strict=True))


def cifar10(names: list[str]) -> Files:
    """An archive of five files of 4 records and one of 3, classes 0, 1, 2 …, pixels noise."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        members = [
            "batches.meta.txt",
            *(f"data_batch_{n}.bin" for n in range(1, 6)),
            "test_batch.bin",
        ]
        for number, member in enumerate(members):
            count = 3 if member.startswith("test") else 4
            records = np.random.default_rng(number).integers(0, 256, (count, 3073), np.uint8)
            records[:, 0] = (4 * (number - 1) + np.arange(count)) % 10
            stored = b"airplane\nautomobile\n" if member.endswith("txt") else records.tobytes()
            entry = tarfile.TarInfo(f"cifar-10-batches-bin/{member}")
            entry.size = len(stored)
            archive.addfile(entry, io.BytesIO(stored))
    return {names[0]: packed.getvalue()}


class Poison:
    """Unpickling this fails."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return eval, ("1 / 0",)


def dsprites(names: list[str]) -> Files:
    """All sprites of `GRID`, as many pixels of row k on as factor k counts; pickled metadata."""
    grid = np.indices(GRID).reshape(5, -1).T
    images = np.zeros((len(grid), 64, 64), np.uint8)
    images[:, :5] = np.arange(64) < grid[:, :, None]
    packed = io.BytesIO()
    np.savez_compressed(
        packed,
        allow_pickle=True,
        metadata=np.array(Poison(), dtype=object),
        imgs=images,
        latents_classes=np.insert(grid, 0, 0, axis=1),
        latents_values=np.insert(grid / 10, 0, 1.0, axis=1),
    )
    return {names[0]: packed.getvalue()}


def shapes3d(names: list[str]) -> Files:
    """All rooms of `ROOMS_GRID`, compressed in chunks; as many pixels of row k are red."""
    import h5py

    grid = np.indices(ROOMS_GRID).reshape(6, -1).T
    images = np.zeros((len(grid), 64, 64, 3), np.uint8)
    images[:, :6, :, 0] = np.arange(64) < grid[:, :, None]
    packed = io.BytesIO()
    with h5py.File(packed, "w") as file:
        file.create_dataset("images", data=images, chunks=(10, 32, 32, 3), compression="gzip")
        file.create_dataset("labels", data=grid * 2.5 - 30)
    return {names[0]: packed.getvalue()}


def omniglot(names: list[str]) -> Files:
    """12 training and 5 test characters, stored by columns; the top right pixel is 1."""
    from scipy.io import savemat

    arrays = {}
    for prefix, count in (("", 12), ("test", 5)):
        images = np.random.default_rng(count).random((count, 28, 28))
        images[:, 0, 0], images[:, 0, 27], images[:, 1, 0] = 0, 1, np.arange(count) / 100
        arrays[f"{prefix}data"] = images.transpose(2, 1, 0).reshape(784, count)
        arrays[f"{prefix}target"] = np.eye(50)[:, :count]
        arrays[f"{prefix}targetchar"] = np.ones((1, count))
    packed = io.BytesIO()
    savemat(packed, arrays)
    return {names[0]: packed.getvalue()}


def kodak(names: list[str]) -> Files:
    """24 photographs of 6×4 pixels, every fourth a portrait; the top left pixel is the number."""
    from PIL import Image

    made = {}
    for number, name in enumerate(names):
        pixels = np.full((6, 4, 3) if number % 4 == 3 else (4, 6, 3), 99, np.uint8)
        pixels[0, 0] = number, 0, 0
        packed = io.BytesIO()
        Image.fromarray(pixels).save(packed, "PNG")
        made[name] = packed.getvalue()
    return made


def plain(stored: bytes) -> bytes:
    return stored


def of(name: str, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Small files of data set ``name``, by their published names; its loader expects these now."""
    module = importlib.import_module(f"aebench.datasets.{name.replace('-', '_')}")
    make: Callable[[list[str]], Files] = MAKERS[name]
    made = make(list(module.FILES))
    for file, stored in made.items():
        monkeypatch.setitem(module.FILES, file, f"sha256:{hashlib.sha256(stored).hexdigest()}")
    monkeypatch.setattr(module, "MIRRORS", ())
    monkeypatch.setattr(idx, "VALIDATION", 10)
    for constant, value in CONSTANTS.get(name, {}).items():
        monkeypatch.setattr(module, constant, value)
    return made


MAKERS: dict[str, Callable[[list[str]], Files]] = {
    "mnist": lambda names: mnist(names, plain),
    "binary-mnist": lambda names: mnist(names, plain),
    "fashion-mnist": lambda names: mnist(names, gzip.compress),
    "kmnist": lambda names: mnist(names, gzip.compress),
    "binary-mnist-static": static,
    "cifar10": cifar10,
    "dsprites": dsprites,
    "shapes3d": shapes3d,
    "omniglot": omniglot,
    "kodak": kodak,
}
CONSTANTS: dict[str, dict[str, Any]] = {
    "cifar10": {"VALIDATION": 5},
    "dsprites": {"FACTOR_SIZES": GRID, "BLOCK": 7},
    "shapes3d": {"FACTOR_SIZES": ROOMS_GRID, "BLOCK": 7},
    "omniglot": {"VALIDATION": 4},
}
SETTINGS = dict.fromkeys(("dsprites", "shapes3d"), {"train": 20, "validation": 5, "test": 10})
"""What the loader is called with, where it has settings."""
SIZES = {
    "cifar10": (15, 5, 3),
    "dsprites": (20, 5, 10),
    "shapes3d": (20, 5, 10),
    "omniglot": (8, 4, 5),
    "binary-mnist-static": (20, 5, 4),
    "kodak": (24,),
}
"""Images in each split, where they are not `MNIST_SIZES`."""
MNIST_SIZES = (20, 10, 8)
