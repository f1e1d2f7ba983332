"""How well a score finds anomalies.

``labels`` (n,) are 1 for an anomaly and 0 else, ``scores`` (n,) are higher for what is held more
anomalous. The anomaly is the positive class throughout; part of the literature on
out-of-distribution detection has it the other way round. All raise `ValueError` where lengths
differ, one of the two classes is missing, labels are other than 0 and 1, or scores are not finite.
"""

import numpy as np

from aebench.data import Array

TRUE_POSITIVE_RATE = 0.95


def auroc(labels: Array, scores: Array) -> float:
    """Area under the ROC curve: how often an anomaly outscores a normal sample, ties as half.

    [0, 1], 0.5 by chance. scikit-learn's ``roc_auc_score``.
    """
    from sklearn.metrics import roc_auc_score

    _check(labels, scores)
    return float(roc_auc_score(labels, scores))


def average_precision(labels: Array, scores: Array) -> float:
    """Area under the precision-recall curve, in steps: Σ_t (R_t - R_t-1) P_t over thresholds.

    [0, 1], the share of anomalies by chance. scikit-learn's ``average_precision_score``.
    """
    from sklearn.metrics import average_precision_score

    _check(labels, scores)
    return float(average_precision_score(labels, scores))


def fpr_at_95_tpr(labels: Array, scores: Array) -> float:
    """Share of normal samples at or above the highest threshold that finds 95 % of the anomalies.

    [0, 1], 0 is best. Hendrycks & Gimpel 2017; no interpolation between thresholds.
    """
    from sklearn.metrics import roc_curve

    _check(labels, scores)
    false_positives, true_positives, _ = roc_curve(labels, scores, drop_intermediate=False)
    return float(false_positives[true_positives >= TRUE_POSITIVE_RATE][0])


def _check(labels: Array, scores: Array) -> None:
    if np.shape(labels) != np.shape(scores) or np.ndim(labels) != 1:
        raise ValueError(f"labels are {np.shape(labels)}, scores {np.shape(scores)}")
    found = np.unique(labels).tolist()
    if found != [0, 1]:
        raise ValueError(f"labels are {found[:5]}, expected both 0 (normal) and 1 (anomaly)")
    if not np.isfinite(scores).all():
        raise ValueError("scores are not finite")
