"""The prototype network's objective by hand."""

import pytest
import torch
from torch import Tensor

from aebench.data import Budget, Description
from aebench.inputs import Inputs
from aebench.training import train
from aebench.variants.base import Batch
from tests.conftest import batch_of, build, describe


@pytest.fixture(scope="session")
def labels() -> Tensor:
    """Those of the `images`."""
    from sklearn.datasets import load_digits

    return torch.from_numpy(load_digits().target[:256].astype("int64"))


def test_the_four_terms_are_those_computed_by_hand(
    description: Description, images: Tensor, labels: Tensor
) -> None:
    variant = build(
        "prototype",
        description,
        classification=20.0,
        reconstruction_weight=2.0,
        prototypes_to_codes=3.0,
        codes_to_prototypes=5.0,
    )
    loss = variant.loss(Batch(images, torch.Generator(), labels), 0)
    with torch.no_grad():
        codes, prototypes = variant.encoder(images), variant.prototype_codes
        distance = [[float(((z - p) ** 2).sum()) for p in prototypes] for z in codes]
        logits = torch.tensor(distance) @ variant.weights.t()
        chosen = logits.log_softmax(1)[torch.arange(256), labels]
        decoded = torch.sigmoid(variant.decoder(codes))
    nearest_code = [min(row[j] for row in distance) for j in range(15)]
    nearest_prototype = [min(row) for row in distance]
    expected = {
        "classification": -20.0 * chosen.mean().item(),
        "reconstruction": 2.0 * ((decoded - images) ** 2).sum((1, 2, 3)).mean().item(),
        "prototypes_to_codes": 3.0 * sum(nearest_code) / 15,
        "codes_to_prototypes": 5.0 * sum(nearest_prototype) / 256,
    }
    assert {name: term.item() for name, term in loss.items()} == pytest.approx(expected, rel=1e-4)


def test_r_1_moves_prototypes_that_no_code_is_nearest_to(description: Description) -> None:
    """R_2 leaves a prototype alone that is nobody's nearest; R_1 does not."""
    variant = build("prototype", description)
    with torch.no_grad():
        variant.prototype_codes[7] = 50.0
    batch = Batch(torch.rand(9, 1, 8, 8), torch.Generator(), torch.arange(9))
    terms = variant.loss(batch, 0)
    moved = {
        name: torch.autograd.grad(terms[name], variant.prototype_codes, retain_graph=True)[0][7]
        for name in ("prototypes_to_codes", "codes_to_prototypes")
    }
    assert moved["prototypes_to_codes"].abs().sum() > 0
    assert moved["codes_to_prototypes"].abs().sum() == 0


def test_prototypes_decode_to_images(description: Description) -> None:
    variant = build("prototype", description, prototype_count=6)
    assert variant.prototypes().shape == (6, 1, 8, 8)
    third = variant.decode(variant.prototype_codes[2:3])
    torch.testing.assert_close(variant.prototypes()[2:3], third)
    colour = build("prototype", describe("rooms", classes=4), prototype_count=3)
    assert colour.prototypes().shape == (3, 3, 64, 64)


def test_without_labels_it_says_what_is_missing(description: Description, images: Tensor) -> None:
    with pytest.raises(ValueError, match="labels"):
        build("prototype", description).loss(batch_of(images)._replace(labels=None), 0)


def test_a_trained_prototype_network_tells_digits_by_prototypes_that_are_like_them(
    images: Tensor, labels: Tensor
) -> None:
    described = describe(
        "digits", maximum=1, backbone={"name": "mlp", "hidden": [64], "latent_dimension": 8}
    )
    variant = build("prototype", described)
    inputs = Inputs(images.numpy(), described, labels=labels)
    train(variant, inputs, Budget(800, 64, 3e-3), seed=0)
    with torch.no_grad():
        accuracy = variant.class_logits(images).argmax(1).eq(labels).float().mean()
        distances = variant.distances(variant.encode(images))
        spread = variant.encode(images).var(0).sum()
    assert accuracy > 0.97
    assert distances.amin(0).mean() < 0.5 * spread
    assert distances.amin(1).mean() < 0.5 * spread
