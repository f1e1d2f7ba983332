"""Whether classes are clusters of codes: k-means with as many clusters as there are classes.

Codes are float (n, d), unscaled; labels are int (n,). k-means (k-means++) takes the best of 10
starts, fixed by ``seed``. All raise `ValueError` where lengths differ or codes are not finite.
"""

import numpy as np

from aebench.data import Array
from aebench.registry import metric

STARTS = 10


@metric(
    better="higher",
    unit="",
    value_range="[0, 1]; ari from -0.5",
    source="Yang et al. 2010 (accuracy); scikit-learn (NMI); Hubert & Arabie 1985 (ARI)",
    reads=("codes", "labels"),
    values={"accuracy": "clustering_accuracy", "nmi": "nmi", "ari": "ari"},
)
def clustering_scores(codes: Array, labels: Array, seed: int = 0) -> dict[str, float]:
    """Agreement of k-means clusters of the codes with the labels, from one clustering: `accuracy`,
    normalised mutual information `nmi` and adjusted Rand index `ari`. 1 is perfect.
    """
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    clusters = k_means(codes, labels, seed)
    return {
        "accuracy": matched_share(labels, clusters),
        "nmi": float(normalized_mutual_info_score(labels, clusters)),
        "ari": float(adjusted_rand_score(labels, clusters)),
    }


def accuracy(codes: Array, labels: Array, seed: int = 0) -> float:
    """Share of codes whose k-means cluster is the one matched to their class.

    Clusters and classes are matched one to one so that this share is largest (Hungarian method).
    In [1/k, 1] for k classes.
    """
    return clustering_scores(codes, labels, seed)["accuracy"]


def nmi(codes: Array, labels: Array, seed: int = 0) -> float:
    """Mutual information of k-means clusters and labels over the mean of their entropies, [0, 1].

    The arithmetic mean, scikit-learn's default; 1 where there is one class and so one cluster.
    """
    return clustering_scores(codes, labels, seed)["nmi"]


def ari(codes: Array, labels: Array, seed: int = 0) -> float:
    """Adjusted Rand index of k-means clusters and labels: 1 perfect, 0 as by chance, down to -0.5.

    1 where there is one class and so one cluster.
    """
    return clustering_scores(codes, labels, seed)["ari"]


def k_means(codes: Array, labels: Array, seed: int = 0) -> Array:
    """Cluster (n,) of each code; as many clusters as classes, or as distinct codes where fewer."""
    from sklearn.cluster import KMeans

    if len(codes) != len(labels):
        raise ValueError(f"{len(codes)} codes, {len(labels)} labels")
    if not np.isfinite(codes).all():
        raise ValueError("codes are not finite")
    clusters = min(len(np.unique(labels)), len(np.unique(codes, axis=0)))
    found: Array = KMeans(clusters, n_init=STARTS, random_state=seed).fit_predict(codes)
    return found


def matched_share(labels: Array, clusters: Array) -> float:
    """Largest share of samples (n,) on the diagonal when clusters are matched one to one to classes
    (Hungarian method).
    """
    from scipy.optimize import linear_sum_assignment

    _, classes = np.unique(labels, return_inverse=True)
    _, groups = np.unique(clusters, return_inverse=True)
    table = np.zeros((classes.max() + 1, groups.max() + 1), int)
    np.add.at(table, (classes, groups), 1)
    return float(table[linear_sum_assignment(table, maximize=True)].sum() / len(labels))
