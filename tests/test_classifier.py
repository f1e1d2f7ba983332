"""The classifier: told apart what can be, the same bytes each time, features of any image."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import Tensor

from aebench import classifier, registry
from aebench.classifier import Classifier
from aebench.data import Array
from aebench.files import read_json, write_json, write_tensors
from aebench.fit import offers
from aebench.inputs import Inputs
from aebench.metrics.generation import frechet_distance, reconstruction_frechet_distance
from tests.conftest import describe, inputs_of


@pytest.fixture(scope="module")
def labels() -> Array:
    """Of the fixture ``images``: int64 (256, 1)."""
    from sklearn.datasets import load_digits

    return np.asarray(load_digits().target[:256, None], np.int64)


@pytest.fixture(scope="module")
def trained(images: Tensor, labels: Array) -> Classifier:
    return classifier.train(inputs_of(images[:192]), labels[:192], [1, 8, 8])


def dots(count: int, seed: int) -> tuple[Tensor, Array]:
    """Images (n, 3, 12, 8) of one white pixel, and its row and column as factors (n, 2)."""
    factors = np.random.default_rng(seed).integers(0, (12, 8), size=(count, 2))
    images = torch.zeros(count, 3, 12, 8)
    images[torch.arange(count), :, factors[:, 0], factors[:, 1]] = 1
    return images, factors


@pytest.mark.parametrize("shape", [[1, 8, 8], [1, 28, 28], [3, 64, 64], [3, 40, 105], [1, 2, 3]])
def test_an_image_of_any_shape_has_64_features(shape: list[int]) -> None:
    network = Classifier(shape, [3, 5]).eval()
    features = classifier.embed(network, torch.rand(7, *shape).split(4))
    assert features.shape == (7, 64) and features.dtype == np.float32
    assert [logits.shape for logits in network(torch.rand(2, *shape))] == [(2, 3), (2, 5)]


def test_it_learns_to_tell_digits_it_has_not_seen(
    trained: Classifier, images: Tensor, labels: Array
) -> None:
    (right,) = classifier.accuracies(trained, inputs_of(images[192:]), labels[192:])
    assert right > 0.8
    (guessed,) = classifier.accuracies(
        Classifier([1, 8, 8], [10]).eval(), inputs_of(images), labels
    )
    assert guessed < 0.4


def test_without_labels_it_learns_all_factors_at_once() -> None:
    images, factors = dots(800, 0)
    trained = classifier.train(inputs_of(images), factors, [3, 12, 8])
    assert trained.sizes == [12, 8]
    unseen, known = dots(200, 1)
    assert min(classifier.accuracies(trained, inputs_of(unseen), known)) > 0.9
    rows, columns = classifier.accuracies(trained, inputs_of(unseen), known[:, ::-1] % 8)
    assert max(rows, columns) < 0.4, "each head answers for its own column"


def test_the_same_data_give_the_same_bytes_and_leave_other_randomness_alone(
    trained: Classifier, images: Tensor, labels: Array
) -> None:
    before = torch.get_rng_state()
    again = classifier.train(inputs_of(images[:192]), labels[:192], [1, 8, 8])
    assert torch.equal(torch.get_rng_state(), before)
    for name, tensor in again.state_dict().items():
        assert torch.equal(tensor, trained.state_dict()[name]), name


def test_features_do_not_depend_on_the_batch(trained: Classifier, images: Tensor) -> None:
    whole, parts = (classifier.embed(trained, images.split(size)) for size in (256, 100))
    assert_allclose(whole, parts, atol=1e-5)


def test_what_is_saved_is_what_is_loaded(
    trained: Classifier, images: Tensor, tmp_path: Path
) -> None:
    classifier.save(tmp_path, trained, {"shape": [1, 8, 8]})
    again = classifier.load(tmp_path)
    assert_array_equal(
        classifier.embed(again, images.split(256)), classifier.embed(trained, images.split(256))
    )
    facts = read_json(tmp_path / "classifier.json")
    assert facts["sizes"] == [10] and facts["features"] == 64
    assert facts["parameters"] == sum(p.numel() for p in again.parameters())


def test_real_images_are_nearer_to_real_ones_than_noise_and_blank_images(
    trained: Classifier, images: Tensor
) -> None:
    real, other = (classifier.embed(trained, [half]) for half in images.split(128))
    noise = classifier.embed(trained, [torch.rand(128, 1, 8, 8)])
    blank = classifier.embed(trained, [torch.zeros(128, 1, 8, 8)])
    nearest = frechet_distance(real, other)
    assert 3 * nearest < min(frechet_distance(real, noise), frechet_distance(real, blank))


def test_reconstructions_that_equal_their_images_are_at_no_distance(
    trained: Classifier, images: Tensor
) -> None:
    real = classifier.embed(trained, [images])
    assert_allclose(reconstruction_frechet_distance(real, real[:100]), 0, atol=1e-9)
    assert reconstruction_frechet_distance(real, real[100:200]) > 0.1


def test_labels_are_learnt_where_there_are_labels_and_factors_elsewhere() -> None:
    labels, factors = np.array([2, 0]), np.array([[1, 2], [3, 4]])
    both = {"test_labels": labels, "test_factors": factors}
    assert_array_equal(classifier.targets(both, "test"), [[2], [0]])
    assert_array_equal(classifier.targets({"test_factors": factors}, "test"), factors)
    assert classifier.names(describe("digits")) == ["label"]
    of_sprites = ["shape", "scale", "orientation", "x", "y"]
    assert classifier.names(describe("sprites")) == of_sprites


def test_probabilities_are_drawn_as_the_variants_see_them(images: Tensor, labels: Array) -> None:
    redrawn = Inputs(images[:192].numpy(), describe("digits", maximum=1, redrawn=True))
    of_draws = classifier.train(redrawn, labels[:192], [1, 8, 8])
    drawn = (images[192:] > 0.5).float()
    assert classifier.accuracies(of_draws, inputs_of(drawn), labels[192:])[0] > 0.6


@pytest.mark.parametrize(
    ("dataset", "of_images", "of_samples"),
    [("digits", True, True), ("sprites", True, True), ("natural", False, False)]
    + [("spectra", False, False), ("superposition", False, False)],
)
def test_features_are_of_images_whose_labels_or_factors_are_known(
    dataset: str, of_images: bool, of_samples: bool
) -> None:
    entry, variants = registry.datasets()[dataset], registry.variants()
    assert offers("real_features", entry, variants["ae"]) == of_images
    assert offers("reconstruction_features", entry, variants["ae"]) == of_images
    assert offers("sample_features", entry, variants["vae"]) == of_samples
    assert not offers("sample_features", entry, variants["ae"])


def test_the_features_of_a_run_that_failed_are_a_failure_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scripts import embed

    failed = {"status": "failed", "reason": "Diverged: why", "failed_step": "train"}
    write_json(tmp_path / "encode/record.json", failed)
    arguments = ["--data=none", "--classifier=none", "--model=none", "--variant=vae"]
    arguments += [f"--artefacts={tmp_path}/encode/artefacts.safetensors"]
    monkeypatch.setattr(sys, "argv", ["embed.py", *arguments, f"--output={tmp_path}/embed"])
    embed.main()
    record = read_json(tmp_path / "embed/record.json")
    assert record["step"] == "embed"
    assert {name: record[name] for name in failed} == failed
    assert (tmp_path / "embed/features.safetensors").read_bytes() == b""


def test_references_are_one_half_of_the_real_features_against_the_other_and_noise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scripts import refer

    random = np.random.default_rng(0)
    real, other, noise = random.normal(size=(40, 4)), random.normal(size=(21, 4)), np.ones((30, 4))
    features = {"real_features": real, "other_real_features": other, "noise_features": 9 * noise}
    write_tensors(tmp_path / "features.safetensors", features)
    arguments = ["--group=generation", f"--features={tmp_path}/features.safetensors"]
    monkeypatch.setattr(sys, "argv", ["refer.py", *arguments, f"--output={tmp_path}"])
    refer.main()
    found = read_json(tmp_path / "references.json")
    assert (found["real"]["real_samples"], found["real"]["samples"]) == (30, 30)
    assert (found["noise"]["real_samples"], found["noise"]["samples"]) == (40, 30)
    halves = real[:30], np.concatenate([real[30:], other])[:30]
    assert_allclose(found["real"]["values"]["frechet_distance"], frechet_distance(*halves))
    assert found["noise"]["values"]["coverage"] == 0 < found["real"]["values"]["coverage"]
    assert "reconstruction_frechet_distance" not in found["real"]["values"]
