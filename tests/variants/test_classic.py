"""The classic variants, each pinned to mathematics it must obey."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.func import jacrev, vmap

from aebench import training
from aebench.data import Budget, Description
from aebench.inputs import Inputs
from aebench.nn.blocks import blocks
from aebench.nn.mirror import Mirror
from aebench.objectives import contraction
from aebench.objectives.likelihoods import squared_error
from aebench.variants.classic.k_sparse import highest
from tests.conftest import BUDGET, batch_of, build, describe, inputs_of

GRADIENT_TRAINED = [
    "linear-ae",
    "tied-ae",
    "dae",
    "contractive",
    "stacked",
    "k-sparse",
    "lorae",
]


@pytest.mark.parametrize("name", [*GRADIENT_TRAINED, "prototype", "daef"])
@pytest.mark.parametrize("data", ["rooms", "superposition", "mnist"])
def test_classic_variants_fit_every_kind_of_data(name: str, data: str) -> None:
    described = describe(data)
    inputs = torch.rand(12, *described.shape)
    settings = {"prototype_count": 3} if name == "prototype" else {}
    variant = build(name, described, **settings)
    assert variant.decode(variant.encode(inputs)).shape == inputs.shape
    if name in GRADIENT_TRAINED:
        losses = variant.loss(batch_of(inputs), 0)
        assert torch.stack(list(losses.values())).isfinite().all()


def test_a_trained_linear_autoencoder_is_pca() -> None:
    backbone = {"name": "mlp", "hidden": [16], "latent_dimension": 3}
    described = describe("superposition", backbone=backbone)
    rotation = torch.linalg.qr(torch.randn(64, 64, generator=torch.Generator().manual_seed(0))).Q
    deviations = torch.tensor([3.0, 2.5, 2.0, *[0.1] * 61])
    drawn = torch.randn(200, 64, generator=torch.Generator().manual_seed(1)) * deviations
    data = Inputs((drawn @ rotation + 0.1).numpy(), described)
    best, linear = build("pca", described), build("linear-ae", described)
    least = training.train(best, data, BUDGET, 0).history[0]["squared_error"]
    training.train(linear, data, Budget(600, 200, 1e-2), seed=0)
    with torch.no_grad():
        reconstructions = linear.decode(linear.encode(data.all()))
        learned = torch.linalg.qr(linear.decoder[0].weight).Q
    reached = squared_error(reconstructions, data.all()).mean()
    assert least * (1 - 1e-5) <= reached <= 1.005 * least
    # the same subspace: the cosines of all principal angles are 1
    assert torch.linalg.svdvals(best.components @ learned).min() > 0.999


@pytest.mark.parametrize("data", ["digits", "rooms"])
def test_a_mirror_multiplies_by_the_transposed_matrices(data: str) -> None:
    described = describe(data)
    encoder = build("ae", described).encoder
    flat = nn.Sequential(*[layer for layer in encoder if not isinstance(layer, nn.ReLU)])
    for layer in flat:
        if isinstance(layer, nn.Linear | nn.Conv2d) and layer.bias is not None:
            nn.init.zeros_(layer.bias)
    mirror = Mirror(flat, described.shape)
    x, z = torch.rand(2, *described.shape), torch.rand(2, described.backbone["latent_dimension"])
    # <A x, z> = <x, Aᵀ z>
    there, back = (flat(x) * z).flatten(1).sum(1), (x * mirror(z)).flatten(1).sum(1)
    torch.testing.assert_close(there, back, rtol=1e-4, atol=1e-6)


def test_tied_weights_stay_tied(description: Description, images: Tensor) -> None:
    variant = build("tied-ae", description)
    training.train(variant, inputs_of(images), BUDGET, seed=0)
    _, first, _, second, _, third = variant.encoder
    third_bias, second_bias, first_bias = reversed(variant.decoder.biases)
    codes = torch.rand(3, 4)
    hidden = torch.relu(codes @ third.weight + third_bias)
    hidden = torch.relu(hidden @ second.weight + second_bias)
    expected = hidden @ first.weight + first_bias
    torch.testing.assert_close(variant.decoder(codes).flatten(1), expected)
    names = [name for name, parameter in variant.named_parameters() if parameter.dim() > 1]
    assert names == ["encoder.1.weight", "encoder.3.weight", "encoder.5.weight"]
    assert set(variant.state_dict()) == {name for name, _ in variant.named_parameters()}


def test_tied_weights_learn_from_both_their_places(
    description: Description, images: Tensor
) -> None:
    variant = build("tied-ae", description)
    weight = variant.encoder[1].weight
    codes = variant.encode(images).detach()
    (as_decoder,) = torch.autograd.grad(variant.reconstruction(codes, images), weight)
    loss = variant.loss(batch_of(images), 0)["reconstruction"]
    (as_both,) = torch.autograd.grad(loss, weight)
    assert as_decoder.abs().sum() > 0
    assert not torch.allclose(as_both, as_decoder)


@pytest.mark.parametrize("corruption", ["gaussian", "masking", "salt-and-pepper"])
def test_a_dae_without_noise_is_the_autoencoder(
    corruption: str, description: Description, images: Tensor
) -> None:
    plain = build("ae", description).loss(batch_of(images), 0)
    assert build("dae", description, corruption=corruption, level=0.0).loss(
        batch_of(images), 0
    ) == (plain)


def test_a_dae_is_judged_against_clean_inputs(description: Description, images: Tensor) -> None:
    variant = build("dae", description, corruption="masking", level=1.0)
    codes = variant.encode(torch.zeros_like(images))
    blind = variant.loss(batch_of(images), 0)["reconstruction"]
    torch.testing.assert_close(blind, variant.reconstruction(codes, images))
    assert torch.equal(variant.encode(images), variant.encoder(images))


def test_masking_blackens_and_salt_and_pepper_do_both_at_their_level(
    description: Description,
) -> None:
    grey, generator = torch.full((100, 1, 50, 50), 0.5), torch.Generator().manual_seed(0)
    masked = build("dae", description, level=0.3).corrupted(grey, generator)
    salted = build("dae", description, corruption="salt-and-pepper", level=0.3)
    assert set(masked.unique().tolist()) == {0.0, 0.5}
    torch.testing.assert_close(masked.eq(0).float().mean(), torch.tensor(0.3), rtol=0, atol=5e-3)
    spoilt = salted.corrupted(grey, generator)
    assert set(spoilt.unique().tolist()) == {0.0, 0.5, 1.0}
    for extreme in (0, 1):
        share = spoilt.eq(extreme).float().mean()
        torch.testing.assert_close(share, torch.tensor(0.15), rtol=0, atol=5e-3)


def test_gaussian_corruption_has_the_levels_deviation(description: Description) -> None:
    variant = build("dae", description, corruption="gaussian", level=0.3)
    noise = variant.corrupted(torch.zeros(100, 1, 50, 50), torch.Generator().manual_seed(0))
    torch.testing.assert_close(noise.std(), torch.tensor(0.3), rtol=0, atol=5e-3)
    assert noise.mean().abs() < 5e-3


def test_salt_and_pepper_of_unbounded_data_are_the_batchs_extremes() -> None:
    variant = build("dae", describe("superposition"), corruption="salt-and-pepper", level=1.0)
    inputs = torch.randn(30, 64)
    corrupted = variant.corrupted(inputs, torch.Generator())
    assert set(corrupted.unique().tolist()) == {inputs.min().item(), inputs.max().item()}


@pytest.mark.parametrize("scope", ["whole", "layers"])
def test_a_contractive_autoencoder_of_no_weight_is_the_autoencoder(
    scope: str, description: Description, images: Tensor
) -> None:
    variant = build("contractive", description, contraction=0.0, scope=scope)
    loss = variant.loss(batch_of(images), 0)
    assert loss.pop("contraction") == 0
    assert loss == build("ae", description).loss(batch_of(images), 0)


def test_a_tied_contractive_autoencoder_of_no_weight_is_the_tied_one(
    description: Description, images: Tensor
) -> None:
    variant = build("contractive", description, contraction=0.0, tied=True)
    loss = variant.loss(batch_of(images), 0)
    tied = build("tied-ae", description).loss(batch_of(images), 0)
    assert loss["reconstruction"] == tied["reconstruction"]


def brute_force(layer: nn.Module, inputs: Tensor) -> Tensor:
    """‖J‖² of each sample, from its whole Jacobian matrix."""
    jacobians: Tensor = vmap(jacrev(lambda one: layer(one[None])[0]))(inputs)
    return jacobians.square().flatten(1).sum(1)


@pytest.mark.parametrize("activation", [nn.ReLU, nn.Tanh])
@pytest.mark.parametrize("kind", ["linear", "convolutional"])
def test_contraction_and_its_gradient_are_those_of_brute_force(
    kind: str, activation: type[nn.Module]
) -> None:
    layers: list[nn.Module] = [nn.Flatten(), nn.Linear(64, 20)]
    if kind == "convolutional":
        padded, wide = nn.Conv2d(1, 3, 4, 2, 1), nn.Conv2d(3, 5, 2, 2)
        layers = [padded, activation(), wide, activation(), nn.Flatten(), nn.Linear(20, 20)]
    encoder = nn.Sequential(*layers, activation(), nn.Linear(20, 3)).double()
    inputs = torch.rand(4, 1, 8, 8, dtype=torch.float64, requires_grad=True)
    weight = next(encoder.parameters())
    by_layers, hidden = torch.zeros(4, dtype=torch.float64), inputs
    for block in blocks(encoder):
        by_layers, hidden = by_layers + brute_force(block, hidden), block(hidden)
    whole = contraction.jacobian_norm(encoder(inputs), inputs)
    for ours, theirs in [
        (whole, brute_force(encoder, inputs)),
        (contraction.layer_jacobian_norms(encoder, inputs), by_layers),
    ]:
        torch.testing.assert_close(ours, theirs)
        gradients = [torch.autograd.grad(norm.sum(), weight)[0] for norm in (ours, theirs)]
        torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("scope", ["whole", "layers"])
def test_the_contraction_is_the_weighted_mean_over_the_batch(
    scope: str, description: Description, images: Tensor
) -> None:
    variant = build("contractive", description, contraction=0.3, scope=scope)
    found = variant.loss(batch_of(images), 0)["contraction"]
    network = variant.encoder
    layers = [network] if scope == "whole" else blocks(network)
    expected, hidden = 0.0, images
    for layer in layers:
        expected += brute_force(layer, hidden).mean().item()
        hidden = layer(hidden)
    assert found.item() == pytest.approx(0.3 * expected, rel=1e-4)


def test_contraction_contracts(description: Description, images: Tensor) -> None:
    norms = {}
    for weight in (0.0, 1.0):
        variant = build("contractive", description, contraction=weight, tied=True)
        training.train(variant, inputs_of(images), Budget(200, 64, 3e-3), seed=0)
        norms[weight] = brute_force(variant.encoder, images).mean()
    assert norms[1.0] < 0.5 * norms[0.0]


@pytest.mark.parametrize("data", ["digits", "rooms"])
def test_each_stage_of_a_stack_moves_its_own_layers_alone(data: str) -> None:
    variant = build("stacked", describe(data), greedy=0.6)
    stages = len(variant.stages)
    variant.total_steps = 10 * stages
    inputs = torch.rand(2, *variant.data.shape)
    names = {id(p): name for name, p in variant.named_parameters()}
    moved = []
    for step in range(0, 6 * stages, 6):
        loss = variant.loss(batch_of(inputs), step)["reconstruction"]
        gradients = torch.autograd.grad(loss, list(variant.parameters()), allow_unused=True)
        pairs = zip(variant.parameters(), gradients, strict=True)
        moved.append({names[id(p)] for p, gradient in pairs if gradient is not None})
        own = [p for part in variant.stages[step // 6] for p in part.parameters()]
        assert moved[-1] == {names[id(p)] for p in own} and len(own) == 4
    assert not set.intersection(*moved) and set.union(*moved) == set(names.values())


def test_a_stage_reconstructs_what_the_stages_before_it_give(
    description: Description, images: Tensor
) -> None:
    variant = build("stacked", description)
    variant.total_steps = 600
    _, first, _, second, _, _ = variant.encoder
    _, _, back_second, _, back_first, _ = variant.decoder
    h_1 = torch.relu(first(images.flatten(1)))
    logits = back_first(h_1).view_as(images)
    expected = variant.observation.negative_log(logits, images).mean()
    at = {step: variant.loss(batch_of(images), step)["reconstruction"] for step in (99, 100)}
    torch.testing.assert_close(at[99], expected)
    restored = torch.relu(back_second(torch.relu(second(h_1))))
    torch.testing.assert_close(at[100], (restored - h_1).square().sum(1).mean())


def test_a_stack_is_fine_tuned_as_an_autoencoder(description: Description, images: Tensor) -> None:
    variant = build("stacked", description, greedy=0.5)
    variant.total_steps = 600
    assert [variant.stage(step) for step in (0, 99, 100, 299, 300, 599)] == [0, 0, 1, 2, 3, 3]
    plain = build("ae", description).loss(batch_of(images), 0)
    assert variant.loss(batch_of(images), 300) == plain


def test_training_in_stages_leaves_later_layers_where_they_were(
    description: Description, images: Tensor
) -> None:
    variant, before = build("stacked", description, greedy=1.0), build("stacked", description)
    batches = training.train(variant, inputs_of(images), Budget(2, 32, 1e-3), seed=0)
    assert batches.step == 2
    pairs = zip(variant.encoder.parameters(), before.encoder.parameters(), strict=True)
    # two steps of three stages: the first two are done
    assert [torch.equal(ours, old) for ours, old in pairs] == [False] * 4 + [True] * 2


def test_highest_keeps_the_k_highest_and_no_other() -> None:
    hidden = torch.tensor([[3.0, -1.0, 2.0, 5.0], [-4.0, -1.0, -3.0, -2.0]])
    kept = highest(hidden, 2)
    assert kept.tolist() == [[3, 0, 0, 5], [0, -1, 0, -2]]


def test_a_k_sparse_code_has_alpha_k_units_and_is_decoded_from_k(
    description: Description, images: Tensor
) -> None:
    variant = build("k-sparse", description, hidden_units=60, k=5, alpha=3.0)
    codes, hidden = variant.encode(images), variant.hidden(images)
    assert codes.ne(0).sum(1).eq(15).all()
    assert torch.equal(variant.decode(codes), variant.linear(highest(hidden, 5)))
    loss = variant.loss(batch_of(images), 0)["squared_error"]
    torch.testing.assert_close(loss, squared_error(variant.decode(codes), images).mean())


def test_a_negative_unit_that_was_kept_is_decoded(description: Description) -> None:
    variant = build("k-sparse", description, hidden_units=60, k=5)
    codes = torch.zeros(1, 60)
    codes[0, :8] = -torch.arange(1.0, 9.0)
    torch.testing.assert_close(
        variant.decode(codes), variant.linear(highest(codes[:, :8], 5) @ (torch.eye(8, 60)))
    )


def test_a_k_sparse_dictionary_is_tied(description: Description, images: Tensor) -> None:
    variant = build("k-sparse", description)
    units = torch.eye(1000)
    atoms = (variant.linear(units) - variant.linear(torch.zeros(1, 1000))).flatten(1)
    torch.testing.assert_close(atoms, variant.encoder.weight.detach(), rtol=0, atol=1e-6)
    assert build("k-sparse", description, tied=False).linear(units).shape == (1000, 1, 8, 8)


def test_only_kept_units_learn(description: Description, images: Tensor) -> None:
    variant = build("k-sparse", description, tied=False, k=3)
    kept = highest(variant.hidden(images), 3).ne(0).any(0)
    variant.loss(batch_of(images), 0)["squared_error"].backward()
    for parameter in (variant.encoder.weight, variant.dictionary):
        assert torch.equal(parameter.grad.ne(0).any(1), kept)
    assert not kept.all()


def test_an_initial_k_falls_to_k_over_half_the_budget(description: Description) -> None:
    variant = build("k-sparse", description, k=15, initial_k=100)
    variant.total_steps = 1000
    assert [variant.active(step) for step in (0, 250, 500, 999)] == [100, 57, 15, 15]


def test_lorae_without_weight_and_with_an_identity_is_the_autoencoder(
    description: Description, images: Tensor
) -> None:
    variant = build("lorae", description, rank_weight=0.0)
    nn.init.eye_(variant.linear.weight)
    loss = variant.loss(batch_of(images), 0)
    assert loss.pop("nuclear_norm") == 0
    assert loss == build("ae", description).loss(batch_of(images), 0)


def test_loraes_penalty_is_the_sum_of_singular_values(
    description: Description, images: Tensor
) -> None:
    variant = build("lorae", description, rank_weight=0.1)
    found = variant.loss(batch_of(images), 0)["nuclear_norm"].item()
    values = np.linalg.svd(variant.linear.weight.detach().numpy(), compute_uv=False)
    assert found == pytest.approx(0.1 * 64 / 2 * values.sum(), rel=1e-5)
    assert variant.linear.bias is None


def test_loraes_rank_falls_as_its_weight_grows(images: Tensor) -> None:
    network = {"name": "mlp", "hidden": [32], "latent_dimension": 12}
    ranks = []
    for weight in (0.0, 0.003, 0.05):
        variant = build("lorae", describe("digits", backbone=network), rank_weight=weight)
        training.train(variant, inputs_of(images), Budget(400, 64, 3e-3), seed=0)
        with torch.no_grad():
            codes = variant.encode(images)
        values = torch.linalg.svdvals(codes - codes.mean(0))
        ranks.append(int((values > 0.01 * values[0]).sum()))
    assert ranks[0] > ranks[1] > ranks[2]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("dae", {"corruption": "blur"}),
        ("contractive", {"scope": "layer"}),
        ("k-sparse", {"k": 600}),
        ("k-sparse", {"k": 0}),
    ],
)
def test_settings_that_mean_nothing_are_refused(
    name: str, settings: dict[str, Any], description: Description
) -> None:
    with pytest.raises(ValueError, match=name):
        build(name, description, **settings)


def test_the_gaussian_of_lorae_weighs_as_the_papers_mean_of_squares() -> None:
    """With D/2 the ratio of both terms is that of a mean over pixels and λ."""
    described = describe("superposition")
    variant = build("lorae", described, rank_weight=0.2)
    inputs = torch.randn(5, 64)
    loss = variant.loss(batch_of(inputs), 0)
    constant = 32 * math.log(2 * math.pi)
    mean_square = (variant.decode(variant.encode(inputs)) - inputs).square().mean()
    norm = torch.linalg.matrix_norm(variant.linear.weight, "nuc")
    ours = loss["nuclear_norm"] / (loss["reconstruction"] - constant)
    torch.testing.assert_close(ours, 0.2 * norm / mean_square)
