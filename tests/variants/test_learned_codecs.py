"""What each learned codec minimises, and what sets it apart."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from aebench import training
from aebench.bottlenecks import gaussian_conditional, rounding
from aebench.coding.container import BadStream, payload_bytes
from aebench.coding.gaussian import scale_indices
from aebench.data import Budget
from aebench.inputs import Inputs
from aebench.variants.base import Batch
from aebench.variants.codec.vae_bits_back import STEP, level_probabilities
from tests.conftest import build, describe
from tests.variants.codecs import tiles, trained, untrained

LEARNED = ["compressive-ae", "factorized-prior", "hyperprior", "mean-scale-hyperprior"]
LEARNED += ["qres-vae-mini", "shallow-decoder"]


def batch_of_tiles() -> Batch:
    return Batch(tiles("chelsea.png", 8) / 255, torch.Generator().manual_seed(1))


def test_the_loss_is_bits_per_pixel_and_weighted_error_in_nats_per_image() -> None:
    codec, batch = untrained("factorized-prior", distortion_weight=0.05), batch_of_tiles()
    latents = codec.encoder(batch.inputs)
    noisy = rounding.noisy(latents, torch.Generator().manual_seed(1))
    mse = (codec.decoder(noisy) - batch.inputs).square().mean()
    pixels = 32 * 32
    probabilities = codec.entropy_model.log_likelihood(noisy).exp()
    bits_per_pixel = -probabilities.log2().sum() / (len(batch.inputs) * pixels)
    expected = (bits_per_pixel + 0.05 * 255**2 * mse) * pixels * math.log(2)
    loss = codec.loss(batch, 0)
    assert set(loss) == {"rate", "distortion"}
    torch.testing.assert_close(loss["rate"] + loss["distortion"], expected)


def test_the_training_loop_takes_adams_step_whatever_the_gradients_order_in_memory() -> None:
    codec, other = untrained("factorized-prior"), untrained("factorized-prior")
    other.load_state_dict(codec.state_dict())
    codec.gradient_norm = 0.0
    (player,) = training._players(codec, Budget(1, 8, 1e-3))
    training._turn(player, batch_of_tiles(), 0)
    optimiser = torch.optim.Adam(other.parameters(), 1e-3)
    sum(other.loss(batch_of_tiles(), 0).values()).backward()
    optimiser.step()
    for found, expected in zip(codec.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("name", LEARNED)
def test_twice_the_weight_is_twice_the_distortion_at_the_same_rate(name: str) -> None:
    torch.manual_seed(0)
    one = untrained(name, distortion_weight=0.01).loss(batch_of_tiles(), 0)
    two = untrained(name, distortion_weight=0.02).loss(batch_of_tiles(), 0)
    torch.testing.assert_close(two["distortion"], 2 * one["distortion"])
    for term in set(one) - {"distortion"}:
        torch.testing.assert_close(two[term], one[term])


@pytest.mark.parametrize(
    ("name", "steps"), [("compressive-ae", 250), ("factorized-prior", 500), ("hyperprior", 250)]
)
def test_a_heavier_weight_buys_quality_with_bits(name: str, steps: int) -> None:
    images, found = tiles("coffee.png", 16), []
    for weight in (0.001, 0.1):
        codec = trained(name, steps=steps, distortion_weight=weight)
        error = (codec.reconstructed(images).float() - images).square().mean()
        found.append((payload_bytes(codec.compress(images)), error))
    (fewer, worse), (more, better) = found
    assert fewer < more and better < worse


@pytest.mark.parametrize("name", ["factorized-prior", "hyperprior"])
@pytest.mark.parametrize("transform", ["relu", "gdn"])
def test_both_transforms_train(name: str, transform: str) -> None:
    codec, images = trained(name, transform=transform), tiles("coffee.png", 16)
    error = (codec.reconstructed(images).float() - images).square().mean()
    assert error < images.float().var()
    gdn = [layer for layer in codec.modules() if type(layer).__name__ == "GDN"]
    assert bool(gdn) == (transform == "gdn")


@pytest.mark.parametrize("side, halvings", [(8, 2), (28, 3), (32, 4), (64, 4)])
def test_small_images_are_halved_less_often(side: int, halvings: int) -> None:
    data = describe("natural", shape=[3, side, side])
    codec = build("factorized-prior", data, channels=4, latent_channels=2, downsamplings=4)
    assert codec.halvings == halvings
    assert codec.latent_dimension == 2 * math.ceil(side / 2**halvings) ** 2


def test_compression_before_the_tables_are_fitted_is_refused() -> None:
    with pytest.raises(ValueError, match="fit_prior"):
        untrained("factorized-prior").compress(tiles("chelsea.png", 1))


@pytest.mark.parametrize("name", ["compressive-ae", "factorized-prior"])
def test_grey_images_of_mnists_size_are_compressed(name: str) -> None:
    from sklearn.datasets import load_digits

    digits = load_digits().images[:128].astype(np.uint8)[:, None] * 15
    images = np.pad(digits.repeat(3, 2).repeat(3, 3), ((0, 0), (0, 0), (2, 2), (2, 2)))
    data = describe("mnist", backbone={"name": "mlp", "hidden": [8], "latent_dimension": 2})
    codec = build(name, data, channels=8, latent_channels=8)
    training.train(codec, Inputs(images, data), Budget(250, 16, 5e-3), seed=0)
    codec.eval()
    shown = torch.from_numpy(images)
    found = codec.decompress(codec.compress(shown))
    assert torch.equal(found, codec.reconstructed(shown))
    assert (found.float() - shown).square().mean() < 0.5 * shown.float().var()


def constant_hyperprior(name: str, log_scale: float) -> Any:
    """Whatever the hyper-latents, every latent is expected at zero with the same scale."""
    codec = untrained(name)
    last = codec.hyper_decoder[-1]
    with torch.no_grad():
        last.weight.zero_()
        last.bias.zero_()
        last.bias[-codec.latent_channels :] = log_scale
    codec.fit_prior(torch.empty(0), 0)
    return codec


@pytest.mark.parametrize("name", ["hyperprior", "mean-scale-hyperprior", "shallow-decoder"])
def test_a_constant_hyperprior_is_one_gaussian_for_all_latents(name: str) -> None:
    codec = constant_hyperprior(name, math.log(2))
    latents = 2 * torch.randn(4, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        _, expected = codec.told(latents)
    assert expected.means.abs().max() == 0
    levels = scale_indices(expected.scales.numpy())
    assert (levels == scale_indices(np.array(2.0))).all()
    two = torch.full_like(latents, 2)
    alone = -gaussian_conditional.log_mass(latents.round(), two).flatten(1).sum(1)
    torch.testing.assert_close(codec.nats(latents.round(), expected).float(), alone)
    torch.testing.assert_close(codec.quantized(latents), latents.round())


def test_a_mean_of_zero_makes_the_mean_scale_hyperprior_code_as_the_scale_hyperprior() -> None:
    latents = 3 * torch.randn(2, 8, 4, 4, generator=torch.Generator().manual_seed(0))
    rates = []
    for name in ("hyperprior", "mean-scale-hyperprior"):
        codec = constant_hyperprior(name, 0.5)
        with torch.no_grad():
            _, rate = codec.noisy(latents, torch.Generator().manual_seed(2))
        rates.append(rate["rate"])
    # the noise of the hyper-latents, of equal shape, is drawn first in both
    torch.testing.assert_close(rates[0], rates[1])


def test_the_shallow_decoder_is_linear() -> None:
    decoder = untrained("shallow-decoder").decoder
    one, other = torch.randn(2, 1, 8, 5, 6)
    bias = decoder(torch.zeros_like(one))
    found = decoder(2 * one - 3 * other) - bias
    torch.testing.assert_close(
        found, 2 * (decoder(one) - bias) - 3 * (decoder(other) - bias), rtol=1e-4, atol=1e-5
    )


def test_the_hierarchy_refines() -> None:
    """The first level's latents alone give a worse picture than both levels'."""
    codec, inputs = trained("qres-vae-mini", distortion_weight=0.05), tiles("coffee.png", 16) / 255
    with torch.no_grad():
        codes = codec.encode(inputs)
        first, second = codes.split(codec.numbers(), dim=1)
        assert second.shape[1] == 4 * first.shape[1]
        guessed = torch.cat([first, torch.zeros_like(second)], dim=1)
        errors = [(codec.decode(c) - inputs).square().mean() for c in (codes, guessed)]
    assert errors[0] < errors[1]


@pytest.mark.parametrize("levels", [0, 4])
def test_no_levels_and_more_than_halvings_are_refused(levels: int) -> None:
    with pytest.raises(ValueError, match="accepted: 1 to 3"):
        untrained("qres-vae-mini", levels=levels)


@pytest.mark.parametrize("image_codec", ["webp", "png"])
def test_walloc_writes_its_latents_without_loss(image_codec: str) -> None:
    codec, inputs = trained("walloc", image_codec=image_codec), tiles("chelsea.png", 5) / 255
    with torch.no_grad():
        latents = codec.latents(inputs)
        read = codec.read(codec.written(latents), tuple(latents.shape))
    assert torch.equal(read, codec.quantized(latents))


@pytest.mark.parametrize("image_codec", ["webp", "png"])
@pytest.mark.parametrize("shape", [(1, 2, 3, 16383), (2, 5, 3, 7000), (9000, 1, 2, 1)])
def test_walloc_writes_more_than_fits_side_by_side(
    image_codec: str, shape: tuple[int, int, int, int]
) -> None:
    codec = untrained("walloc", image_codec=image_codec)
    generator = torch.Generator().manual_seed(0)
    latents = torch.randint(-1, 2, shape, generator=generator).float()
    read = codec.read(codec.written(latents), shape)
    assert torch.equal(read, codec.quantized(latents))


def test_walloc_refuses_latents_that_no_picture_holds() -> None:
    codec, shape = untrained("walloc"), (1, 1, 1, 16384)
    with pytest.raises(ValueError, match="no picture"):
        codec.written(torch.zeros(shape))
    with pytest.raises(BadStream, match="no picture"):
        codec.read(b"", shape)


def test_wallocs_encoder_is_linear() -> None:
    codec, inputs = untrained("walloc"), torch.rand(2, 3, 32, 32)
    middle = codec.latents(inputs.mean(0, keepdim=True))
    torch.testing.assert_close(middle, codec.latents(inputs).mean(0, keepdim=True))


def test_walloc_refuses_another_image_codec() -> None:
    with pytest.raises(ValueError, match="accepted: webp, png"):
        untrained("walloc", image_codec="jpeg")


@pytest.mark.parametrize("name", [*LEARNED, "walloc"])
def test_a_bias_at_the_mean_is_refused_where_no_layer_has_it(name: str) -> None:
    codec = untrained(name)
    inputs = Inputs(tiles("coffee.png", 4), codec.data)
    with pytest.raises(ValueError, match=f"{type(codec).__name__} has no linear last layer"):
        training._start_at_mean(codec, inputs)


@pytest.fixture(scope="module")
def bits_back() -> tuple[Any, Tensor]:
    """Trained on digits, with 200 of them."""
    from sklearn.datasets import load_digits

    data = describe("digits", backbone={"name": "mlp", "hidden": [64], "latent_dimension": 4})
    codec = build("vae-bits-back", data)
    stored = load_digits().images[:, None].astype(np.uint8)
    training.train(codec, Inputs(stored[:1000], data), Budget(200, 64, 2e-3), seed=0)
    return codec.eval(), torch.from_numpy(stored[1000:1200])


def test_bits_back_is_lossless(bits_back: tuple[Any, Tensor]) -> None:
    codec, images = bits_back
    assert torch.equal(codec.decompress(codec.compress(images)), images)
    extreme = torch.stack([torch.zeros(1, 8, 8), torch.full((1, 8, 8), 16)]).to(torch.uint8)
    assert torch.equal(codec.decompress(codec.compress(extreme)), extreme)


def test_net_bits_are_the_bound(bits_back: tuple[Any, Tensor]) -> None:
    codec, images = bits_back
    net, initial = codec.bits_back(images)
    bound = codec.model_bits(images).sum().item()
    assert net == pytest.approx(bound, rel=0.01)
    # the stack's last, marking, word is neither
    assert 0 <= 8 * payload_bytes(codec.compress(images)) - net - initial <= 64


def test_the_codes_bits_come_back(bits_back: tuple[Any, Tensor]) -> None:
    """Without them an image would cost what its code costs by the prior, too."""
    codec, images = bits_back
    net, _ = codec.bits_back(images)
    with torch.no_grad():
        mu, log_variance = codec.posterior(images / 16)
        entropy = 0.5 * (log_variance + math.log(2 * math.pi * math.e)).sum().item() / math.log(2)
        weights, _ = codec.log_weights(images / 16, 8, torch.Generator().manual_seed(1))
    spent = -weights.mean(1).sum().item() / math.log(2)
    kept = entropy + len(images) * 4 * math.log2(1 / STEP)
    assert kept > 1000 and net < spent + 0.05 * kept


def test_values_that_the_model_has_no_probability_for_are_refused(
    bits_back: tuple[Any, Tensor],
) -> None:
    codec, images = bits_back
    with pytest.raises(ValueError, match="none of the data's 17"):
        codec.compress(images + 1 + 16 - images.max())


def test_bits_back_notices_that_its_initial_bits_are_not_left(
    bits_back: tuple[Any, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    codec, images = bits_back
    stream = codec.compress(images[:20])
    known = codec.fingerprint()
    monkeypatch.setattr(type(codec), "fingerprint", lambda self: known)
    with torch.no_grad():
        codec.decoder[-2].bias += 1e-3  # another machine's arithmetic
        with pytest.raises(BadStream, match="initial bits|code that its image has not"):
            codec.decompress(stream)
        codec.decoder[-2].bias -= 1e-3


@pytest.mark.parametrize("levels", [17, 256])
def test_probabilities_of_levels_are_the_likelihoods(levels: int) -> None:
    from aebench.objectives.likelihoods import DiscretisedLogistic

    outputs = torch.randn(1, 2, 2, 2, dtype=torch.float64)
    probabilities = level_probabilities(outputs, levels)
    torch.testing.assert_close(probabilities.sum(-1), torch.ones(1, 1, 2, 2, dtype=torch.float64))
    for level in (0, 1, levels // 2, levels - 1):
        value = torch.full((1, 1, 2, 2), level / (levels - 1), dtype=torch.float64)
        expected = DiscretisedLogistic(levels).negative_log(outputs, value)
        torch.testing.assert_close(-probabilities[..., level].log().sum()[None], expected)
