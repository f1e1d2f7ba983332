"""The supervised autoencoder: a classifier and an autoencoder that share a code."""

import pytest
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from aebench.data import Description
from aebench.variants.base import Batch
from tests.conftest import batch_of, build


def test_its_loss_is_that_of_a_classifier_and_of_an_autoencoder(
    description: Description, images: Tensor
) -> None:
    labels = torch.arange(len(images)) % 10
    variant = build("supervised-ae", description, classification=3.0, reconstruction_weight=0.5)
    terms = variant.loss(Batch(images, Generator(), labels), 0)
    with torch.no_grad():
        codes = variant.encoder(images)
        logits = codes @ variant.head.weight.t() + variant.head.bias
        decoded = variant.decode(codes)
    torch.testing.assert_close(variant.class_logits(images), logits)
    chosen = logits.log_softmax(1)[range(len(labels)), labels]
    assert terms["classification"].item() == pytest.approx(-3 * chosen.mean().item(), rel=1e-5)
    squares = (decoded - images).square().flatten(1).sum(1).mean().item()
    assert terms["reconstruction"].item() == pytest.approx(0.5 * squares, rel=1e-5)


def test_without_either_weight_it_is_the_other_one(
    description: Description, images: Tensor
) -> None:
    labels = torch.arange(len(images)) % 10
    classifier = build("supervised-ae", description, classification=1.0, reconstruction_weight=0.0)
    loss = sum(classifier.loss(Batch(images, Generator(), labels), 0).values())
    wanted = F.cross_entropy(classifier.head(classifier.encoder(images)), labels)
    parameters = [*classifier.encoder.parameters(), *classifier.head.parameters()]
    for one, other in zip(
        torch.autograd.grad(loss, parameters), torch.autograd.grad(wanted, parameters), strict=True
    ):
        torch.testing.assert_close(one, other)
    with pytest.raises(ValueError, match="learns from labels"):
        classifier.loss(batch_of(images)._replace(labels=None), 0)
