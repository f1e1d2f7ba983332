"""Publishing: a report under its commit, earlier ones beside it, an index of how numbers moved."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from jsonschema import Draft202012Validator, ValidationError

from aebench.files import write_json
from aebench.ledger.judging import judge
from aebench.ledger.reading import read_all
from aebench.ledger.scores import Scores
from aebench.ledger.tables import as_json
from aebench.publishing import contents, entries
from aebench.publishing.contents import check
from aebench.publishing.site import Unfinished, publish

Finish = Callable[..., dict[str, Any]]
SITE, TABLES, REPORT = Path("results/site"), Path("results/tables"), Path("results/report")
PSNR = {"ae": [20.0, 21.0, 22.0], "vae": [18.0, None, 19.0]}
LOW = {"ae": [10.0, 10.1, 10.2], "vae": [9.0, 9.1, 9.2]}


def published(plan: dict[str, Any]) -> Path:
    return publish(plan, TABLES, REPORT, SITE)


def results(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "results.json").read_text())
    return content


def test_a_report_lies_under_its_commit_with_what_it_was_made_of(folder: Path) -> None:
    assert folder.name == "0123456789ab"
    report = folder.parents[2] / REPORT / "index.html"
    assert (folder / "index.html").read_bytes() == report.read_bytes()
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"results.json", "results.schema.json", "plan.json", "Snakefile"} <= files
    assert {"tables/scores.csv", "envs/requirements.lock", "workflow/rules/train.smk"} <= files
    of_figures = {name for name in files if name.startswith("figures/")}
    assert of_figures == {f"figures/digits/curves.{kind}" for kind in ("svg", "pdf", "csv")}


def test_results_hold_every_score_of_every_seed_and_say_why_one_is_missing(folder: Path) -> None:
    content = results(folder)
    check(content)
    ae, vae = (
        next(e for e in content["scores"] if (e["setting"], e["metric"]) == (name, "psnr"))
        for name in ("ae", "vae")
    )
    assert [value["value"] for value in ae["values"]] == PSNR["ae"]
    assert ae["mean"] == pytest.approx(21) and ae["low"] < 20 < 22 < ae["high"] and ae["best"]
    assert ae["missing"] == {"p_value": "it is the best, which the others are tested against"}
    failed = {"seed": 1, "value": None, "reason": "FloatingPointError: the loss is <nan>"}
    assert vae["values"][1] == failed and (vae["seeds"], vae["failed"]) == (2, 1)
    ssim = next(e for e in content["scores"] if e["metric"] == "ssim")
    assert ssim["mean"] is None and ssim["missing"]["mean"] == "no seed gave a value"
    assert ssim["values"][0] == {"seed": 0, "value": None, "reason": "too small"}
    assert content["metrics"]["psnr"]["better"] == "higher"
    assert content["datasets"]["digits"]["budget"]["steps"] == 10
    lock = Path(__file__).parents[2] / "envs/requirements.lock"
    assert content["lock_sha256"] == hashlib.sha256(lock.read_bytes()).hexdigest()


def test_results_hold_every_verdict(finished: Finish) -> None:
    plan = finished()
    assert results(published(plan))["claims"] == []
    asked = plan | {"configuration": {"datasets": [], "backbone": {}}}
    judged = judge(read_all(), Scores(asked, pd.read_csv(TABLES / "scores.csv")))
    write_json(TABLES / "claims.json", as_json(judged), sort_keys=False)
    content = results(published(plan))
    check(content)
    assert [claim["id"] for claim in content["claims"]] == [claim.id for claim in read_all()]
    assert {claim["verdict"] for claim in content["claims"]} == {"inconclusive"}


def test_numbers_are_null_only_with_a_reason(folder: Path) -> None:
    content = results(folder)
    content["scores"][0]["mean"] = None
    with pytest.raises(ValidationError, match="'mean' is a required property"):
        check(content)
    content = results(folder)
    content["scores"][0]["values"][0] = {"seed": 0, "value": None}
    with pytest.raises(ValidationError, match="'reason' is a required property"):
        check(content)


def test_the_schema_is_valid_and_named_by_its_version() -> None:
    schema = json.loads(contents.SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == contents.VERSION


def test_infinite_scores_are_null_with_a_reason() -> None:
    row = {"hardware": "cpu", "dataset": "d", "variant": "v", "setting": "v", "group": "g"}
    row |= {"metric": "m", "seed": "0", "value": "inf", "reason": ""}
    (entry,) = entries.scores([row], [])
    assert entry["values"] == [{"seed": 0, "value": None, "reason": "the value is inf"}]


def test_a_metric_that_is_infinite_for_every_seed_has_an_entry(finished: Finish) -> None:
    plan = finished()
    place = ("cpu", "digits", "ae", "psnr")
    (psnr,) = entries.infinite(plan, [], {("cpu", "digits", "vae", "psnr")})
    assert entries.place_of(psnr) == place
    assert [value["seed"] for value in psnr["values"]] == [0, 1, 2]
    assert all("infinite" in value["reason"] for value in psnr["values"])
    assert psnr["failed"] == 0 and "infinite" in psnr["missing"]["mean"]
    failed = dict(zip(entries.PLACE, place, strict=True))
    assert not entries.infinite(plan, [failed], {("cpu", "digits", "vae", "psnr")})
    content = contents.contents(plan, TABLES, None)
    check(content | {"scores": [psnr]})


def test_earlier_reports_stay_and_the_newest_comes_first(finished: Finish) -> None:
    published(finished(LOW, commit="aaaaaaaaaaaa", finished=1e9))
    published(finished(commit="bbbbbbbbbbbb", finished=2e9))
    page = (SITE / "index.html").read_text()
    assert re.findall(r'href="(\w+)/index.html"', page) == ["bbbbbbbbbbbb", "aaaaaaaaaaaa"]
    assert "report of aaaaaaaaaaaa" in (SITE / "aaaaaaaaaaaa/index.html").read_text()


def test_publishing_a_commit_again_replaces_that_report_only(finished: Finish) -> None:
    earlier = published(finished(LOW, commit="aaaaaaaaaaaa", finished=1e9))
    before = (earlier / "results.json").read_bytes()
    first = published(finished(commit="bbbbbbbbbbbb"))
    (first / "of-the-first-time").touch()
    again = published(finished({"ae": [30.0, 31.0, 32.0]}, commit="bbbbbbbbbbbb"))
    assert again == first and not (first / "of-the-first-time").exists()
    assert results(again)["scores"][0]["values"][0]["value"] == 30
    assert (earlier / "results.json").read_bytes() == before
    assert {path.name for path in SITE.iterdir()} == {
        "index.html",
        "aaaaaaaaaaaa",
        "bbbbbbbbbbbb",
    }


def test_another_configuration_of_the_same_commit_lies_beside_it(finished: Finish) -> None:
    first = published(finished(LOW) | {"configuration": {"seeds": [0]}})
    second = published(finished() | {"configuration": {"seeds": [1]}})
    assert first.name == "0123456789ab" and results(first)["scores"][0]["values"][0]["value"] == 10
    assert re.fullmatch("0123456789ab-[0-9a-f]{8}", second.name)
    assert published(finished() | {"configuration": {"seeds": [1]}}) == second
    page = (SITE / "index.html").read_text()
    for folder in (first, second):
        assert page.count(f'id="{folder.name}"') == page.count(f'"{folder.name}/index.html"') == 1
    assert page.count("<details") == 2


def test_the_index_names_who_led_before_and_where_nobody_leads(finished: Finish) -> None:
    published(finished({"ae": [30.0, 31.0, 32.0]}, commit="aaaaaaaaaaaa", finished=1e9))
    published(finished({"ae": [10.0, None, 11.0]}, commit="bbbbbbbbbbbb", finished=2e9))
    page = (SITE / "index.html").read_text()
    assert "nobody leads: seeds failed" in page and "led before: ae" in page
    assert "n = 2 of 3" in page


def test_results_of_uncommitted_code_are_marked(finished: Finish) -> None:
    assert published(finished(commit="cccccccccccc-modified")).name == "cccccccccccc-modified"
    assert "uncommitted code" in (SITE / "index.html").read_text()


def test_results_of_committed_code_are_not_marked(folder: Path) -> None:
    assert "uncommitted code" not in (folder.parent / "index.html").read_text()


def test_an_unfinished_run_is_not_published(finished: Finish) -> None:
    plan = finished()
    (REPORT / "index.html").unlink()
    with pytest.raises(Unfinished, match="index.html"):
        published(plan)
    assert not list(SITE.glob("[!.]*"))
    Path(plan["runs"][0]["train"], "record.json").unlink()
    with pytest.raises(Unfinished, match="record.json"):
        published(plan)
