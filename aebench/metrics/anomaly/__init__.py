"""Whether anomalies score higher than normal samples, by each score that a variant offers."""

from aebench.metrics.anomaly.detection import auroc, average_precision, fpr_at_95_tpr
from aebench.metrics.anomaly.scores import (
    latent_scores,
    likelihood_scores,
    reconstruction_scores,
)

__all__ = [
    "auroc",
    "average_precision",
    "fpr_at_95_tpr",
    "latent_scores",
    "likelihood_scores",
    "reconstruction_scores",
]
