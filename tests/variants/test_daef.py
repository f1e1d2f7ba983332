"""DAEF: closed forms against the paper's, and partitions against the whole."""

import numpy as np
import pytest
import torch
from torch import Tensor

from aebench.data import Description
from aebench.objectives import closed_form
from aebench.objectives.closed_form import leading_directions, ridge
from aebench.objectives.likelihoods import squared_error
from tests.conftest import build, describe


def rows(count: int, width: int, seed: int = 0) -> Tensor:
    """Float64 normal numbers of falling variance, (count, width)."""
    drawn = torch.randn(count, width, generator=torch.Generator().manual_seed(seed)).double()
    return drawn * torch.linspace(2, 0.5, width, dtype=torch.float64)


def test_directions_are_those_of_the_papers_distributed_svd() -> None:
    data = rows(90, 20)
    factors = []
    for part in data.chunk(5):
        left, values, _ = np.linalg.svd(part.numpy().T, full_matrices=False)
        factors.append(left * values)
    aggregated = np.linalg.svd(np.concatenate(factors, axis=1), full_matrices=False)[0][:, :6]
    ours = leading_directions(data.chunk(5), 6)
    cosines = (torch.from_numpy(aggregated) * ours).sum(0).abs()
    torch.testing.assert_close(cosines, torch.ones(6, dtype=torch.float64))


def test_lanczos_finds_the_same_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    data = rows(90, 20).chunk(3)
    exact = leading_directions(data, 5)
    monkeypatch.setattr(closed_form, "EXACT_UP_TO", 1)
    torch.testing.assert_close(leading_directions(data, 5), exact, rtol=0, atol=1e-9)


def test_ridge_is_rolann_by_its_singular_value_decomposition() -> None:
    """w = U (S² + λ I)⁻¹ Uᵀ M with U S of X F and M = X F² f⁻¹(y)."""
    inputs, targets = rows(40, 6), torch.sigmoid(rows(40, 3, seed=1))
    for logistic in (True, False):
        found = ridge(inputs.chunk(4), targets.chunk(4), 0.9, logistic)
        columns = np.vstack([np.ones(40), inputs.numpy().T])
        for j in range(3):
            desired = targets[:, j].numpy()
            before = np.log(desired / (1 - desired)) if logistic else desired
            slopes = np.exp(-before) / (1 + np.exp(-before)) ** 2 if logistic else np.ones(40)
            left, values, _ = np.linalg.svd(columns * slopes, full_matrices=False)
            moment = columns @ (slopes**2 * before)
            expected = left @ ((left.T @ moment) / (values**2 + 0.9))
            np.testing.assert_allclose(found[j].numpy(), expected, rtol=1e-8)


def test_ridge_without_penalty_inverts_a_logistic_layer() -> None:
    inputs, weight, bias = rows(200, 5), rows(3, 5, seed=1), rows(1, 3, seed=2)
    targets = torch.sigmoid(inputs @ weight.t() + bias)
    found = ridge([inputs], [targets], 0.0, logistic=True)
    torch.testing.assert_close(found, torch.cat([bias.t(), weight], dim=1))


def test_a_hidden_layer_is_the_transposed_decoder_of_an_elm_autoencoder(
    description: Description,
) -> None:
    """Its weights bring random features, with a bias beside them, back to the layer's inputs."""
    inputs = torch.sigmoid(rows(300, 4))
    weight = build("daef", description, hidden_ridge=1e-12).hidden_weight([inputs], 9, number=2)
    drawn = torch.randn(5, 9, generator=torch.Generator().manual_seed(2)).double()
    features = torch.sigmoid(inputs @ drawn[:-1] * (2 / 13) ** 0.5 + drawn[-1])
    slopes = (inputs * (1 - inputs)).square()  # (300, 4)
    left = torch.logit(inputs) - features @ weight
    left = left - (slopes * left).sum(0) / slopes.sum(0)  # what a bias explains
    # weighted least squares: what is left is orthogonal to the features
    assert (features.t() @ (slopes * left)).abs().max() < 1e-6
    assert weight.shape == (9, 4)


@pytest.mark.parametrize("exact_up_to", [1024, 1])
def test_daef_over_one_or_eight_partitions_is_the_same(
    exact_up_to: int, description: Description, images: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_form, "EXACT_UP_TO", exact_up_to)
    whole, parts = (build("daef", description, partitions=count) for count in (1, 8))
    losses = [variant.fit(images)["squared_error"] for variant in (whole, parts)]
    torch.testing.assert_close(losses[0], losses[1], rtol=1e-5, atol=0)
    for name, tensor in whole.state_dict().items():
        torch.testing.assert_close(parts.state_dict()[name], tensor, rtol=1e-5, atol=1e-6)


def test_daef_fits_better_than_the_mean_and_than_chance(
    description: Description, images: Tensor
) -> None:
    variant = build("daef", description, hidden_ridge=0.01)
    untrained = squared_error(variant.decode(variant.encode(images)), images).mean()
    loss = variant.fit(images)["squared_error"]
    mean = squared_error(images.mean(0, keepdim=True), images).mean()
    assert loss < 0.7 * mean < mean < untrained


def test_the_last_layer_is_the_ridge_optimum_for_the_hidden_layer_it_has(
    description: Description, images: Tensor
) -> None:
    variant = build("daef", description, hidden_ridge=0.01, output_ridge=1e-6)
    variant.fit(images)
    with torch.no_grad():
        hidden = variant.decoder[:-2](variant.encode(images)).double()
        residual = (images - variant.decode(variant.encode(images))).flatten(1).double()
    with_bias = torch.cat([torch.ones(256, 1), hidden], dim=1)
    # least squares: what is left is orthogonal to all regressors
    projected = torch.linalg.lstsq(with_bias.double(), residual).solution
    explained = (with_bias.double() @ projected).square().mean() / residual.square().mean()
    assert explained < 1e-3


def test_daef_codes_are_logistic_scores_on_the_leading_components(
    description: Description, images: Tensor
) -> None:
    variant = build("daef", description)
    variant.fit(images)
    flat = images.flatten(1).double()
    deviation = flat.std(0, correction=0)
    deviation[deviation == 0] = 1
    standard = ((flat - flat.mean(0)) / deviation).numpy()
    scores = torch.logit(variant.encode(images).double())
    left = np.linalg.svd(standard.T, full_matrices=False)[0][:, :4]
    np.testing.assert_allclose(scores.abs().numpy(), abs(standard @ left), atol=2e-3)


def test_scores_of_many_inputs_are_kept_from_saturating() -> None:
    """One factor behind all of 3·64·64 numbers: its score would deviate by their root, 111."""
    inputs = torch.rand(40, 1, 1, 1) * torch.ones(3, 64, 64) + 0.01 * torch.rand(40, 3, 64, 64)
    variant = build("daef", describe("rooms"), spread=4.0)
    variant.fit(inputs)
    scores = torch.logit(variant.encode(inputs)[:, 0].double())
    assert scores.std(correction=0).item() == pytest.approx(4.0, rel=0.01)


def test_fitting_leaves_the_data_alone(description: Description, images: Tensor) -> None:
    doubles = images.double()
    before = doubles.clone()
    build("daef", description).double().fit(doubles)
    assert torch.equal(before, doubles)
