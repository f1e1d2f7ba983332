"""Distances between the distributions of real and generated features, (n, f) and (m, f)."""

import numpy as np

from aebench.data import Array
from aebench.metrics.generation.features import checked
from aebench.registry import metric

CHUNK = 2**20


@metric(
    better="lower",
    unit="squared feature distance",
    value_range="[0, ∞)",
    source="Heusel et al. 2017, over features of AEBench's own classifier, not Inception",
    reads=("real_features", "sample_features"),
)
def frechet_distance(real: Array, generated: Array) -> float:
    """Fréchet distance of the Gaussians fitted to two sets of features: FID's formula over features
    of AEBench's own classifier of this data set, not Inception.

        ‖μ_r - μ_g‖² + Tr(Σ_r + Σ_g - 2 (Σ_r Σ_g)^½),  covariances with n - 1

    With Σ = RᵀR from a QR decomposition, Tr (Σ_r Σ_g)^½ is the sum of the singular values of
    R_r R_gᵀ: real and exact for rank-deficient covariances too. Biased upwards for few samples.
    Needs two rows of each.
    """
    real, generated = checked(real, generated, 2)
    root_real, root_generated = _covariance_root(real), _covariance_root(generated)
    between = np.linalg.svd(root_real @ root_generated.T, compute_uv=False).sum()
    spread = np.square(root_real).sum() + np.square(root_generated).sum() - 2 * between
    offset = np.square(real.mean(0) - generated.mean(0)).sum()
    return float(offset + max(0.0, spread))


@metric(
    better="lower",
    unit="squared feature distance",
    value_range="[0, ∞)",
    source="Heusel et al. 2017, over features of AEBench's own classifier, not Inception",
    reads=("real_features", "reconstruction_features"),
)
def reconstruction_frechet_distance(real: Array, reconstructed: Array) -> float:
    """`frechet_distance` of the first real images to their reconstructions: rFID's formula over
    features of AEBench's own classifier of this data set, not Inception. 0 where all are equal.

    ``reconstructed`` (m, f) are those of the first m of ``real`` (n, f).
    """
    return frechet_distance(real[: len(reconstructed)], reconstructed)


@metric(
    better="lower",
    unit="squared kernel distance",
    value_range="(-∞, ∞), 0 in expectation for equal distributions",
    source="Bińkowski et al. 2018 (KID), over features of AEBench's own classifier, not Inception",
    reads=("real_features", "sample_features"),
)
def kernel_distance(real: Array, generated: Array) -> float:
    """Unbiased squared maximum mean discrepancy under the kernel (xᵀy / f + 1)³: KID's formula over
    features of AEBench's own classifier of this data set, not Inception.

    Over all rows at once: the value that the reference's mean over random subsets estimates, with
    less variance and no seed. Needs two rows of each.
    """
    real, generated = (f / np.sqrt(f.shape[1]) for f in checked(real, generated, 2))
    between = _kernel_sum(real, generated) / (len(real) * len(generated))
    return float(_mean_within(real) + _mean_within(generated) - 2 * between)


def _covariance_root(features: Array) -> Array:
    """R with RᵀR the covariance of features (n, f)."""
    centred = (features - features.mean(0)) / np.sqrt(len(features) - 1)
    return np.linalg.qr(centred).R


def _kernel_sum(a: Array, b: Array) -> float:
    """Σ (xᵀy + 1)³ over all pairs of rows."""
    step = max(1, CHUNK // len(b))
    total = 0.0
    for start in range(0, len(a), step):
        base = a[start : start + step] @ b.T
        base += 1
        total += float(np.vdot(base * base, base))
    return total


def _mean_within(features: Array) -> float:
    """Mean of (xᵀy + 1)³ over pairs of different rows."""
    n = len(features)
    same = ((np.square(features).sum(1) + 1) ** 3).sum()
    return float((_kernel_sum(features, features) - same) / (n * (n - 1)))
