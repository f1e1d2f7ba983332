"""Breast cancer Wisconsin (diagnostic): real tabular data with anomalies, as scikit-learn ships it.

569 tumours, 357 benign and 212 malignant; 30 numbers each: mean, standard error and worst of ten
measures of the cell nuclei in an image of a fine needle aspirate. The one-class setting of anomaly
detection: what is learned from is benign only, the test set holds the benign rest and every
malignant tumour, the anomalies. Each seed draws its own split of the benign tumours and its own
order of the test rows. Columns are standardised by the training rows' mean and standard deviation.

Training rows are of one class, so there are no labels to learn, only the mark of the anomalies.
"""

from pathlib import Path

import numpy as np

from aebench.data import Split, Splits
from aebench.datasets import shipped
from aebench.registry import dataset

SHA256 = "54cbf95e148c6eed11e8b2ac1637b5f44a8053293412279de71c47b345e9eb50"


@dataset(
    "breast-cancer",
    title="Breast cancer Wisconsin",
    kind="tabular",
    shape=[30],
    value_range="ℝ, standardised",
    splits={"train": 220, "validation": 37, "test": 312},
    split="seed",
    anomalies=True,
    likelihood="gaussian",
    backbone={"name": "mlp", "hidden": [64, 64], "latent_dimension": 4},
    budget={"steps": 2000, "batch_size": 64, "learning_rate": 0.001},
    licence="CC BY 4.0",
    source="scikit-learn (load_breast_cancer); UCI Breast Cancer Wisconsin (Diagnostic)",
    citation="Street, Wolberg & Mangasarian 1993, doi:10.24432/C5DW2B",
)
def breast_cancer(directory: Path, *, seed: int, train: int = 220, validation: int = 37) -> Splits:
    """Cell nuclei of breast tumours: benign to learn from, malignant ones are anomalies."""
    from sklearn.datasets import load_breast_cancer

    loaded = load_breast_cancer()
    rows = np.column_stack([loaded.data, loaded.target])
    shipped.check(rows, SHA256, "scikit-learn's breast cancer data")
    malignant = loaded.target == 0
    generator = np.random.default_rng(seed)
    benign = generator.permutation(np.flatnonzero(~malignant))
    if not 0 < train < train + validation < len(benign):
        raise ValueError(
            f"train {train} and validation {validation}: accepted are 1 or more of each, "
            f"with a sum below the {len(benign)} benign tumours"
        )
    known, held, unseen = np.split(benign, [train, train + validation])
    tested = generator.permutation(np.concatenate([unseen, np.flatnonzero(malignant)]))
    mean, deviation = loaded.data[known].mean(axis=0), loaded.data[known].std(axis=0)
    inputs = ((loaded.data - mean) / deviation).astype(np.float32)
    return Splits(
        train=Split(inputs[known]),
        validation=Split(inputs[held]),
        test=Split(inputs[tested], anomalies=malignant[tested].astype(np.uint8)),
    )
