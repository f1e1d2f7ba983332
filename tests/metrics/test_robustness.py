"""Robustness: corruptions that do what they say, and codes whose equivariance is known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from aebench import corruptions
from aebench.data import Array
from aebench.metrics.robustness import (
    latent_equivariance_error,
    robustness_error,
    robustness_errors,
)


@pytest.fixture
def images() -> Array:
    return np.random.default_rng(0).random((40, 3, 12, 16)).astype(np.float32)


def test_corrupted_copies_keep_shape_type_and_range_and_repeat_with_the_seed(
    images: Array,
) -> None:
    copies = corruptions.corrupted(images, seed=3)
    again, other = corruptions.corrupted(images, seed=3), corruptions.corrupted(images, seed=4)
    for name, copy in copies.items():
        assert copy.shape == images.shape and copy.dtype == images.dtype
        assert copy.min() >= 0 and copy.max() <= 1 and not (copy == images).all()
        assert_array_equal(copy, again[name])
        assert (copy == other[name]).all() == (name in ("blur", "shift"))


def test_noise_has_the_deviation_asked_for() -> None:
    grey = np.full((50, 1, 20, 20), 0.5)
    noise = corruptions.gaussian_noise(grey, 0.05) - grey
    assert_allclose([noise.mean(), noise.std()], [0, 0.05], atol=0.002)


def test_blur_spreads_a_point_as_a_gaussian_within_its_own_channel() -> None:
    point = np.zeros((2, 2, 21, 21))
    point[0, 0, 10, 10] = 1
    blurred = corruptions.gaussian_blur(point, 1.5)
    column = np.arange(21) - 10
    assert_allclose(blurred[0, 0].sum(), 1)
    assert_allclose((blurred[0, 0].sum(0) * column**2).sum(), 1.5**2, rtol=0.01)
    assert blurred[0, 1].sum() == blurred[1].sum() == 0


def test_occlusion_hides_one_square_in_each_image_at_its_own_place(images: Array) -> None:
    hidden = corruptions.occlusion(images + 0.1, 0.25) == 0
    assert (hidden.sum((2, 3)) == 3 * 3).all()  # a quarter of 12 pixels
    assert (hidden == hidden[:, :1]).all()
    assert (hidden.any(3).sum(2) == 3).all() and (hidden.any(2).sum(2) == 3).all()
    places = {tuple(np.argwhere(image[0])[0]) for image in hidden}
    assert len(places) > 20
    assert corruptions.occlusion(images, 1.0)[:, :, :, :12].shape == (40, 3, 12, 12)
    with pytest.raises(ValueError, match="share is 0"):
        corruptions.occlusion(images, 0)


def test_a_shift_moves_pixels_and_repeats_the_edge(images: Array) -> None:
    moved = corruptions.shift(images, down=2, right=-1)
    assert_array_equal(moved[:, :, 2:, :-1], images[:, :, :-2, 1:])
    assert_array_equal(moved[:, :, 0, :-1], images[:, :, 0, 1:])
    assert_array_equal(moved[:, :, 2:, -1], images[:, :, :-2, -1])
    assert_array_equal(corruptions.shift(images, 0, 0), images)


def test_a_perfect_denoiser_has_no_error_and_the_identity_has_the_corruptions(
    images: Array,
) -> None:
    copies = corruptions.corrupted(images)
    clean, shifted = images, copies["shift"]
    perfect = robustness_errors(images, clean, clean, clean, shifted)
    assert perfect == {"noise": 0, "blur": 0, "occlusion": 0, "shift": 0}
    identity = robustness_errors(images, *copies.values())
    assert identity["shift"] == 0
    assert_allclose(identity["noise"], robustness_error(images, copies["noise"]))
    assert 0 < identity["noise"] < 0.1**2 and identity["blur"] > 0 and identity["occlusion"] > 0


def test_robustness_is_measured_on_the_first_images(images: Array) -> None:
    copies = {name: copy[:9] for name, copy in corruptions.corrupted(images[:9]).items()}
    assert robustness_errors(images, *copies.values()) == robustness_errors(
        images[:9], *copies.values()
    )
    with pytest.raises(ValueError, match=r"images are \(40, 3, 12, 16\)"):
        robustness_error(images, images[:9])


def test_codes_moved_by_one_affine_map_are_equivariant() -> None:
    generator = np.random.default_rng(1)
    codes = generator.normal(size=(100, 4))
    moved = codes @ generator.normal(size=(4, 4)) + generator.normal(size=4)
    assert_allclose(latent_equivariance_error(codes, moved), 0, atol=1e-20)
    assert_allclose(latent_equivariance_error(codes, moved[:60]), 0, atol=1e-20)


def test_codes_that_say_nothing_of_each_other_have_an_error_of_one() -> None:
    generator = np.random.default_rng(2)
    codes, moved = generator.normal(size=(2, 4000, 3))
    assert_allclose(latent_equivariance_error(codes, moved), 1, atol=0.02)


def test_noise_on_the_map_is_its_share_of_the_variance() -> None:
    generator = np.random.default_rng(3)
    codes = generator.normal(size=(6000, 2))
    moved = codes + 0.5 * generator.normal(size=(6000, 2))
    assert_allclose(latent_equivariance_error(codes, moved), 0.25 / 1.25, rtol=0.05)


def test_the_error_does_not_depend_on_the_codes_basis() -> None:
    generator = np.random.default_rng(4)
    codes = generator.normal(size=(300, 3))
    moved = np.tanh(codes) + 0.1 * generator.normal(size=(300, 3))
    mixed = codes @ generator.normal(size=(3, 3)) + 5
    expected = latent_equivariance_error(codes, moved)
    assert_allclose(latent_equivariance_error(mixed, moved), expected)
    assert_allclose(latent_equivariance_error(codes, 7 * moved - 2), expected)


def test_equivariance_needs_rows_to_fit_and_codes_that_vary() -> None:
    assert latent_equivariance_error(np.ones((20, 2)), np.ones((20, 2))) == 1
    with pytest.raises(ValueError, match=r"codes are \(5, 2\)"):
        latent_equivariance_error(np.ones((5, 2)), np.ones((5, 2)))
