"""Breast cancer: benign tumours to learn from, malignant ones only to be found."""

from pathlib import Path

import numpy as np
import pytest

from aebench import registry
from aebench.data import Array, Split
from aebench.datasets import breast_cancer as module
from aebench.datasets.breast_cancer import breast_cancer
from aebench.datasets.download import Unavailable

PROPERTIES = registry.datasets()["breast-cancer"].properties


def parts(seed: int) -> tuple[Split, Split, Split]:
    """Train, validation, test."""
    splits = breast_cancer(Path(), seed=seed)
    assert splits.train is not None and splits.validation is not None
    return splits.train, splits.validation, splits.test


def marks(split: Split) -> Array:
    """The marks of the anomalies."""
    assert split.anomalies is not None
    return split.anomalies


def test_the_data_set_is_what_it_states() -> None:
    for split, count in zip(parts(0), PROPERTIES["splits"].values(), strict=True):
        assert split.inputs.shape == (count, *PROPERTIES["shape"])
        assert split.inputs.dtype == np.float32
    assert PROPERTIES["anomalies"] and not PROPERTIES.get("classes")


def test_only_benign_tumours_are_learned_from() -> None:
    from sklearn.datasets import load_breast_cancer

    loaded = load_breast_cancer()
    benign = loaded.data[loaded.target == 1]
    train, validation, test = parts(3)
    seen = np.concatenate([train.inputs, validation.inputs, test.inputs[marks(test) == 0]])
    # each column is shifted and scaled: give it back the benign tumours' mean and deviation
    assert len(seen) == len(benign) == 357
    order, expected = np.lexsort(seen[:, :2].T), np.lexsort(benign[:, :2].T)
    back = seen[order].astype(float) * benign.std(axis=0) / seen.astype(float).std(axis=0)
    back += benign.mean(axis=0) - back.mean(axis=0)
    np.testing.assert_allclose(back, benign[expected], rtol=1e-4, atol=1e-4)


def test_every_malignant_tumour_is_a_test_anomaly() -> None:
    train, validation, test = parts(0)
    assert marks(test).dtype == np.uint8
    assert marks(test).sum() == 212 and len(test.inputs) == 312
    assert train.anomalies is None and validation.anomalies is None
    assert 0 < marks(test)[:50].mean() < 1, "test rows are shuffled"


def test_the_training_rows_are_standardised() -> None:
    train, _, test = parts(1)
    np.testing.assert_allclose(train.inputs.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(train.inputs.std(axis=0), 1, atol=1e-5)
    assert abs(test.inputs[marks(test) == 1].mean()) > 0.5


def test_anomalies_lie_farther_out_than_the_benign_rest() -> None:
    from sklearn.metrics import roc_auc_score

    _, _, test = parts(0)
    assert roc_auc_score(marks(test), np.square(test.inputs).sum(axis=1)) > 0.9


def test_a_seed_draws_the_split_and_only_the_split() -> None:
    one, again, other = (parts(seed) for seed in (0, 0, 1))
    for first, second in zip(one, again, strict=True):
        np.testing.assert_array_equal(first.inputs, second.inputs)
    assert not np.array_equal(one[0].inputs, other[0].inputs)


def test_no_row_is_in_two_splits() -> None:
    rows = np.concatenate([split.inputs for split in parts(2)])
    assert len(np.unique(rows, axis=0)) == 569


def test_too_many_training_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="train 340 and validation 37: .* 357 benign"):
        breast_cancer(Path(), seed=0, train=340)


def test_altered_content_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHA256", "0" * 64)
    with pytest.raises(Unavailable, match="breast cancer data: altered .*; install the version"):
        breast_cancer(Path(), seed=0)
