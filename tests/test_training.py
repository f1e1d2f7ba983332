"""The training loop: resumes to the byte, records divergence, gives everyone the same data."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from aebench import training
from aebench.data import Budget, Description
from aebench.inputs import Inputs
from aebench.training import Diverged
from aebench.variants.base import Batch, Loss, Variant
from tests.conftest import build, describe, inputs_of

CUDA = torch.cuda.is_available()
BUDGET = Budget(steps=200, batch_size=32, learning_rate=1e-3)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("name", ["vae", "vq-vae", "wae-gan"])
def test_a_killed_training_ends_in_the_same_bytes(
    name: str,
    description: Description,
    images: Tensor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = build(name, description)
    expected = training.train(whole, inputs_of(images), BUDGET, 0).history
    monkeypatch.setattr(training, "CHECKPOINT_SECONDS", 0.0)
    checkpoint = tmp_path / "checkpoint.safetensors"
    killed = build(name, description)
    original = killed.loss

    def loss(batch: Batch, step: int) -> Loss:
        if step == 133:
            raise Killed
        terms: Loss = original(batch, step)
        return terms

    monkeypatch.setattr(killed, "loss", loss)
    with pytest.raises(Killed):
        training.train(killed, inputs_of(images), BUDGET, 0, checkpoint)
    resumed = build(name, description, seed=99)
    progress = training.train(resumed, inputs_of(images), BUDGET, 0, checkpoint)
    assert progress.history == expected
    for parameter, other in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(parameter, other)


def test_a_loss_that_is_not_finite_ends_the_training(
    description: Description, images: Tensor
) -> None:
    with pytest.raises(Diverged, match="reconstruction is nan"):
        training.train(build("ae", description), inputs_of(images * float("nan")), BUDGET, 0)


def test_every_variant_sees_the_same_batches(description: Description, images: Tensor) -> None:
    def seen(name: str) -> list[Tensor]:
        variant, batches = build(name, description), []

        def loss(batch: Batch, step: int) -> Loss:
            batches.append(batch.inputs)
            terms: Loss = type(variant).loss(variant, batch, step)
            return terms

        variant.loss = loss
        training.train(variant, inputs_of(images), BUDGET, seed=5)
        return batches

    for a, b in zip(seen("ae"), seen("wae-gan"), strict=True):
        assert torch.equal(a, b)


def test_an_epoch_shows_every_image_once(images: Tensor) -> None:
    batches = training._Batches(inputs_of(images[:64]), 16, seed=0)
    shown = torch.cat([batches.at(step, torch.Generator()).inputs for step in range(4)]).flatten(1)
    assert torch.equal(
        torch.sort(shown.sum(1)).values, torch.sort(images[:64].flatten(1).sum(1)).values
    )


def test_the_seed_is_set_before_the_networks_are_made(description: Description) -> None:
    def first_weight(seed: int) -> Tensor:
        variant: Variant = build("vae", description, seed=seed)
        return next(variant.parameters()).detach()

    assert torch.equal(first_weight(1), first_weight(1))
    assert not torch.equal(first_weight(1), first_weight(2))


def test_burdas_schedule_falls_tenfold_in_stages_three_times_as_long_as_the_last() -> None:
    shares = np.arange(3280) / 3280  # the paper's epochs
    rates = np.array([training.learning_rate("burda", share) for share in shares])
    values, lengths = np.unique(rates, return_counts=True)
    assert list(lengths[::-1]) == [3**stage for stage in range(8)]
    np.testing.assert_allclose(values[::-1], 10 ** (-np.arange(8) / 7))
    with pytest.raises(ValueError, match="accepted: constant, burda"):
        training.learning_rate("cosine", 0.5)


def test_every_player_follows_the_schedule(description: Description, images: Tensor) -> None:
    variant = build("wae-gan", description)
    players = training._players(variant, BUDGET)
    training._set_rates(players, 0.1)
    rates = {player.optimiser.param_groups[0]["lr"] for player in players}
    assert rates == {0.1 * 1e-3, 0.1 * 1e-3 * variant.adversary_learning_rate}


def test_the_output_bias_can_start_at_the_mean_image(
    description: Description, images: Tensor
) -> None:
    backbone = description.backbone | {"output_bias": "mean"}
    variant = build("vae", dataclasses.replace(description, backbone=backbone))
    training._start_at_mean(variant, inputs_of(images))
    variant.decoder[-2].weight.data.zero_()
    mean = images.mean(0).clamp(1e-3, 1 - 1e-3)
    torch.testing.assert_close(variant.decode(torch.zeros(1, 4))[0], mean)


def test_probabilities_are_drawn_once_where_all_samples_are_needed() -> None:
    probabilities = np.full((400, 1, 8, 8), 64, np.uint8)
    data = describe("digits", redrawn=True, maximum=255)
    drawn = Inputs(probabilities, data).drawn_once(3).all()
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    assert abs(drawn.mean() - 64 / 255) < 0.01
    fixed = Inputs(probabilities, describe("digits", maximum=255))
    assert fixed.drawn_once(3) is fixed


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="accepted: float32, tf32, bfloat16"):
        with training.in_precision("float8"):
            pass


def test_precision_ends_with_the_block() -> None:
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    with training.in_precision("tf32"):
        assert torch.backends.cuda.matmul.allow_tf32 and torch.backends.cudnn.allow_tf32
    with training.in_precision("float32"):
        assert not torch.backends.cuda.matmul.allow_tf32
        assert not torch.backends.cudnn.allow_tf32
    assert (torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32) == before


@pytest.mark.skipif(not shutil.which("g++"), reason="no C++ compiler")
@pytest.mark.parametrize(
    "device",
    ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not CUDA, reason="no CUDA device"))],
)
def test_compiled_losses_train_to_the_same_weights(
    description: Description, images: Tensor, device: str
) -> None:
    weights = []
    inputs = Inputs(images.numpy(), describe("digits", maximum=1), device)
    for compiled in (False, True):
        variant = build("vae", description).to(device)
        training.train(variant, inputs, Budget(8, 32, 1e-3, compiled=compiled), 0)
        weights.append(torch.cat([each.flatten().cpu() for each in variant.parameters()]))
    start = torch.cat([each.flatten() for each in build("vae", description).parameters()])
    assert (weights[1] - weights[0]).norm() < 1e-3 * (weights[0] - start).norm()


def test_in_bfloat16_products_are_rounded_and_losses_are_not(
    description: Description, images: Tensor
) -> None:
    seen: list[torch.dtype] = []
    variant = build("vae", description)
    variant.encoder[-1].register_forward_hook(lambda layer, given, found: seen.append(found.dtype))
    budget = Budget(1, 32, 1e-3, precision="bfloat16")
    [row] = training.train(variant, inputs_of(images), budget, 0).history
    assert seen == [torch.bfloat16]
    exact = torch.tensor(list(row.values()))
    assert not torch.equal(exact.bfloat16().float(), exact)
