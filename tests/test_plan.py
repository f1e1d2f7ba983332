"""What belongs to a run, without Snakemake."""

from pathlib import Path
from typing import Any

import pytest

from aebench import configuration, registry
from aebench.configuration import Mistake
from aebench.plan import Plan, Run

SCHEMA = Path(__file__).parents[1] / "workflow/schemas/config.schema.yaml"


def plan(datasets: list[str], variants: list[Any], seeds: tuple[int, ...] = (0, 1)) -> Plan:
    config = {"hardware": ["cpu"], "seeds": list(seeds), "datasets": datasets, "variants": variants}
    return Plan(configuration.read(config, SCHEMA))


def run(made: Plan, dataset: str, setting: str, seed: int = 0) -> Run:
    return made.find("cpu", dataset, setting, seed)


def test_what_has_no_training_split_is_for_codecs_trained_elsewhere() -> None:
    made = plan(["natural", "kodak"], ["vae", {"klt": {"step": [8, 16]}}])
    on_kodak = [found for found in made.runs if found.dataset == "kodak"]
    assert {found.setting.name for found in on_kodak} == {"klt,step=8", "klt,step=16"}
    kodak, natural = (run(made, name, "klt,step=8") for name in ("kodak", "natural"))
    assert made.trained(kodak) == natural
    assert made.train_folder(kodak) == made.train_folder(natural)
    assert set(made.artefact_folders(kodak)) == {"compress"}
    assert set(made.artefact_folders(natural)) == {"encode", "timing", "compress"}
    assert made.artefact_folders(kodak)["compress"] != made.artefact_folders(natural)["compress"]
    assert made.groups(kodak) == ["compression", "cost"]


def test_it_is_refused_without_what_its_models_are_trained_on() -> None:
    with pytest.raises(Mistake, match="'kodak' has no training images.*'natural': list that, too"):
        plan(["digits", "kodak"], ["klt"]).check_files(Path("data"))


def test_a_codec_kept_to_some_data_sets_is_evaluated_where_these_are() -> None:
    made = plan(["digits", "natural", "kodak"], [{"klt": {"datasets": ["digits"]}}])
    assert {found.dataset for found in made.runs} == {"digits"}


def test_classical_codecs_are_measured_where_a_run_writes_files() -> None:
    made = plan(["digits", "natural"], ["vae", {"klt": {"datasets": ["natural"]}}])
    assert set(made.codecs) == {"natural"}


def test_discrete_codes_have_a_prior_that_only_those_scores_wait_for_that_read_it() -> None:
    made = plan(["digits"], ["vq-vae", "vae"])
    discrete, continuous = run(made, "digits", "vq-vae"), run(made, "digits", "vae")
    folders = made.artefact_folders(discrete)
    assert set(folders) == {"encode", "timing", "prior"}
    assert made.read_by(discrete, "quantization") == [folders["encode"], folders["prior"]]
    assert made.read_by(discrete, "cost") == [folders["encode"], folders["timing"]]
    assert made.read_by(discrete, "representation") == [folders["encode"]]
    assert set(made.artefact_folders(continuous)) == {"encode", "timing"}
    assert made.embedded_folders(discrete) == [folders["encode"], folders["prior"]]


def test_stability_reads_every_other_seed() -> None:
    made = plan(["sprites"], ["vae"], (0, 1, 2))
    others = made.others(run(made, "sprites", "vae", 1), "stability")
    expected = [made.artefact_folders(run(made, "sprites", "vae", seed)) for seed in (0, 2)]
    assert others == [folders["encode"] for folders in expected]
    assert made.others(run(made, "sprites", "vae", 1), "disentanglement") == []


def test_a_host_is_trained_for_the_data_that_are_its_hidden_states() -> None:
    made = plan(["board-game", "digits"], ["pca"])
    assert "othello" in str(made.host_folder("board-game"))
    assert made.host_folder("digits") is None
    of_host = made.artefact_folders(run(made, "board-game", "pca"))
    assert set(of_host) == {"encode", "timing", "splice"}
    assert set(made.artefact_folders(run(made, "digits", "pca"))) == {"encode", "timing"}


def test_a_plans_configuration_read_back_makes_the_same_plan() -> None:
    made = plan(["digits", "natural"], ["vae", {"beta-vae": {"beta": [2, 8]}}, {"klt": {}}])
    again = Plan(configuration.read(made.configuration.as_json(), SCHEMA))
    assert again.as_json() == made.as_json()


@pytest.mark.parametrize("name", ["libraries/plot.min.js", "scatter.js", "index.html.jinja"])
def test_what_the_page_is_made_of_renders_it_anew(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, read = plan(["digits"], ["ae"]), Path.read_text
    before, tables = made.report_key(), made.tables_key()
    changed = registry.PACKAGE / "report" / name
    monkeypatch.setattr(
        Path, "read_text", lambda path, **how: read(path, **how) + ("x" if path == changed else "")
    )
    assert made.report_key() != before
    assert made.tables_key() == tables
