"""How much of an image survives the way to the code and back.

All functions take originals ``x`` and reconstructions ``y`` of one shape (n, channels, height,
width), and give the mean over images. The benchmark uses intensities in [0, 1] and the first 2,000
test images.
"""

import numpy as np

from aebench.data import Array
from aebench.registry import metric


@metric(
    better="lower",
    unit="squared intensity",
    value_range="[0, ∞)",
    source="mean squared error",
    reads=("images", "reconstructions"),
)
def mse(x: Array, y: Array) -> float:
    """Mean squared error over all pixels of all images."""
    return float(np.mean(np.square(_difference(x, y))))


@metric(
    better="lower",
    unit="intensity",
    value_range="[0, ∞)",
    source="mean absolute error",
    reads=("images", "reconstructions"),
)
def mae(x: Array, y: Array) -> float:
    """Mean absolute error over all pixels of all images."""
    return float(np.mean(np.abs(_difference(x, y))))


@metric(
    better="higher",
    unit="dB",
    value_range="(-∞, ∞]",
    source="ITU-T J.340; mean over images",
    reads=("images", "reconstructions", "data_range"),
)
def psnr(x: Array, y: Array, data_range: float) -> float:
    """Peak signal-to-noise ratio: the mean of each image's 10 log10(data_range² / MSE).

    Infinite as soon as one image is reconstructed exactly.
    """
    squared = np.square(_difference(x, y)).reshape(len(x), -1).mean(1)
    with np.errstate(divide="ignore"):
        return float(np.mean(10 * np.log10(data_range**2 / squared)))


@metric(
    better="higher",
    unit="",
    value_range="[-1, 1]",
    source="Wang et al. 2004",
    reads=("images", "reconstructions", "data_range"),
)
def ssim(x: Array, y: Array, data_range: float) -> float:
    """Structural similarity with Wang's 11×11 Gaussian window (σ = 1.5).

    Images with a side below 11 pixels, where that window does not fit, take scikit-image's default
    instead: a uniform 7×7 window with unbiased covariances. Raises `ValueError` below 7 pixels.
    """
    from skimage.metrics import structural_similarity

    wang = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    window = wang if min(x.shape[2:]) >= 11 else {}
    originals, reconstructions = x.astype(np.float64), y.astype(np.float64)
    similarities = [
        structural_similarity(a, b, data_range=data_range, channel_axis=0, **window)
        for a, b in zip(originals, reconstructions, strict=True)
    ]
    return float(np.mean(similarities))


def _difference(x: Array, y: Array) -> Array:
    if x.shape != y.shape:
        raise ValueError(f"originals are {x.shape}, reconstructions {y.shape}")
    return x.astype(np.float64) - y.astype(np.float64)
