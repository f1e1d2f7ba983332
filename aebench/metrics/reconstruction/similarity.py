"""Structural similarity, at one scale and at several."""

from collections.abc import Callable

import numpy as np

from aebench.data import Array
from aebench.registry import metric

WANG_SIZE, UNIFORM_SIZE = 11, 7
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
CHUNK = 2**18
"""Numbers worked on at once: what the processor's cache holds."""


@metric(
    better="higher",
    unit="",
    value_range="[-1, 1]",
    source="Wang et al. 2004",
    reads=("images", "reconstructions", "data_range"),
)
def ssim(x: Array, y: Array, data_range: float) -> float:
    """Structural similarity with Wang's 11×11 Gaussian window (σ = 1.5), as in scikit-image.

    Images (n, c, h, w) with a side below 11 pixels, where that window does not fit, take
    scikit-image's default instead: a uniform 7×7 window with unbiased covariances. Raises
    `ValueError` below 7 pixels.
    """
    if min(x.shape[2:]) >= WANG_SIZE:
        window, correction = _gaussian_window(), 1.0
    else:
        _check_side(x, UNIFORM_SIZE)
        window = np.full(UNIFORM_SIZE, 1 / UNIFORM_SIZE)
        correction = UNIFORM_SIZE**2 / (UNIFORM_SIZE**2 - 1)

    def similarity(a: Array, b: Array) -> Array:
        luminance, structure = _similarity_maps(a, b, data_range, window, correction)
        similarities: Array = _inside(luminance * structure, window).mean((1, 2, 3))
        return similarities

    return float(_per_image(similarity, x, y).mean())


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source="Wang et al. 2003, as computed by torchmetrics",
    reads=("large_images", "reconstructions", "data_range"),
)
def ms_ssim(x: Array, y: Array, data_range: float) -> float:
    """Multi-scale structural similarity: Π_s max(0, contrast-structure_s)^w_s over halved images
    (n, c, h, w), times max(0, SSIM)^w at the coarsest scale.

    Five scales where the shorter side has at least 176 pixels. Below, only the scales that the
    11×11 window fits, with their weights rescaled to a sum of one (28 pixels: two scales), so
    values of data sets of different size do not compare. Torchmetrics mirrors the border for the
    coarsest SSIM and leaves it out elsewhere; pytorch-msssim leaves it out everywhere (about 1e-3
    apart). Raises `ValueError` below 11 pixels.
    """
    _check_side(x, WANG_SIZE)
    window = _gaussian_window()
    scales = sum(min(x.shape[2:]) >> scale >= WANG_SIZE for scale in range(len(SCALE_WEIGHTS)))
    weights = np.array(SCALE_WEIGHTS[:scales])
    if scales < len(SCALE_WEIGHTS):  # the five as published sum to 1.0001
        weights /= weights.sum()

    def similarity(a: Array, b: Array) -> Array:
        product = np.ones(len(a))
        for scale, weight in enumerate(weights):
            luminance, structure = _similarity_maps(a, b, data_range, window)
            last = scale == scales - 1
            compared = luminance * structure if last else _inside(structure, window)
            product *= np.maximum(compared.mean((1, 2, 3)), 0) ** weight
            a, b = _halved(a), _halved(b)
        return product

    return float(_per_image(similarity, x, y).mean())


def _similarity_maps(
    x: Array, y: Array, data_range: float, window: Array, correction: float = 1.0
) -> tuple[Array, Array]:
    """Luminance and contrast-structure around each pixel (Wang et al. 2004, eq. 6 and 13)."""
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    mean_x, mean_y = _smoothed(x, window), _smoothed(y, window)
    variance_x = np.maximum(_smoothed(x * x, window) - mean_x**2, 0)
    variance_y = np.maximum(_smoothed(y * y, window) - mean_y**2, 0)
    covariance = _smoothed(x * y, window) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2 * correction * covariance + c2) / (correction * (variance_x + variance_y) + c2)
    return luminance, structure


def _smoothed(images: Array, window: Array) -> Array:
    from scipy.ndimage import correlate1d

    rows = correlate1d(images, window, axis=-1, mode="mirror")
    smoothed: Array = correlate1d(rows, window, axis=-2, mode="mirror")
    return smoothed


def _gaussian_window() -> Array:
    distance = np.arange(WANG_SIZE) - WANG_SIZE // 2
    window: Array = np.exp(-0.5 * (distance / 1.5) ** 2)
    window /= window.sum()
    return window


def _inside(values: Array, window: Array) -> Array:
    """The values whose window lies within the image."""
    border = len(window) // 2
    return values[..., border:-border, border:-border]


def _halved(images: Array) -> Array:
    """Means of 2×2 pixels; an odd last row or column is dropped."""
    n, channels, height, width = images.shape
    even = images[:, :, : height // 2 * 2, : width // 2 * 2]
    means: Array = even.reshape(n, channels, height // 2, 2, width // 2, 2).mean((3, 5))
    return means


def _per_image(similarity: Callable[[Array, Array], Array], x: Array, y: Array) -> Array:
    if x.shape != y.shape:
        raise ValueError(f"originals are {x.shape}, reconstructions {y.shape}")
    step = max(1, CHUNK // int(np.prod(x.shape[1:])))
    chunks = [slice(start, start + step) for start in range(0, len(x), step)]
    return np.concatenate([similarity(x[c].astype(float), y[c].astype(float)) for c in chunks])


def _check_side(x: Array, size: int) -> None:
    if min(x.shape[2:]) < size:
        raise ValueError(f"a {size}×{size} window does not fit images of {x.shape[2]}×{x.shape[3]}")
