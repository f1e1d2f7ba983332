"""Importance-weighted bounds pinned to each other and to the VAE."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Bernoulli, Normal

from aebench.data import Description
from aebench.objectives.bounds import importance_bound
from tests.conftest import batch_of, build

BOUNDS = ["iwae", "miwae", "piwae", "ciwae"]


def gradients(variant: Any, loss: Tensor) -> dict[str, Tensor]:
    """Of ``loss``, by the parameter's name."""
    names, parameters = zip(*variant.named_parameters(), strict=True)
    return dict(zip(names, torch.autograd.grad(loss, parameters), strict=True))


def gradients_of(name: str, description: Description, images: Tensor, **settings: Any) -> Any:
    """Of a fresh variant's whole loss, every variant with the same weights and noise."""
    variant = build(name, description, **settings)
    return gradients(variant, sum(variant.loss(batch_of(images), 0).values()))


def assert_same(ours: dict[str, Tensor], theirs: dict[str, Tensor], network: str = "") -> None:
    """The same gradients in one network, or all."""
    compared = [name for name in theirs if name.startswith(network)]
    assert compared
    for name in compared:
        torch.testing.assert_close(ours[name], theirs[name], rtol=1e-4, atol=1e-6, msg=name)


def test_the_importance_bound_is_the_logarithm_of_the_mean_weight() -> None:
    weights = torch.rand(3, 2, 7, dtype=torch.float64) + 0.1
    torch.testing.assert_close(importance_bound(weights.log()), weights.mean(2).log())
    assert importance_bound(torch.full((2, 5), -90000.0)).eq(-90000).all()


def test_iwae_weights_are_those_of_torch_distributions(
    description: Description, images: Tensor
) -> None:
    """Each log p(x|z) + log p(z) - log q(z|x) at the code drawn, not a divergence."""
    iwae, count = build("iwae", description), 3
    weights, likelihoods = iwae.log_weights(images, count, torch.Generator().manual_seed(5))
    noise = torch.empty(len(images) * count, 4).normal_(generator=torch.Generator().manual_seed(5))
    for i, image in enumerate(images[:9]):
        mu, log_variance = iwae.encoder(image[None]).chunk(2, 1)
        posterior = Normal(mu[0], (0.5 * log_variance[0]).exp())
        for k in range(count):
            z = posterior.loc + posterior.scale * noise[i * count + k]
            pixels = Bernoulli(logits=iwae.decoder(z[None])[0], validate_args=False)
            likelihood = pixels.log_prob(image).sum()
            ratio = (Normal(0.0, 1.0).log_prob(z) - posterior.log_prob(z)).sum()
            torch.testing.assert_close(likelihoods[i, k], likelihood)
            torch.testing.assert_close(weights[i, k], likelihood + ratio)


def test_iwae_with_one_sample_is_the_vae_bound(description: Description, images: Tensor) -> None:
    iwae, vae = build("iwae", description, k=1), build("vae", description)
    weights, _ = vae.log_weights(images, 1, torch.Generator().manual_seed(0))
    torch.testing.assert_close(iwae.loss(batch_of(images), 0)["bound"], -weights.mean())
    assert_same(gradients_of("iwae", description, images, k=1), gradients(vae, -weights.mean()))


def test_iwae_with_one_sample_is_in_expectation_the_vae_loss(
    description: Description, images: Tensor
) -> None:
    """With the same noise only the divergence differs: estimated here, in closed form there."""
    many = images[:8].repeat_interleave(4000, 0)
    iwae, vae = build("iwae", description, k=1), build("vae", description)
    with torch.no_grad():
        loss = vae.loss(batch_of(many), 0)
        weights, likelihoods = iwae.log_weights(many, 1, torch.Generator().manual_seed(0))
        estimates = likelihoods - weights
    error = estimates.std() / len(many) ** 0.5
    torch.testing.assert_close(loss["reconstruction"], -likelihoods.mean())
    assert (estimates.mean() - loss["divergence"]).abs() < 4 * error


def test_the_iwae_gradient_weighs_each_sample_by_its_weight_and_the_best_most(
    description: Description, images: Tensor
) -> None:
    iwae = build("iwae", description, k=4)
    log_weights, _ = iwae.log_weights(images, 4, torch.Generator().manual_seed(0))
    shares = torch.autograd.grad(-importance_bound(log_weights).sum(), log_weights)[0].neg()
    assert shares.gt(0).all() and torch.equal(shares.argmax(1), log_weights.argmax(1))
    torch.testing.assert_close(shares.sum(1), torch.ones(len(images)))
    shares = log_weights.detach().exp() / log_weights.detach().exp().sum(1, keepdim=True)
    log_weights, _ = iwae.log_weights(images, 4, torch.Generator().manual_seed(0))
    expected = gradients(iwae, -(shares * log_weights).sum(1).mean())
    assert_same(gradients_of("iwae", description, images, k=4), expected)


def test_miwae_averages_the_bounds_of_its_groups(description: Description, images: Tensor) -> None:
    weights, _ = build("iwae", description).log_weights(images, 6, batch_of(images).generator)
    groups = [importance_bound(weights[:, :3]), importance_bound(weights[:, 3:])]
    loss = build("miwae", description, m=2, k=3).loss(batch_of(images), 0)
    torch.testing.assert_close(loss["bound"], -torch.stack(groups).mean())


@pytest.mark.parametrize("name", ["miwae", "piwae"])
def test_with_one_group_they_are_the_iwae(
    name: str, description: Description, images: Tensor
) -> None:
    ours = gradients_of(name, description, images, m=1, k=6)
    assert_same(ours, gradients_of("iwae", description, images, k=6))


def test_with_one_sample_per_group_they_are_the_vae(
    description: Description, images: Tensor
) -> None:
    """PIWAE's encoder only: its decoder is then an IWAE's."""
    vae = gradients_of("ciwae", description, images, beta=1.0, k=6)
    assert_same(gradients_of("miwae", description, images, m=6, k=1), vae)
    assert_same(gradients_of("piwae", description, images, m=6, k=1), vae, "encoder")


def test_piwae_trains_its_decoder_as_iwae_and_its_encoder_as_miwae(
    description: Description, images: Tensor
) -> None:
    piwae = gradients_of("piwae", description, images, m=3, k=4)
    iwae = gradients_of("iwae", description, images, k=12)
    miwae = gradients_of("miwae", description, images, m=3, k=4)
    assert_same(piwae, iwae, "decoder")
    assert_same(piwae, miwae, "encoder")
    for network, other in [("decoder", miwae), ("encoder", iwae)]:
        with pytest.raises(AssertionError):
            assert_same(piwae, other, network)


def test_the_terms_of_piwae_are_the_two_bounds(description: Description, images: Tensor) -> None:
    loss = build("piwae", description, m=3, k=4).loss(batch_of(images), 0)
    iwae = build("iwae", description, k=12).loss(batch_of(images), 0)["bound"]
    miwae = build("miwae", description, m=3, k=4).loss(batch_of(images), 0)["bound"]
    torch.testing.assert_close(loss["decoder"], iwae)
    torch.testing.assert_close(loss["encoder"], miwae)


def test_ciwae_goes_from_iwae_to_vae_as_beta_goes_from_zero_to_one(
    description: Description, images: Tensor
) -> None:
    def total(beta: float) -> Tensor:
        terms = build("ciwae", description, beta=beta, k=5).loss(batch_of(images), 0)
        return torch.stack([*terms.values()]).sum()

    iwae = build("iwae", description)
    weights, _ = iwae.log_weights(images, 5, batch_of(images).generator)
    torch.testing.assert_close(total(0.0), iwae.loss(batch_of(images), 0)["bound"])
    torch.testing.assert_close(total(1.0), -weights.mean())
    torch.testing.assert_close(total(0.3), 0.3 * total(1.0) + 0.7 * total(0.0))
    assert total(0.0) < total(1.0)


def test_all_samples_go_through_the_decoder_at_once(
    description: Description, images: Tensor
) -> None:
    for name in BOUNDS:
        variant = build(name, description)
        sizes: list[int] = []

        def note(_: nn.Module, codes: tuple[Tensor], __: Tensor, sizes: list[int] = sizes) -> None:
            sizes.append(len(codes[0]))

        variant.decoder.register_forward_hook(note)
        variant.loss(batch_of(images[:2]), 0)
        count = variant.k * getattr(variant, "m", 1)
        assert sizes == [2 * count] * (2 if name == "piwae" else 1)


@pytest.mark.parametrize(
    ("name", "settings"),
    [("iwae", {"k": 0}), ("miwae", {"m": 0}), ("piwae", {"k": 0}), ("ciwae", {"beta": 1.5})],
)
def test_a_bound_of_no_samples_is_refused(
    name: str, settings: dict[str, Any], description: Description
) -> None:
    with pytest.raises(ValueError, match="accepted: "):
        build(name, description, **settings)
