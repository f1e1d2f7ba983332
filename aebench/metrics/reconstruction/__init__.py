"""How much of an input survives the way to the code and back.

All functions take originals ``x`` and reconstructions ``y`` of one shape, (n, channels, height,
width) for what is said of images and (n, ...) otherwise. The benchmark uses intensities in [0, 1].
"""

from aebench.metrics.reconstruction.errors import mae, mse, psnr
from aebench.metrics.reconstruction.similarity import ms_ssim, ssim
from aebench.metrics.reconstruction.spectrum import spectral_distance, spectral_error
from aebench.metrics.reconstruction.subspaces import (
    bottom_subspace_error,
    subspace_accuracies,
    subspace_errors,
    top_subspace_error,
)

__all__ = [
    "bottom_subspace_error",
    "mae",
    "ms_ssim",
    "mse",
    "psnr",
    "spectral_distance",
    "spectral_error",
    "ssim",
    "subspace_accuracies",
    "subspace_errors",
    "top_subspace_error",
]
