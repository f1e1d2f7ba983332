"""What a variant costs is measured on what it does: steps, batches, single samples."""

import time

import pytest
import torch
from torch import Tensor

from aebench import energy, timing, training
from aebench.data import Description
from aebench.inputs import Inputs
from aebench.metrics.cost import budget_seconds
from aebench.variants.base import Variant
from tests.conftest import BUDGET, build, inputs_of


def made(name: str, description: Description, images: Tensor) -> tuple[Variant, Inputs]:
    """An untrained variant and its samples."""
    return build(name, description), inputs_of(images)


@pytest.mark.parametrize("name", ["pca", "vae", "wae-gan", "mae"])
def test_every_kind_of_variant_is_timed(
    name: str, description: Description, images: Tensor
) -> None:
    variant, inputs = made(name, description, images)
    found = timing.costs(variant, inputs, inputs, BUDGET, 0)
    assert set(found) >= {"flops", "single_seconds", "inference_samples", "stepped_samples"}
    assert all(value.shape == () and value > 0 for value in found.values())


def test_flops_of_a_linear_map_are_two_for_each_product(
    description: Description, images: Tensor
) -> None:
    variant, inputs = made("linear-ae", description, images)
    products = sum(p.numel() for p in variant.parameters() if p.dim() == 2)
    assert timing.inference(variant, inputs)["flops"] == 2 * products


def test_the_whole_budget_is_counted_and_of_a_closed_form_its_one_fit(
    description: Description, images: Tensor
) -> None:
    variant, inputs = made("ae", description, images)
    found = timing.stepping(variant, inputs, BUDGET, 0)
    assert found["budget_samples"] == BUDGET.steps * min(BUDGET.batch_size, len(inputs))
    closed, inputs = made("pca", description, images)
    assert timing.stepping(closed, inputs, BUDGET, 0)["budget_samples"] == len(inputs)
    assert budget_seconds(1000.0, 50.0, 2.0) == 40.0


def test_steps_timed_are_those_of_training(description: Description, images: Tensor) -> None:
    variant, inputs = made("vae", description, images)
    again, _ = made("vae", description, images)
    step = training.stepper(variant, inputs, BUDGET, 0)
    for number in range(BUDGET.steps):
        step(number)
    training.train(again, inputs, BUDGET, 0)
    trained = again.state_dict()
    assert all(torch.equal(value, trained[name]) for name, value in variant.state_dict().items())


def test_a_call_of_known_length_takes_that_long() -> None:
    found = timing.timed(lambda call: time.sleep(0.01), "cpu", 0.05)
    assert found.seconds >= 0.05
    assert 0.01 <= found.seconds / found.count < 0.05


def test_a_slow_first_call_does_not_shorten_the_timing() -> None:
    calls = iter([0.2])
    found = timing.timed(lambda call: time.sleep(next(calls, 0.001)), "cpu", 0.05)
    assert found.seconds >= 0.05 and found.count > 10


def test_steps_timed_lie_within_the_budget(
    description: Description, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    monkeypatch.setattr(training, "stepper", lambda *arguments: taken.append)
    timing.stepping(build("vae", description), inputs_of(images), BUDGET, 0)
    assert set(taken) == set(range(BUDGET.steps)) - {0, 15, 30, 45}


def test_energy_is_left_out_where_it_cannot_be_read(
    description: Description, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(energy, "reading", lambda device: {})
    variant, inputs = made("vae", description, images)
    found = timing.costs(variant, inputs, inputs, BUDGET, 0)
    assert not {"stepped_joules", "inference_joules"} & set(found)


def test_energy_counts_over_all_parts(
    description: Description, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(10_000))
    monkeypatch.setattr(energy, "reading", lambda device: {"made": (float(next(clock)), 1e9)})
    variant, inputs = made("vae", description, images)
    found = timing.stepping(variant, inputs, BUDGET, 0)
    assert found["stepped_joules"] == timing.PARTS
