"""What a simple classifier reads from codes: fitted on training codes, scored on test codes."""

import numpy as np

from aebench.data import Array
from aebench.registry import metric

BUDGETS = (10, 100, 1000)


@metric(
    better="higher",
    unit="accuracy",
    value_range="[0, 1]",
    source="Alain & Bengio 2017",
    reads=("train_codes", "train_labels", "codes", "labels"),
)
def linear_probe_accuracy(
    codes: Array, labels: Array, codes_test: Array, labels_test: Array
) -> float:
    """Test accuracy of multinomial logistic regression (L2, C = 1) on standardised codes.

    Codes are float (n, d), labels int (n,). Up to 10,000 training codes are used. Raises
    `ValueError` where the training labels are of one class.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    return float(probe.fit(codes, labels).score(codes_test, labels_test))


@metric(
    better="higher",
    unit="accuracy",
    value_range="[0, 1]",
    source="Cover & Hart 1967",
    reads=("train_codes", "train_labels", "codes", "labels"),
)
def knn_accuracy(
    codes: Array, labels: Array, codes_test: Array, labels_test: Array, neighbours: int = 5
) -> float:
    """Test accuracy of the majority among the 5 nearest training codes (Euclidean, unscaled)."""
    from sklearn.neighbors import KNeighborsClassifier

    classifier = KNeighborsClassifier(neighbours).fit(codes, labels)
    return float(classifier.score(codes_test, labels_test))


@metric(
    better="higher",
    unit="accuracy",
    value_range="[0, 1]",
    source="linear probe on few labels, as in Hénaff et al. 2020",
    reads=("train_codes", "train_labels", "codes", "labels"),
    values={
        "labels_10": "accuracy_at_10_labels",
        "labels_100": "accuracy_at_100_labels",
        "labels_1000": "accuracy_at_1000_labels",
    },
)
def label_efficiency(
    codes: Array,
    labels: Array,
    codes_test: Array,
    labels_test: Array,
    draws: int = 5,
    seed: int = 0,
) -> dict[str, float]:
    """`linear_probe_accuracy` from 10, 100 and 1000 training labels in all, mean over ``draws``.

    Labels are drawn by `stratified_rows`; equal labels and seeds give equal draws whatever the
    codes. A number of labels that the training data do not have is left out of the mapping.
    """
    generator = np.random.default_rng(seed)
    accuracies = {}
    for budget in BUDGETS:
        if budget > len(labels):
            continue
        rows = [stratified_rows(labels, budget, generator) for _ in range(draws)]
        scores = [linear_probe_accuracy(codes[r], labels[r], codes_test, labels_test) for r in rows]
        accuracies[f"labels_{budget}"] = float(np.mean(scores))
    return accuracies


def stratified_rows(labels: Array, count: int, generator: np.random.Generator) -> Array:
    """Draw ``count`` rows without replacement, each class in proportion to its size.

    Every class is drawn once before any is drawn twice; with fewer rows than classes, the classes
    themselves are drawn. ``labels`` (n,) to int (count,).
    """
    order = generator.permutation(len(labels))
    _, index, sizes = np.unique(labels[order], return_inverse=True, return_counts=True)
    by_class = np.argsort(index, kind="stable")
    rank = np.empty(len(labels), int)  # the how-manieth of its class each drawn row is
    rank[by_class] = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return order[np.argsort(rank / sizes[index], kind="stable")[:count]]


@metric(
    better="higher",
    unit="accuracy",
    value_range="[0, 1]",
    source="the variant's own classifier",
    reads=("class_logits", "labels"),
)
def classification_accuracy(class_logits: Array, labels: Array) -> float:
    """Share of test samples whose label the variant itself predicts: the highest of its
    ``class_logits`` (n, classes) is that of ``labels`` int (n,).
    """
    return float(np.mean(class_logits.argmax(1) == labels))
