"""Figures draw from what runs left, say what is missing, and are the same bytes each time."""

import csv
from pathlib import Path

import numpy as np
import pytest

from aebench.data import Description
from aebench.figures import style
from aebench.figures.scores import read
from aebench.figures.training_curves import TOTAL, terms
from aebench.figures.traversals import by_effect
from aebench.files import write_json, write_tensors
from aebench.provenance import RECORD
from aebench.registry import datasets, figures
from aebench.results import DatasetResults, RunResults
from scripts.draw import draw

TRAINED, CLOSED, QUANTISED, BROKEN = "vae", "pca", "vq-vae", "ae"
FIGURES = sorted(figures())
WITH_NUMBERS = (
    *("code-map", "codebook-usage", "dci-importance", "metric-agreement", "metric-comparison"),
    *("mutual-information", "quality-against-cost", "training-curves"),
)
OF_TRAINED = ("prototypes", "atoms", "features", "feature-matching")

GROUPS = ("reconstruction", "representation", "disentanglement", "cost")


def run(
    folder: Path, variant: str, seed: int, hardware: str = "cpu", works: bool = True
) -> RunResults:
    """A run's files with made-up numbers; ``works=False`` leaves what a failed one leaves."""
    folder = folder / hardware / variant / str(seed)
    random = np.random.default_rng(seed)
    found = RunResults(
        hardware,
        "digits",
        variant,
        variant,
        {},
        seed,
        Path("data"),
        folder / "train",
        {"encode": folder / "encode"},
        {group: folder / group for group in GROUPS},
    )
    for step in (found.train, folder / "encode", *found.score_folders.values()):
        write_json(step / RECORD, {"status": "completed" if works else "failed"})
    if not works:
        for path in [folder / "scores.json" for folder in found.score_folders.values()]:
            path.write_text("")
        return found
    names = ["squared_error"] if variant == CLOSED else ["reconstruction", "divergence"]
    if variant == QUANTISED:
        names += ["watched.codebook_usage", "watched.codebook_perplexity"]
    with (found.train / "history.csv").open("w") as file:
        rows = csv.writer(file)
        rows.writerow(["step", *names])
        rows.writerows(
            [[i + 1, *random.random(len(names))] for i in range(1 if variant == CLOSED else 20)]
        )
    arrays = {
        "codes": random.normal(size=(30, 8)),
        "train_codes": random.normal(size=(30, 8)),
        "reconstructions": random.random((30, 1, 8, 8), np.float32),
        "traversed": np.arange(8),
        "traversals": random.random((2, 8, 8, 1, 8, 8), np.float32),
        "interpolations": random.random((4, 8, 1, 8, 8), np.float32),
    }
    if variant == QUANTISED:
        arrays["codebook_pictures"] = random.random((16, 1, 8, 8), np.float32)
    if variant == TRAINED:
        arrays["prototypes"] = random.random((5, 1, 8, 8), np.float32)
        arrays["activations"] = np.maximum(random.normal(size=(30, 12)), 0)
        arrays["directions"] = random.normal(size=(12, 64))
        arrays["atom_pictures"] = random.random((12, 1, 8, 8), np.float32)
    if variant != QUANTISED:
        arrays["samples"] = random.random((64, 1, 8, 8), np.float32)
    write_tensors(folder / "encode" / "artefacts.safetensors", arrays)
    values = {
        "reconstruction": {"psnr": 15 + random.random(), "mse": random.random()},
        "representation": {"linear_probe_accuracy": random.random()},
        "disentanglement": {"mig": random.random(), "infom": random.random()},
        "cost": {"train_seconds": 1 + random.random(), "parameters": 1000.0},
    }
    for group, scores in values.items():
        write_json(found.score_folders[group] / "scores.json", {"values": scores, "failures": {}})
    importance = {"dci_importance": random.random((8, 2))}
    write_tensors(found.score_folders["disentanglement"] / "matrices.safetensors", importance)
    return found


def of(runs: list[RunResults]) -> DatasetResults:
    images = np.random.default_rng(0).integers(0, 17, (30, 1, 8, 8), np.uint8)
    factors = np.random.default_rng(1).integers(0, 3, (30, 2))
    properties = datasets()["digits"].properties | {"factors": {"size": 3, "turn": 3}}
    description = Description(name="digits", **properties)
    return DatasetResults(description, {"test_inputs": images, "test_factors": factors}, runs)


@pytest.fixture
def results(tmp_path: Path) -> DatasetResults:
    """Two seeds of each setting; one setting failed, and one seed of another."""
    return of(
        [run(tmp_path, variant, seed) for variant in (TRAINED, CLOSED) for seed in (0, 1)]
        + [run(tmp_path, QUANTISED, seed, works=seed == 1) for seed in (0, 1)]
        + [run(tmp_path, BROKEN, seed, works=False) for seed in (0, 1)]
    )


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_a_page_for_each_setting_that_has_something_to_show(
    name: str, results: DatasetResults, tmp_path: Path
) -> None:
    of_codebooks = {TRAINED, CLOSED, BROKEN}
    without = {
        "samples": {QUANTISED, BROKEN},
        "training-curves": {CLOSED, BROKEN},
        **dict.fromkeys(OF_TRAINED, {QUANTISED, CLOSED, BROKEN}),
        "codebooks": of_codebooks,
        "codebook-usage": of_codebooks,
    }
    per_setting = figures()[name].properties["per_variant"]
    expected = set(results.settings) - without.get(name, {BROKEN}) if per_setting else set()
    folder = tmp_path / "figure"
    assert set(draw(figures()[name], results, folder)) == expected
    pages = {f"{setting}.svg" for setting in expected} | {"all.svg", "all.pdf"}
    assert {path.name for path in folder.iterdir()} - {"all.csv"} == pages
    assert (folder / "all.csv").exists() == (name in WITH_NUMBERS)


@pytest.mark.parametrize("name", FIGURES)
def test_equal_results_give_equal_bytes(name: str, results: DatasetResults, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        draw(figures()[name], results, tmp_path / folder)
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


@pytest.mark.parametrize("name", FIGURES)
def test_where_every_run_failed_a_sentence_is_drawn(name: str, tmp_path: Path) -> None:
    results = of([run(tmp_path, BROKEN, seed, works=False) for seed in (0, 1)])
    assert draw(figures()[name], results, tmp_path / "figure") == []
    with pytest.raises(style.NothingToShow, match=r"\.$"):
        figures()[name].load()(results)


@pytest.mark.parametrize("name", FIGURES)
def test_one_seed_and_two_kinds_of_hardware_are_drawn(name: str, tmp_path: Path) -> None:
    results = of([run(tmp_path, TRAINED, 0, hardware) for hardware in ("cpu", "cuda")])
    draw(figures()[name], results, tmp_path / "figure")
    assert (tmp_path / "figure" / "all.svg").stat().st_size > 1000


def test_a_failed_seed_is_counted_and_not_averaged(results: DatasetResults) -> None:
    psnr = read(results)["psnr"]
    assert len(psnr[QUANTISED, "cpu"].values) == psnr[QUANTISED, "cpu"].failed == 1
    assert psnr[BROKEN, "cpu"].values == [] and psnr[BROKEN, "cpu"].failed == 2


def test_the_total_is_the_sum_of_the_terms(results: DatasetResults) -> None:
    curves = terms(results.runs[0])
    summed = np.add(curves["reconstruction"], curves["divergence"])
    np.testing.assert_allclose(curves[TOTAL], summed)


def test_an_adversarial_setting_has_no_total(tmp_path: Path) -> None:
    assert TOTAL not in terms(run(tmp_path, "wae-gan", 0))


def test_a_setting_keeps_its_colour_when_it_fails(results: DatasetResults) -> None:
    settings = [TRAINED, CLOSED, QUANTISED, BROKEN]
    assert style.colours(results) == dict(zip(settings, style.PALETTE, strict=False))


def test_the_dimension_that_changes_the_picture_most_comes_first() -> None:
    moved = np.zeros((3, 4, 1, 2, 2))
    moved[1] = np.linspace(0, 1, 4)[:, None, None, None]
    assert list(by_effect(moved)) == [1, 0, 2]


def test_tiles_keep_every_pixel_and_are_parted_by_white() -> None:
    images = np.zeros((2, 3, 1, 64, 64))
    images[0, 1] = 0.5
    whole = style.tiled(images)  # 64 pixels and a gap of 4
    assert whole.shape == (64 + 4 + 64, 64 + 4 + 64 + 4 + 64, 3)
    assert (whole[:64, 68:132] == 128).all() and (whole[:, 64:68] == 255).all()


def test_labels_are_moved_apart_no_further_than_needed() -> None:
    assert style.spread([0.0, 1.0, 0.0], 0.2) == pytest.approx([-0.1, 1.0, 0.1])
    assert style.spread([0.1, 0.5], 0.2) == pytest.approx([0.1, 0.5])
