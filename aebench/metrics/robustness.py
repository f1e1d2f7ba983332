"""What becomes of reconstruction and code when the input is disturbed (`aebench.corruptions`)."""

import numpy as np

from aebench.corruptions import shift
from aebench.data import Array
from aebench.registry import metric


@metric(
    better="lower",
    unit="squared intensity",
    value_range="[0, ∞)",
    source="corruptions after Hendrycks & Dietterich 2019, DeVries & Taylor 2017",
    reads=(
        "images",
        "noise_reconstructions",
        "blur_reconstructions",
        "occlusion_reconstructions",
        "shift_reconstructions",
    ),
    values={
        "noise": "noise_error",
        "blur": "blur_error",
        "occlusion": "occlusion_error",
        "shift": "shift_error",
    },
)
def robustness_errors(
    images: Array, noise: Array, blur: Array, occlusion: Array, shifted: Array
) -> dict[str, float]:
    """`robustness_error` of reconstructions (m, c, h, w) of corrupted copies of the first m images
    (n, c, h, w): against the clean image, for the shift against the shifted one.
    """
    clean = images[: len(noise)]
    return {
        "noise": robustness_error(clean, noise),
        "blur": robustness_error(clean, blur),
        "occlusion": robustness_error(clean, occlusion),
        "shift": robustness_error(shift(clean), shifted),
    }


def robustness_error(images: Array, reconstructions: Array) -> float:
    """Mean squared error between what should be seen and the reconstruction of a corrupted copy.

    ``images`` (n, ...) are the clean originals (Vincent et al. 2008: what a denoiser is trained
    on). Raises `ValueError` where the shapes differ.
    """
    if images.shape != reconstructions.shape:
        raise ValueError(f"images are {images.shape}, reconstructions {reconstructions.shape}")
    return float(np.mean(np.square(images.astype(np.float64) - reconstructions)))


@metric(
    better="lower",
    unit="share of the codes' variance",
    value_range="[0, ∞)",
    source="Lenc & Vedaldi 2015",
    reads=("codes", "shifted_codes"),
)
def latent_equivariance_error(codes: Array, shifted_codes: Array) -> float:
    """Variance of the shifted images' codes that no affine map of the codes explains.

        ‖A c + b - c'‖² / ‖c' - mean c'‖²,  A, b fitted to even rows, error of odd rows

    ``codes`` are (n, d), ``shifted_codes`` (m, d) those of the first m images, each moved by the
    same shift. 0: the shift moves all codes by one affine map; 1: the code of an image says nothing
    of its shifted copy's, as where shifted codes do not vary; above 1: the map does not carry over
    to other images. Raises `ValueError` with fewer than 2 (d + 1) rows.
    """
    rows, width = shifted_codes.shape
    if codes.shape[1:] != (width,) or len(codes) < rows or rows < 2 * (width + 1):
        raise ValueError(f"codes are {codes.shape}, shifted codes {shifted_codes.shape}")
    source = np.column_stack([codes[:rows].astype(np.float64), np.ones(rows)])
    target = shifted_codes.astype(np.float64)
    fitted = np.linalg.lstsq(source[::2], target[::2], rcond=None)[0]
    spread = np.square(target[1::2] - target[1::2].mean(0)).sum()
    if not spread > 0:
        return 1.0
    return float(np.square(source[1::2] @ fitted - target[1::2]).sum() / spread)
