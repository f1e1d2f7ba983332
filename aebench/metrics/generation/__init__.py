"""How near generated samples come to real ones, over a feature space.

``real`` and ``generated`` are features float (n, f) and (m, f). They are those of AEBench's own
classifier of each data set (`aebench.classifier`), not Inception's: values compare within one data
set of this benchmark and with nothing published. All raise `ValueError` where features are not
two-dimensional, not finite, of different width, or fewer than the score needs.
"""

from aebench.metrics.generation.distances import (
    frechet_distance,
    kernel_distance,
    reconstruction_frechet_distance,
)
from aebench.metrics.generation.manifolds import (
    coverage,
    density,
    density_coverage,
    precision,
    precision_recall,
    recall,
)

__all__ = [
    "coverage",
    "density",
    "density_coverage",
    "frechet_distance",
    "kernel_distance",
    "precision",
    "precision_recall",
    "recall",
    "reconstruction_frechet_distance",
]
