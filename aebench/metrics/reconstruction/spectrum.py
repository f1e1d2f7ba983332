"""At which spatial frequencies a reconstruction errs: blur is an error of the fine ones."""

import numpy as np

from aebench.data import Array
from aebench.metrics.reconstruction.errors import difference
from aebench.registry import metric

BANDS = 8
NYQUIST = 0.5
"""Cycles per pixel: the finest frequency along a row or a column."""
NEGLIGIBLE = 1e-12


@metric(
    better="lower",
    unit="share of the band's energy",
    value_range="[0, ∞)",
    source="relative error of the radially binned power spectrum (bands as in Durall et al. 2020)",
    reads=("images", "reconstructions"),
)
def spectral_distance(x: Array, y: Array) -> float:
    """Mean of `spectral_error` over eight bands (fewer on sides below 16 pixels): every band weighs
    the same, while the squared error hardly sees the fine ones.

    Images are (n, c, h, w). 0 is exact, 1 what a black image gets. Bands in which the originals
    hold no energy are left out. Raises `ValueError` on sides below 2 pixels and where all originals
    are black.
    """
    errors = spectral_error(x, y, min(BANDS, min(x.shape[2:]) // 2))
    if np.isnan(errors).all():
        raise ValueError("all originals are black: no energy to compare with")
    return float(np.nanmean(errors))


def spectral_error(x: Array, y: Array, bands: int = BANDS) -> Array:
    """Energy of the error as a share of the originals' energy, per band of spatial frequency.

        E_b = Σ |F(x) - F(y)|² / Σ |F(x)|²   over images, channels and frequencies of band b

    Images (n, c, h, w) to (bands,). Bands have equal width in radius from 0 to 0.5 cycles per
    pixel, band 0 holds the mean brightness, the last one also the corners beyond 0.5. 1 where a
    band is lost entirely; NaN where the originals hold less than 1e-12 of their energy. Raises
    `ValueError` for fewer bands than 1 or more than half the shorter side.
    """
    height, width = x.shape[2:]
    if not 1 <= bands <= min(height, width) // 2:
        raise ValueError(f"{bands} bands on images of {height}×{width}")
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width))
    band = np.minimum((radius / NYQUIST * bands).astype(int), bands - 1).ravel()
    lost = np.bincount(band, _energy(difference(x, y)).ravel(), bands)
    held = np.bincount(band, _energy(x).ravel(), bands)
    seen = held > NEGLIGIBLE * held.sum()
    errors: Array = np.divide(lost, held, out=np.full(bands, np.nan), where=seen)
    return errors


def _energy(images: Array) -> Array:
    """|F|² (h, w), summed over images and channels."""
    from scipy.fft import fft2

    total = np.zeros(images.shape[2:])
    for image in np.array_split(images, max(1, len(images) // 256)):
        total += np.square(np.abs(fft2(image.astype(np.float64)))).sum((0, 1))
    return total
