"""What a simple classifier reads from codes: fitted on training codes, scored on test codes."""

from aebench.data import Array
from aebench.registry import metric


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

    Codes are float (n, d), labels int (n,). Up to 10,000 training codes are used.
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
