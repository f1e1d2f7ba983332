"""Spectra: materials look as they should, pixels are mixed from them and named after the most."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aebench import registry
from aebench.data import Array, Split
from aebench.datasets import spectra as module
from aebench.datasets.materials import BANDS, MATERIALS, reflectance, signatures
from aebench.datasets.spectra import abundances, spectra

PROPERTIES = registry.datasets()["spectra"].properties
NAMES = list(MATERIALS)
WAVELENGTHS = np.arange(400, 2401)


def at(name: str, wavelength: int) -> float:
    """Reflectance of a material."""
    return float(reflectance(MATERIALS[name], np.array([wavelength]))[0])


def labels(split: Split) -> Array:
    """The labels."""
    assert split.labels is not None
    return split.labels


def test_the_data_set_is_what_it_states() -> None:
    splits = spectra(Path(), seed=0)
    assert {n: len(s.inputs) for n, s in splits.named.items()} == PROPERTIES["splits"]
    assert PROPERTIES["classes"] == len(MATERIALS) and PROPERTIES["shape"] == [len(BANDS)]
    for split in splits.named.values():
        assert split.inputs.dtype == np.float32 and split.inputs.shape[1:] == (len(BANDS),)
        assert labels(split).dtype == np.int64
        assert set(labels(split)) == set(range(len(MATERIALS)))


@pytest.mark.parametrize("name", NAMES)
def test_reflectance_is_a_share_of_the_light(name: str) -> None:
    curve = reflectance(MATERIALS[name], WAVELENGTHS)
    assert curve.min() >= 0 and curve.max() <= 1
    assert abs(np.diff(curve)).max() < 0.01, "it is smooth"


def test_vegetation_is_green_and_has_a_red_edge_and_leaf_water() -> None:
    plant = "green vegetation"
    assert at(plant, 550) > 2 * at(plant, 450) and at(plant, 550) > 2 * at(plant, 670)
    assert at(plant, 780) > 5 * at(plant, 670)
    assert at(plant, 1450) < at(plant, 1250) / 2


def test_iron_absorbs_at_500_and_870() -> None:
    red = "iron-rich soil"
    assert at(red, 500) < at("bare soil", 500) / 2
    assert at(red, 870) < at(red, 760) and at(red, 870) < at(red, 1000)


def test_water_is_darkest_beyond_the_visible_and_concrete_brighter_than_asphalt() -> None:
    bands = dict(zip(NAMES, signatures(), strict=True))
    assert all((bands["water"] <= bands[name]).all() for name in ("asphalt", "concrete"))
    assert bands["water"][-1] < 0.01
    assert (bands["concrete"] > 1.5 * bands["asphalt"]).all()


def test_a_band_averages_the_curve_over_its_width() -> None:
    mean = reflectance(MATERIALS["bare soil"], np.arange(2100, 2281)).mean()
    assert signatures()[NAMES.index("bare soil"), -1] == pytest.approx(mean)


def test_abundances_are_shares_of_which_one_dominates() -> None:
    shares = abundances(20_000, 0.2, 5.0, np.random.default_rng(0))
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert shares.min() >= 0
    expected = 5.2 / (5.2 + 6 * 0.2)  # the mean of the favoured material's share
    assert shares.max(axis=1).mean() == pytest.approx(expected, abs=0.02)
    np.testing.assert_allclose(shares.mean(axis=0), 1 / 7, atol=0.02)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Array]:
    """The abundances of every split that is made, as they are drawn."""
    found: list[Array] = []

    def recorded(*arguments: Any) -> Array:
        found.append(abundances(*arguments))
        return found[-1]

    monkeypatch.setattr(module, "abundances", recorded)
    return found


def test_the_label_is_the_dominant_material(drawn: list[Array]) -> None:
    splits = spectra(Path(), seed=0)
    for shares, split in zip(drawn, splits.named.values(), strict=True):
        np.testing.assert_array_equal(labels(split), shares.argmax(axis=1))


def test_in_full_light_and_without_noise_pixels_are_mixed_linearly(drawn: list[Array]) -> None:
    splits = spectra(Path(), seed=0, shade=1.0, noise=0.0, train=300, test=50)
    train, _, test = (shares @ signatures() for shares in drawn)
    expected = (test - train.mean(axis=0)) / train.std(axis=0)
    np.testing.assert_allclose(splits.test.inputs, expected, atol=1e-5)


def test_light_is_even_and_alike_in_all_bands(drawn: list[Array]) -> None:
    """With one material alone, a band is a shifted and scaled light: bands are all the same."""
    splits = spectra(Path(), seed=0, concentration=0.0, shade=0.2, noise=0.0, train=20_000)
    assert splits.train is not None
    for material in range(len(MATERIALS)):
        bands = splits.train.inputs[drawn[0][:, material] == 1].astype(float)
        bands = (bands - bands.min(axis=0)) / np.ptp(bands, axis=0)
        np.testing.assert_allclose(bands, np.broadcast_to(bands[:, :1], bands.shape), atol=1e-3)
        np.testing.assert_allclose(
            np.quantile(bands, [0.25, 0.5, 0.75]), [0.25, 0.5, 0.75], atol=0.04
        )


def test_noise_is_in_reflectance(drawn: list[Array]) -> None:
    splits = spectra(Path(), seed=0, shade=1.0, noise=0.05, train=20_000)
    assert splits.train is not None
    variance = (drawn[0] @ signatures()).var(axis=0) + 0.05**2
    clean = (drawn[0] - drawn[0].mean(axis=0)) @ signatures() / np.sqrt(variance)
    errors = (splits.train.inputs - clean).std(axis=0) * np.sqrt(variance)
    np.testing.assert_allclose(errors, 0.05, rtol=0.05)


def test_training_bands_are_standardised() -> None:
    train = spectra(Path(), seed=0).train
    assert train is not None
    np.testing.assert_allclose(train.inputs.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(train.inputs.std(axis=0), 1, atol=1e-4)


def test_clusters_of_raw_pixels_are_neither_random_nor_the_materials() -> None:
    from scipy.optimize import linear_sum_assignment
    from sklearn.cluster import KMeans

    test = spectra(Path(), seed=0, train=2000, test=3000).test
    clusters = KMeans(7, n_init=3, random_state=0).fit_predict(test.inputs)
    counts = np.zeros((7, 7))
    np.add.at(counts, (clusters, labels(test)), 1)
    accuracy = counts[linear_sum_assignment(-counts)].sum() / len(clusters)
    assert 0.4 < accuracy < 0.8


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_pixels() -> None:
    one, again, other = (spectra(Path(), seed=seed, train=500).arrays for seed in (0, 0, 1))
    for name, array in one.items():
        assert array.tobytes() == again[name].tobytes()
        assert array.tobytes() != other[name].tobytes()
