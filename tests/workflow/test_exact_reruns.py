"""What a dry run plans after a change: what the change can alter, and nothing else.

Every project here is a copy whose file dates are scrambled and whose .snakemake folder is gone.
Two data sets × two seeds × four settings.
"""

import json
from collections.abc import Callable, Collection
from typing import Any

import pytest

from tests.workflow.conftest import Project

TAIL = {"compare": 1, "draw_across": 2, "judge": 1, "render": 1, "all": 1}
VARIATIONAL = "aebench/variants/variational"

Run = dict[str, Any]


def jobs(
    project: Project, rerun: Callable[[Run], bool], prepared: Collection[str] = ()
) -> dict[str, int]:
    """Jobs of the finished plan's runs that are run again, and all that depends on them; those of
    data sets prepared again too.
    """
    plan = json.loads((project.folder / "results/plan.json").read_text())
    runs = [run for run in plan["runs"] if rerun(run)]
    touched = {run["dataset"] for run in runs}
    counted = {
        "prepare": len(prepared),
        "classify": len(prepared),
        "refer": sum(place["dataset"] in prepared for place in plan["references"]),
        "calibrate": sum(place["dataset"] in prepared for place in plan["calibrations"]),
        "train": len(runs),
        "encode": sum("encode" in run["artefacts"] for run in runs),
        "time_run": sum("timing" in run["artefacts"] for run in runs),
        "learn_prior": sum("prior" in run["artefacts"] for run in runs),
        "compress": sum("compress" in run["artefacts"] for run in runs),
        "embed": sum(run["embed"] is not None for run in runs),
        "measure": sum(len(run["scores"]) for run in runs),
        "draw": sum(figure["dataset"] in touched for figure in plan["figures"]),
    }
    return {rule: count for rule, count in counted.items() if count} | TAIL


def measured(project: Project, group: str) -> dict[str, int]:
    """Jobs of one group of scores, and all that depends on them."""
    plan = json.loads((project.folder / "results/plan.json").read_text())
    return {
        "measure": sum(group in run["scores"] for run in plan["runs"]),
        "draw": len(plan["figures"]),
        **TAIL,
    }


def test_nothing(project: Project) -> None:
    assert project.planned() == {}


def test_nothing_where_snakemake_keeps_its_records(finished: Project) -> None:
    assert finished.planned() == {}


def test_touching_every_file(project: Project) -> None:
    for path in project.folder.rglob("*.*"):
        path.touch()
    assert project.planned() == {}


def test_a_comment_and_a_docstring(project: Project) -> None:
    project.edit(f"{VARIATIONAL}/vae.py", "    def build", "    # a comment\n    def build")
    project.edit(f"{VARIATIONAL}/vae.py", "Variational autoencoder: the", "The VAE: the")
    project.edit("aebench/training.py", '"""The one training loop', '"""A training loop')
    errors = "aebench/metrics/reconstruction/errors.py"
    project.edit(errors, '"""Mean squared', '"""The mean squared')
    # the report and the curves quote the documentation, but not of training.py
    assert set(project.planned()) <= {"render", "all"}


def test_one_variant(project: Project) -> None:
    project.edit(f"{VARIATIONAL}/beta_vae.py", "self.beta *", "1.0 * self.beta *")
    assert project.planned() == jobs(project, lambda run: run["variant"] == "beta-vae")


def test_a_variant_that_another_inherits_from(project: Project) -> None:
    project.edit(f"{VARIATIONAL}/vae.py", "(posterior).mean(),", "(posterior).mean() * 1,")
    assert project.planned() == jobs(project, lambda run: run["variant"] != "ae")


def test_a_loss_that_two_variants_share(project: Project) -> None:
    project.edit("aebench/objectives/divergences.py", "0.5 *", "0.25 * 2 *")
    assert project.planned() == jobs(project, lambda run: run["variant"] != "ae")


def test_a_metric(project: Project) -> None:
    probes = "aebench/metrics/representation/probes.py"
    project.edit(probes, "max_iter=1000", "max_iter=2000")
    assert project.planned() == measured(project, "representation")


def test_the_classifier(project: Project) -> None:
    project.edit("aebench/classifier.py", "nn.ReLU()", "nn.GELU()")
    planned = project.planned()
    assert (planned["classify"], planned["embed"], planned["refer"]) == (2, 16, 2)
    assert planned["measure"] == 16, "the scores of generation, and no others"
    assert not {"prepare", "train", "encode", "calibrate"} & set(planned)


def test_a_figure(project: Project) -> None:
    path = project.folder / "aebench/figures/samples.py"
    path.write_text(path.read_text() + "\n\nADDED = 1\n")
    assert project.planned() == {"draw": 2, "render": 1, "all": 1}


def test_the_template(project: Project) -> None:
    project.edit("aebench/report/style.css", "}", "}\n")
    assert project.planned() == {"render": 1, "all": 1}


def test_one_value_of_one_setting(project: Project) -> None:
    project.configure(variants=["ae", "vae", {"beta-vae": {"beta": [2, 6]}}])
    changed = jobs(project, lambda run: run["setting"] == "beta-vae,beta=8")
    assert project.planned() == changed


def test_a_value_written_in_another_way(project: Project) -> None:
    project.configure(variants=["ae", "vae", {"beta-vae": {"beta": [2.0, 8.0]}}])
    assert project.planned() == {}


def test_a_seed(project: Project) -> None:
    plan = json.loads((project.folder / "results/plan.json").read_text())
    # each seed's agreement with the others
    stable = sum("stability" in run["scores"] for run in plan["runs"])
    project.configure(seeds=[0, 1, 2])
    expected = jobs(project, lambda run: run["seed"] == 0)
    assert project.planned() == expected | {"measure": expected["measure"] + stable}


def test_a_variant_more(project: Project) -> None:
    project.configure(variants=["ae", "vae", {"beta-vae": {"beta": [2, 8]}}, "pca"])
    # as many of every kind as the autoencoder, which knows as little of likelihoods; it can sample
    assert project.planned()["train"] == 4


def test_a_data_set_more(project: Project) -> None:
    small = {"sprites": {"train": 300, "validation": 20, "test": 100}}
    other = {**small, "sprites": {"train": 300, "validation": 20, "test": 110}}
    project.configure(datasets=["digits"])
    assert project.planned() == TAIL
    project.configure(datasets=["digits", other])
    again = jobs(project, lambda run: run["dataset"] == "sprites", ["sprites"])
    assert project.planned() == again


def test_a_file_that_a_data_set_reads(project: Project) -> None:
    project.edit("aebench/datasets/sprites_heart.json", '"errors": 2', '"errors": 3')
    again = jobs(project, lambda run: run["dataset"] == "sprites", ["sprites"])
    assert project.planned() == again


def test_an_unused_variant_file(project: Project) -> None:
    source = project.folder / VARIATIONAL / "beta_vae.py"
    text = source.read_text().replace('"beta-vae"', '"gamma-vae"')
    source.with_name("gamma_vae.py").write_text(text)
    assert project.planned() == {}


def test_undoing_an_edit_finds_the_old_results(project: Project) -> None:
    project.configure(seeds=[0])
    project.snakemake()
    project.configure(seeds=[0, 1])
    assert project.planned() == TAIL


@pytest.mark.parametrize("lost", ["results/report/index.html", "results/tables/scores.csv"])
def test_a_lost_result_is_made_again(project: Project, lost: str) -> None:
    (project.folder / lost).unlink()
    assert project.planned().get("train", 0) == 0
    project.snakemake()
    assert (project.folder / lost).exists()


def test_snakemakes_own_report_has_captions_and_runs_nothing(finished: Project) -> None:
    finished.snakemake("--report", "results/snakemake-report.html")
    page = (finished.folder / "results/snakemake-report.html").read_text()
    assert "Means over seeds with 95" in page and "One table of all data sets" in page
    assert finished.planned() == {}
