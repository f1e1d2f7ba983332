"""Disturbed copies of images, to see what a trained model makes of them.

Images are float (n, channels, height, width) in [0, 1]; copies have their shape, type and range.
All randomness comes from ``seed``: equal seeds disturb the same images alike for every variant.
Noise and blur after Hendrycks & Dietterich 2019, occlusion after DeVries & Taylor 2017 (cutout).
"""

import numpy as np

from aebench.data import Array


def corrupted(images: Array, seed: int = 0) -> dict[str, Array]:
    """The four copies that the benchmark measures, by name, at their default strength."""
    return {
        "noise": gaussian_noise(images, seed=seed),
        "blur": gaussian_blur(images),
        "occlusion": occlusion(images, seed=seed),
        "shift": shift(images),
    }


def gaussian_noise(images: Array, deviation: float = 0.1, seed: int = 0) -> Array:
    """Add independent N(0, deviation²) to every number, and cut at 0 and 1."""
    noise = np.random.default_rng(seed).normal(0, deviation, images.shape)
    return np.clip(images + noise, 0, 1).astype(images.dtype)


def gaussian_blur(images: Array, deviation: float = 1.0) -> Array:
    """Blur with a Gaussian of ``deviation`` pixels, the border mirrored."""
    from scipy.ndimage import gaussian_filter

    blurred: Array = gaussian_filter(images, deviation, axes=(2, 3), mode="reflect")
    return np.clip(blurred, 0, 1)


def occlusion(images: Array, share: float = 0.25, seed: int = 0) -> Array:
    """Black out one square in each image, at a random place wholly inside it.

    Its side is ``share`` of the image's shorter side, at least a pixel. Raises `ValueError` for a
    share outside (0, 1].
    """
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}, expected in (0, 1]")
    n, _, height, width = images.shape
    side = max(1, round(share * min(height, width)))
    generator = np.random.default_rng(seed)
    top = generator.integers(0, height - side + 1, n)[:, None]
    left = generator.integers(0, width - side + 1, n)[:, None]
    row, column = np.arange(height), np.arange(width)
    rows = (row >= top) & (row < top + side)  # (n, height)
    columns = (column >= left) & (column < left + side)  # (n, width)
    hidden = rows[:, None, :, None] & columns[:, None, None, :]
    return np.where(hidden, np.zeros((), images.dtype), images)


def shift(images: Array, down: int = 2, right: int = 2) -> Array:
    """Move every image by whole pixels (negative: up, left); the edge's pixels fill the gap."""
    height, width = images.shape[2:]
    rows = np.clip(np.arange(height) - down, 0, height - 1)
    columns = np.clip(np.arange(width) - right, 0, width - 1)
    return images[:, :, rows[:, None], columns]
