"""What every registered variant promises."""

import inspect
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Generator, Tensor

from aebench import encoding, registry, training
from aebench.data import WATCHED, Description
from aebench.files import write_tensors
from aebench.fit import offers
from aebench.inputs import Inputs
from aebench.variants import capabilities
from aebench.variants.base import Variant
from aebench.variants.capabilities import (
    Adversarial,
    Bounded,
    ClosedForm,
    DiscreteCodes,
    Generative,
    PartlySeeing,
)
from tests.conftest import BUDGET, batch_of, build, describe, inputs_of, labels_of

VARIANTS = sorted(registry.variants())
PROTOCOLS: dict[str, Any] = {
    name: protocol
    for name, protocol in inspect.getmembers(capabilities, inspect.isclass)
    if protocol.__module__ == capabilities.__name__
}
OF_PAIRS = {"discrepancy"}
"""Terms that average over pairs of different samples: repeating a batch makes pairs of equals."""
every_variant = pytest.mark.parametrize("name", VARIANTS)


def reconstructed(variant: Variant, images: Tensor) -> Tensor:
    if isinstance(variant, PartlySeeing):
        return variant.reconstruct(images, torch.Generator(images.device).manual_seed(0))
    return variant.decode(variant.encode(images))


@every_variant
def test_capabilities_read_from_syntax_are_those_of_the_class(
    name: str, description: Description
) -> None:
    variant = build(name, description)
    found = {known for known, protocol in PROTOCOLS.items() if isinstance(variant, protocol)}
    assert registry.capabilities(registry.variants()[name]) == found


@every_variant
def test_settings_read_from_syntax_are_attributes_of_the_class(name: str) -> None:
    entry = registry.variants()[name]
    for setting, declared in entry.settings.items():
        assert getattr(entry.load(), setting) == declared.default


@every_variant
def test_shapes(name: str, description: Description, images: Tensor) -> None:
    variant = build(name, description)
    codes = variant.encode(images)
    assert codes.shape == (len(images), variant.latent_dimension)
    assert reconstructed(variant, images).shape == images.shape
    if isinstance(variant, Generative):
        assert variant.prior_codes(3, torch.Generator()).shape == codes[:3].shape
    if isinstance(variant, DiscreteCodes):
        indices = variant.indices(images)
        assert indices.min() >= 0 and indices.max() < variant.codebook_size


@every_variant
def test_an_unknown_setting_is_refused(name: str, description: Description) -> None:
    with pytest.raises(AttributeError):
        build(name, description, no_such_setting=1)


@every_variant
def test_training_brings_the_loss_down(name: str, description: Description, images: Tensor) -> None:
    variant = build(name, description)
    before = (reconstructed(variant, images) - images).square().mean()
    training.train(variant, inputs_of(images), BUDGET, seed=0)
    after = (reconstructed(variant, images) - images).square().mean()
    assert after < before


@every_variant
def test_gradients_reach_every_parameter(
    name: str, description: Description, images: Tensor
) -> None:
    variant = build(name, description)
    if isinstance(variant, ClosedForm):
        pytest.skip("fitted in closed form")
    batch = batch_of(images)
    losses = [variant.loss(batch, 0)]
    if isinstance(variant, Adversarial):
        losses.append(variant.adversary_loss(batch, 0))
    torch.stack([term for loss in losses for term in loss.values()]).sum().backward()
    for path, parameter in variant.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().sum() > 0, path


@every_variant
def test_repeating_a_batch_leaves_the_loss(
    name: str, description: Description, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = build(name, description)
    if isinstance(variant, ClosedForm):
        pytest.skip("fitted in closed form")

    def repeatable(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        rows = torch.linspace(0.1, 2, 16 * self[0].numel()).reshape(16, *self.shape[1:])
        return self.copy_(rows.repeat(len(self) // 16, *[1] * (self.dim() - 1)))

    for drawn in ("normal_", "exponential_", "uniform_"):
        monkeypatch.setattr(Tensor, drawn, repeatable)
    once = variant.loss(batch_of(images[:16]), 0)
    twice = variant.loss(batch_of(images[:16].repeat(2, 1, 1, 1)), 0)
    for term, value in once.items():
        if term not in OF_PAIRS:
            torch.testing.assert_close(twice[term], value)


@every_variant
def test_two_runs_of_one_seed_agree_to_the_byte(
    name: str, description: Description, images: Tensor, tmp_path: Path
) -> None:
    for run in ("first", "second"):
        variant = build(name, description, seed=3)
        training.train(variant, inputs_of(images), BUDGET, seed=3)
        state = {k: t.numpy() for k, t in variant.state_dict().items()}
        write_tensors(tmp_path / run, state)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


@every_variant
def test_a_saved_variant_encodes_alike(name: str, description: Description, images: Tensor) -> None:
    trained, loaded = build(name, description, seed=1), build(name, description, seed=2)
    training.train(trained, inputs_of(images), BUDGET, seed=1)
    loaded.load_state_dict(trained.state_dict())
    assert torch.equal(trained.encode(images), loaded.encode(images))


def trained(
    name: str, description: Description, images: Tensor, device: str
) -> tuple[Tensor, list[float]]:
    """Codes before training; the first loss, the last and the squared error after it."""
    variant = training.build(registry.variants()[name], description, {}, 0, device)
    here = images.to(device)
    codes = variant.encode(here).cpu()
    inputs = Inputs(images.numpy(), describe("digits", maximum=1), device, labels_of(images))
    history = training.train(variant, inputs, BUDGET, 0).history
    losses = [
        sum(value for name, value in row.items() if name != "step" and WATCHED not in name)
        for row in (history[0], history[-1])
    ]
    error = (reconstructed(variant.eval(), here) - here).square().mean().item()
    return codes, [*losses, error]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@every_variant
def test_on_cuda_codes_losses_and_errors_are_those_on_the_cpu(
    name: str, description: Description, images: Tensor
) -> None:
    codes, numbers = trained(name, description, images, "cpu")
    on_cuda, others = trained(name, description, images, "cuda")
    torch.testing.assert_close(on_cuda, codes, rtol=1e-4, atol=1e-5)
    # the noise is another: on the CPU other noise changes them by up to 14 %
    assert others == pytest.approx(numbers, rel=0.2)


@every_variant
@torch.no_grad()
def test_shifted_codes_are_there_where_the_plan_expects_them(
    name: str, description: Description, images: Tensor
) -> None:
    found = encoding.disturbed(build(name, description).eval(), images[:4])
    entries = registry.datasets()["digits"], registry.variants()[name]
    assert ("shifted_codes" in found) == offers("shifted_codes", *entries)


@every_variant
@torch.no_grad()
def test_gradients_of_the_encoder_are_there_where_the_plan_expects_them(
    name: str, description: Description, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "GRADIENTS", 3)
    variant = build(name, description).eval()
    entries = registry.datasets()["digits"], registry.variants()[name]
    bounded = isinstance(variant, Bounded)
    assert offers("encoder_gradients", *entries) == bounded
    if not bounded:
        return
    inputs = Inputs(images.numpy(), describe("digits", maximum=1), "cpu", labels_of(images))
    drawn = [
        encoding.encoder_gradients(variant, inputs, Generator().manual_seed(seed))
        for seed in (0, 0, 1)
    ]
    assert drawn[0].shape[0] == 3 and 0 < drawn[0].shape[1] <= encoding.GRADIENT_PARAMETERS
    assert torch.isfinite(drawn[0]).all() and drawn[0].abs().sum() > 0
    torch.testing.assert_close(drawn[0], drawn[1])
    # sigma points on all axes of the code, which has few here, are not drawn
    assert torch.equal(drawn[0], drawn[2]) == (name == "uae")
    assert all(parameter.grad is None for parameter in variant.parameters())


@pytest.mark.parametrize(
    "name",
    ["vq-vae", "wae-gan", "sae-topk", "sae-p-anneal", "beta-vae-capacity", "factorized-prior"]
    + ["contractive", "rae-gp"],  # differentiated twice: trained as they are written
)
def test_compiled_losses_train_alike(
    name: str, description: Description, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what is compiled is captured as on CUDA, and run without the minute that kernels take
    monkeypatch.setattr(training, "compiled", partial(torch.compile, backend="aot_eager"))
    weights = []
    for compiled in (False, True):
        variant = build(name, description)
        budget = replace(BUDGET, steps=3, compiled=compiled)
        training.train(variant, inputs_of(images), budget, 0)
        weights.append(torch.cat([each.detach().flatten() for each in variant.parameters()]))
    first = [each.detach().flatten() for each in build(name, description).parameters()]
    assert (weights[1] - weights[0]).norm() < 1e-3 * (weights[0] - torch.cat(first)).norm()


@every_variant
def test_first_losses_in_bfloat16_are_nearly_those_in_float32(
    name: str, description: Description, images: Tensor
) -> None:
    if "ClosedForm" in registry.capabilities(registry.variants()[name]):
        pytest.skip("a closed form takes no steps")
    losses = {}
    for precision in ("float32", "bfloat16"):
        variant = build(name, description)
        budget = replace(BUDGET, steps=1, precision=precision)
        [row] = training.train(variant, inputs_of(images), budget, 0).history
        losses[precision] = sum(row.values()) - row["step"]
        assert all(parameter.dtype == torch.float32 for parameter in variant.parameters())
    # inputs that are rounded may have another code
    close = 0.3 if isinstance(variant, DiscreteCodes) else 0.1
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=close)
