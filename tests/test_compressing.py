"""What the step that writes test images as files gives, on data sets of several scales."""

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from aebench import data, measuring, registry, training
from aebench.data import Array, Budget, Description, Split, Splits
from aebench.files import read_json, write_tensors
from aebench.inputs import Inputs
from aebench.plan import is_codec
from scripts.compress import compress
from tests.conftest import build, describe

BACKBONE = {"name": "mlp", "hidden": [32], "latent_dimension": 4}


def digits() -> Array:
    """Real digits, uint8 (1797, 1, 8, 8) from 0 to 16."""
    from sklearn.datasets import load_digits

    images: Array = load_digits().images[:, None].astype(np.uint8)
    return images


def prepared(folder: Path, description: Description, images: Array) -> Path:
    """A data set whose last 200 ``images`` are its test split."""
    splits = Splits(train=Split(images[:-200]), test=Split(images[-200:]))
    data.save(folder, description, splits)
    return folder


def run(
    folder: Path,
    name: str,
    dataset: Path,
    tested: Path | None = None,
    steps: int = 150,
    **settings: Any,
) -> Any:
    """What metrics see of the files of a codec trained on ``dataset``, by name, as the steps of a
    run make and read them.
    """
    description, arrays = data.load(dataset)
    variant = build(name, description, **settings)
    budget = Budget(steps, 32, 2e-3)
    training.train(variant, Inputs(arrays["train_inputs"], description), budget, seed=0)
    state = {key: value.contiguous().numpy() for key, value in variant.state_dict().items()}
    write_tensors(folder / "model.safetensors", state)
    of_run = {"variant": name, "settings": settings, "hardware": "cpu", "output": folder}
    folders = {"data": tested or dataset, "trained_data": dataset}
    compress(argparse.Namespace(**of_run, **folders, model=folder / "model.safetensors"))
    artefacts = load_file(folder / "artefacts.safetensors")
    description, arrays = data.load(tested or dataset)
    return measuring.arrays(description, arrays, artefacts, read_json(folder / "cost.json"))


CODECS = [entry.name for entry in registry.variants().values() if is_codec(entry)]


@pytest.mark.parametrize("name", CODECS)
def test_every_codec_s_files_are_written_read_and_counted(name: str, tmp_path: Path) -> None:
    rows = np.linspace(0, 255, 32)
    noise = np.random.default_rng(0).normal(0, 8, (240, 3, 32, 32))
    photographs = (rows[:, None] / 2 + rows / 2 + noise).clip(0, 255).astype(np.uint8)
    dataset = prepared(tmp_path / "data", describe("natural", backbone=BACKBONE), photographs)
    named = run(tmp_path, name, dataset, steps=4)
    for group in ("compression", "cost"):
        assert not measuring.measure(group, named).failures
    cost = read_json(tmp_path / "cost.json")
    assert cost["encode_flops"] > 0 and cost["decode_flops"] > 0 and cost["decode_seconds"] > 0


def test_klt_on_digits_has_the_rate_and_quality_of_its_step(tmp_path: Path) -> None:
    description = describe("digits", backbone=BACKBONE)
    named = run(tmp_path, "klt", prepared(tmp_path / "data", description, digits()))
    assert named["coded_images"].max() == named["coded_reconstructions"].max() == 255
    found = measuring.measure("compression", named)
    assert not found.failures
    assert 2 < found.values["bits_per_pixel"] < 4
    # a uniform quantizer's error is step² / 12 where all coefficients are coded; digits are then
    # rounded to steps of 16
    assert 30 < found.values["psnr_of_mean_mse"] < 45


@pytest.mark.parametrize("redrawn, maximum", [(False, 1), (True, 1), (True, 255), (False, 16)])
def test_bits_back_is_lossless_whatever_the_maximum(
    redrawn: bool, maximum: int, tmp_path: Path
) -> None:
    """As `binary-mnist-static`, `omniglot`, `binary-mnist` and `digits` have them."""
    images = digits()
    if maximum != 16:
        images = np.where(images > 8, maximum, 0).astype(np.uint8)
    description = describe("digits", backbone=BACKBONE, maximum=maximum, redrawn=redrawn)
    named = run(tmp_path, "vae-bits-back", prepared(tmp_path / "data", description, images))
    np.testing.assert_array_equal(named["coded_reconstructions"], named["coded_images"])
    bits = named["model_bits"].sum()
    assert bits == pytest.approx(8 * named["payload_bytes"], rel=0.05)
    if maximum != 16:
        assert bits < named["coded_pixels"]  # less than a bit for a pixel that is on or off


def test_a_grey_value_has_no_probability_where_pixels_are_on_or_off() -> None:
    codec = build("vae-bits-back", describe("binary-mnist", backbone=BACKBONE))
    images = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    images[..., 5, 5] = 128
    with pytest.raises(ValueError, match="none of the data's 2"):
        codec.compress(images)


def test_data_of_another_maximum_than_the_training_datas_are_refused(tmp_path: Path) -> None:
    description = describe("digits", backbone=BACKBONE)
    trained = prepared(tmp_path / "trained", description, digits())
    other = dataclasses.replace(description, name="brighter", maximum=255)
    tested = prepared(tmp_path / "tested", other, digits() * 15)
    with pytest.raises(ValueError, match="brighter has integers up to 255, digits.* up to 16"):
        run(tmp_path, "klt", trained, tested)
    assert not (tmp_path / "stream.aeb").exists()
