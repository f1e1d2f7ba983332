"""Reconstruction: torchmetrics' and scikit-image's values, and pictures whose error is known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from aebench.data import Array
from aebench.metrics.reconstruction import (
    bottom_subspace_error,
    mae,
    ms_ssim,
    mse,
    psnr,
    spectral_distance,
    spectral_error,
    ssim,
    subspace_accuracies,
    subspace_errors,
    top_subspace_error,
)


def noisy_pair(*shape: int, seed: int = 0) -> tuple[Array, Array]:
    generator = np.random.default_rng(seed)
    x = generator.random(shape)
    return x, np.clip(x + 0.2 * generator.normal(size=shape), 0, 1)


def waves(cycles: int, n: int = 3, side: int = 32) -> Array:
    """Grey images with one horizontal frequency, around a mean of zero."""
    phases = np.arange(n)[:, None]
    rows = np.cos(2 * np.pi * cycles * np.arange(side) / side + phases)  # (n, side)
    return np.broadcast_to(rows[:, None, None, :], (n, 1, side, side)).copy()


def test_errors_take_tables_as_well_as_images() -> None:
    x, y = noisy_pair(6, 5)
    assert_allclose(mse(x, y), np.mean((x - y) ** 2))
    assert_allclose(mae(x, y), np.mean(np.abs(x - y)))


def test_psnr_and_ms_ssim_are_torchmetrics() -> None:
    """torchmetrics 1.9.0 in double precision: peak_signal_noise_ratio(dim=(1, 2, 3)) and
    multiscale_structural_similarity_index_measure, data_range=1.0, on these very
    arrays (single-precision constants inside).
    """
    x, y = noisy_pair(2, 3, 176, 192, seed=7)
    assert_allclose(psnr(x, y, 1.0), 15.026986102313327, rtol=1e-7)
    assert_allclose(ms_ssim(x, y, 1.0), 0.8488249305654192, rtol=1e-8)


@pytest.mark.parametrize("shape", [(4, 3, 28, 28), (3, 1, 11, 40), (3, 1, 8, 8), (3, 2, 10, 30)])
def test_ssim_is_scikit_images(shape: tuple[int, ...]) -> None:
    from skimage.metrics import structural_similarity

    x, y = noisy_pair(*shape)
    wang = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    options = wang if min(shape[2:]) >= 11 else {}
    theirs = [
        structural_similarity(a, b, data_range=1.0, channel_axis=0, **options)
        for a, b in zip(x, y, strict=True)
    ]
    assert_allclose(ssim(x, y, 1.0), np.mean(theirs), rtol=1e-12)


def test_similarities_do_not_depend_on_the_unit_of_intensity() -> None:
    x, y = noisy_pair(2, 1, 28, 28)
    for similarity in (ssim, ms_ssim):
        assert_allclose(similarity(255 * x, 255 * y, 255.0), similarity(x, y, 1.0))


def test_ms_ssim_is_one_on_equal_images_and_falls_with_noise() -> None:
    x, y = noisy_pair(3, 1, 28, 28)
    assert_allclose(ms_ssim(x, x, 1.0), 1)
    assert 0 < ms_ssim(x, (x + 3 * y) / 4, 1.0) < ms_ssim(x, (x + y) / 2, 1.0) < 1


def test_ms_ssim_of_constant_images_is_the_luminance_term_to_the_last_scales_weight() -> None:
    """Two scales fit 28 pixels; contrast and structure of constants are 1."""
    x, y = np.full((1, 1, 28, 28), 0.2), np.full((1, 1, 28, 28), 0.6)
    c1 = 0.01**2
    luminance = (2 * 0.2 * 0.6 + c1) / (0.2**2 + 0.6**2 + c1)
    assert_allclose(ms_ssim(x, y, 1.0), luminance ** (0.2856 / (0.0448 + 0.2856)), rtol=1e-6)


def test_ms_ssim_of_a_negative_is_zero_not_undefined() -> None:
    x, _ = noisy_pair(1, 1, 28, 28)
    assert ms_ssim(x, 1 - x, 1.0) == 0


def test_similarity_needs_an_image_that_the_window_fits() -> None:
    with pytest.raises(ValueError, match="11×11 window does not fit images of 10×40"):
        ms_ssim(np.zeros((1, 1, 10, 40)), np.zeros((1, 1, 10, 40)), 1.0)
    with pytest.raises(ValueError, match="7×7 window"):
        ssim(np.zeros((1, 1, 6, 6)), np.zeros((1, 1, 6, 6)), 1.0)


def test_losing_one_frequency_is_an_error_of_its_band_alone() -> None:
    """Waves of 1, 5 and 13 cycles in 32 pixels: radii 0.03, 0.16 and 0.41, bands 0, 2 and 6."""
    low, middle, high = (waves(cycles) for cycles in (1, 5, 13))
    errors = spectral_error(low + middle + high, low + 0.5 * middle, 8)
    assert_allclose(errors[[0, 2, 6]], [0, 0.25, 1], atol=1e-12)
    assert np.isnan(errors[[1, 3, 4, 5, 7]]).all()
    assert_allclose(spectral_distance(low + middle + high, low + 0.5 * middle), 1.25 / 3)


def test_one_band_is_the_relative_squared_error() -> None:
    """Parseval's theorem."""
    x, y = noisy_pair(4, 2, 16, 20)
    assert_allclose(spectral_error(x, y, 1), np.sum((x - y) ** 2) / np.sum(x**2))


def test_bands_count_cycles_per_pixel_on_both_axes_of_oblong_images() -> None:
    across = np.cos(2 * np.pi * 0.3 * np.arange(40)) * np.ones((1, 1, 20, 1))
    along = np.swapaxes(across, 2, 3)
    for wave in (across, along):
        errors = spectral_error(wave, 0.5 * wave, 8)
        assert_allclose(errors[4], 0.25)  # 0.3 of 0.5 cycles per pixel
        assert np.isnan(np.delete(errors, 4)).all()


def test_blur_errs_more_the_finer_the_band() -> None:
    from scipy.ndimage import gaussian_filter

    x, _ = noisy_pair(8, 1, 32, 32)
    errors = spectral_error(x, gaussian_filter(x, 1.0, axes=(2, 3), mode="wrap"), 8)
    assert (np.diff(errors) > 0).all()
    assert errors[0] < 0.01 and errors[-1] > 0.9


def test_a_black_image_gets_a_spectral_distance_of_one_and_an_exact_one_zero() -> None:
    x, _ = noisy_pair(4, 1, 8, 8)
    assert_allclose(spectral_distance(x, np.zeros_like(x)), 1)
    assert spectral_distance(x, x) == 0


def test_spectral_error_refuses_what_it_cannot_compare() -> None:
    x = np.zeros((2, 1, 8, 8))
    with pytest.raises(ValueError, match="all originals are black"):
        spectral_distance(x, x)
    with pytest.raises(ValueError, match="5 bands on images of 8×8"):
        spectral_error(x, x, 5)


@pytest.mark.parametrize("n", [400, 30])  # more and fewer samples than numbers in each
def test_subspace_errors_are_those_of_pca(n: int) -> None:
    """Reconstructions that keep what scikit-learn's top components hold lose only the bottom."""
    from sklearn.decomposition import PCA

    generator = np.random.default_rng(1)
    x = generator.normal(size=(n, 60)) @ np.diag(0.8 ** np.arange(60)) + 3
    kept = PCA(0.9, svd_solver="full").fit(x)
    y = kept.inverse_transform(kept.transform(x))
    assert_allclose(top_subspace_error(x, y), 0, atol=1e-12)
    assert_allclose(bottom_subspace_error(x, y), 1, rtol=1e-9)
    assert_allclose(top_subspace_error(x, x - y + x.mean(0)), 1, rtol=1e-9)
    assert_allclose(bottom_subspace_error(x, x - y + x.mean(0)), 0, atol=1e-9)


def test_the_mean_input_errs_by_all_of_both_subspaces() -> None:
    x, _ = noisy_pair(50, 1, 6, 6)
    errors = subspace_errors(x, np.broadcast_to(x.mean(0), x.shape))
    assert_allclose([errors["top"], errors["bottom"]], [1, 1], rtol=1e-9)


def test_subspace_errors_need_variance_in_both_subspaces() -> None:
    line = np.arange(10.0)[:, None] * np.ones(3)
    with pytest.raises(ValueError, match="along 1 directions only"):
        subspace_errors(line, line)
    with pytest.raises(ValueError, match="along 0 directions only"):
        subspace_errors(np.ones((4, 3)), np.ones((4, 3)))


@pytest.mark.parametrize("where", ["top", "bottom"])
def test_the_class_is_told_from_the_subspace_that_shows_it(where: str) -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, 200)
    x = np.zeros((200, 1, 3, 4))
    x[:, 0, 0, 0], x[:, 0, 1, 1] = 10 * generator.normal(size=200), generator.normal(size=200)
    sign = 2 * labels - 1  # rows and columns 0: 99 % of the variance
    x[:, 0, 0, 0] = np.abs(x[:, 0, 0, 0]) * sign if where == "top" else x[:, 0, 0, 0]
    x[:, 0, 1, 1] = np.abs(x[:, 0, 1, 1]) * sign if where == "bottom" else x[:, 0, 1, 1]
    found = subspace_accuracies(x, x, labels)
    other = {"top": "bottom", "bottom": "top"}[where]
    assert found[where] > 0.9 and abs(found[other] - 0.5) < 0.15
    blank = np.broadcast_to(x.mean(0), x.shape)  # of what was not reconstructed nothing is told
    assert all(abs(share - 0.5) < 0.15 for share in subspace_accuracies(x, blank, labels).values())


def test_subspace_accuracies_need_samples() -> None:
    x = np.random.default_rng(0).normal(size=(9, 4))
    with pytest.raises(ValueError, match="9 samples, at least 10"):
        subspace_accuracies(x, x, np.zeros(9, int))
