"""Three anomaly scores, and how well each finds the anomalies of the test split.

``anomalies`` (n,) are 1 for an anomaly and 0 else; where a run kept only the first m test samples
of what a score is made from, those are scored.
"""

import numpy as np

from aebench.data import Array
from aebench.metrics.anomaly.detection import auroc, average_precision, fpr_at_95_tpr
from aebench.metrics.likelihood.bounds import importance_bound
from aebench.registry import metric

RANKING = "Hanley & McNeil 1982 (AUROC); Davis & Goadrich 2006 (average precision)"
FALSE_ALARMS = "Hendrycks & Gimpel 2017"


def reconstruction_scores(inputs: Array, reconstructions: Array) -> Array:
    """Mean squared error of each sample: (m, ...) twice to (m,)."""
    if inputs.shape != reconstructions.shape:
        raise ValueError(f"inputs are {inputs.shape}, reconstructions {reconstructions.shape}")
    squared = np.square(inputs.astype(np.float64) - reconstructions)
    scores: Array = squared.reshape(len(squared), -1).mean(1)
    return scores


def likelihood_scores(log_weights: Array) -> Array:
    """Negative importance-weighted bound of each sample, nats: (m, K) to (m,)."""
    return -importance_bound(log_weights)


def latent_scores(codes: Array, train_codes: Array) -> Array:
    """Mahalanobis distance of codes (m, d) from the training codes (t, d): (m,).

    Lee et al. 2018 with one class. Directions in which training codes do not vary are ignored.
    """
    mean = train_codes.mean(0, dtype=np.float64)
    centred, offset = train_codes - mean, codes - mean
    covariance = centred.T @ centred / max(1, len(centred) - 1)
    inverse = np.linalg.pinv(covariance, hermitian=True)
    distance: Array = np.sqrt(np.maximum(((offset @ inverse) * offset).sum(1), 0))
    return distance


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source=RANKING,
    reads=("anomalies", "inputs", "reconstructions"),
    values={"auroc": "reconstruction_auroc", "ap": "reconstruction_average_precision"},
)
def reconstruction_ranking(
    anomalies: Array, inputs: Array, reconstructions: Array
) -> dict[str, float]:
    """Anomalies ranked by reconstruction error: area under the ROC curve, average precision."""
    return _ranking(anomalies, reconstruction_scores(inputs, reconstructions))


@metric(
    better="lower",
    unit="",
    value_range="[0, 1]",
    source=FALSE_ALARMS,
    reads=("anomalies", "inputs", "reconstructions"),
)
def reconstruction_fpr_at_95_tpr(anomalies: Array, inputs: Array, reconstructions: Array) -> float:
    """Normal samples mistaken where the reconstruction error finds 95 % of the anomalies."""
    scores = reconstruction_scores(inputs, reconstructions)
    return fpr_at_95_tpr(anomalies[: len(scores)], scores)


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source=RANKING,
    reads=("anomalies", "log_weights"),
    values={"auroc": "likelihood_auroc", "ap": "likelihood_average_precision"},
)
def likelihood_ranking(anomalies: Array, log_weights: Array) -> dict[str, float]:
    """Anomalies ranked by the likelihood bound: area under the ROC curve, average precision."""
    return _ranking(anomalies, likelihood_scores(log_weights))


@metric(
    better="lower",
    unit="",
    value_range="[0, 1]",
    source=FALSE_ALARMS,
    reads=("anomalies", "log_weights"),
)
def likelihood_fpr_at_95_tpr(anomalies: Array, log_weights: Array) -> float:
    """Normal samples mistaken where the likelihood bound finds 95 % of the anomalies."""
    scores = likelihood_scores(log_weights)
    return fpr_at_95_tpr(anomalies[: len(scores)], scores)


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]",
    source=RANKING,
    reads=("anomalies", "codes", "train_codes"),
    values={"auroc": "latent_auroc", "ap": "latent_average_precision"},
)
def latent_ranking(anomalies: Array, codes: Array, train_codes: Array) -> dict[str, float]:
    """Anomalies ranked by latent distance: area under the ROC curve, average precision."""
    return _ranking(anomalies, latent_scores(codes, train_codes))


@metric(
    better="lower",
    unit="",
    value_range="[0, 1]",
    source=FALSE_ALARMS,
    reads=("anomalies", "codes", "train_codes"),
)
def latent_fpr_at_95_tpr(anomalies: Array, codes: Array, train_codes: Array) -> float:
    """Normal samples mistaken where the latent distance finds 95 % of the anomalies."""
    scores = latent_scores(codes, train_codes)
    return fpr_at_95_tpr(anomalies[: len(scores)], scores)


def _ranking(anomalies: Array, scores: Array) -> dict[str, float]:
    labels = anomalies[: len(scores)]
    return {"auroc": auroc(labels, scores), "ap": average_precision(labels, scores)}
