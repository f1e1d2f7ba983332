"""What codes are good for: what simple classifiers read from them, and the space they fill."""

from aebench.metrics.representation.geometry import (
    active_units,
    effective_rank,
    intrinsic_dimension,
)
from aebench.metrics.representation.probes import (
    classification_accuracy,
    knn_accuracy,
    label_efficiency,
    linear_probe_accuracy,
)

__all__ = [
    "active_units",
    "classification_accuracy",
    "effective_rank",
    "intrinsic_dimension",
    "knn_accuracy",
    "label_efficiency",
    "linear_probe_accuracy",
]
