"""Claims are read or refused in one line, judged by known scores, and trained as they need."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from jinja2 import Environment, FileSystemLoader

from aebench import configuration, registry, training
from aebench.configuration import Mistake
from aebench.data import Description
from aebench.files import write_json
from aebench.ledger.claims import Claim
from aebench.ledger.configuration import needed, select
from aebench.ledger.judging import Finding, Judged, judge
from aebench.ledger.reading import FOLDER, read, read_all
from aebench.ledger.scores import Scores
from aebench.ledger.tables import COLUMNS, as_json, as_table
from aebench.plan import Plan
from aebench.report import claims, formatting, rendering

SCHEMA = Path(__file__).parents[1] / "workflow/schemas/config.schema.yaml"
MOST_WORDS = 40
CLAIM: dict[str, Any] = {
    "id": "good-beats-bad",
    "paper": {"authors": "Nobody", "year": 2020, "link": "https://example.org"},
    "claim": "A variational autoencoder has a lower error than a plain one.",
    "datasets": {"digits": {"steps": 100}},
    "tests": [{"metric": "mse", "better": "vae", "than": "ae"}],
}
Values = dict[str, list[float]]


@pytest.fixture(scope="module")
def shipped() -> list[Claim]:
    return read_all()


def made(folder: Path, **changed: Any) -> Claim:
    """`CLAIM`, changed, as read from its file."""
    content = CLAIM | changed
    path = folder / f"{content['id']}.yaml"
    path.write_text(yaml.safe_dump(content))
    return read(path)


def verdict_of(folder: Path, values: Values, test: dict[str, Any], steps: int = 100) -> Judged:
    """`CLAIM` with another test, judged by scores ``setting metric`` of seeds from 0."""
    claim = made(folder, tests=[test])
    return judge([claim], scores(claim, values, steps))[0]


def scores(
    claim: Claim,
    values: Values,
    steps: int = 100,
    reason: str = "boom",
    dataset: str = "digits",
    configuration: dict[str, Any] | None = None,
    budget: dict[str, Any] | None = None,
) -> Scores:
    """Fabricated scores on a data set; a NaN is a failure."""
    rows, runs = [], {}
    for name, of_seeds in values.items():
        setting, metric = name.split()
        known = claim.settings[setting]
        runs[setting] = {"variant": known.variant.name, "values": known.values}
        for seed, value in enumerate(of_seeds):
            failed = "" if value == value else reason
            rows.append(["cpu", dataset, "-", setting, seed, "-", metric, value, failed])
    where = {"hardware": "cpu", "dataset": dataset}
    plan = {
        "hardware": ["cpu"],
        "budgets": {dataset: budget or {"steps": steps}},
        "configuration": {"datasets": [{dataset: {}}], "backbone": {}} | (configuration or {}),
        "runs": [{**where, "setting": name, **run} for name, run in runs.items()],
    }
    columns = ["hardware", "dataset", "variant", "setting", "seed", "group", "metric", "value"]
    return Scores(plan, pd.DataFrame(rows, columns=[*columns, "reason"]))


def only(judged: Judged) -> Finding:
    (finding,) = judged.findings
    return finding


def test_every_shipped_claim_is_valid(shipped: list[Claim]) -> None:
    assert len(shipped) >= 30
    assert len({claim.id for claim in shipped}) == len(shipped) == len(list(FOLDER.iterdir()))
    for claim in shipped:
        assert len(claim.sentence.split()) <= MOST_WORDS and claim.sentence.endswith("."), claim.id


def test_every_setting_of_a_shipped_claim_can_be_made(shipped: list[Claim]) -> None:
    places = {
        (setting.name, dataset): setting
        for claim in shipped
        for dataset in claim.steps
        for setting in claim.settings.values()
    }
    for (_, dataset), setting in places.items():
        data = Description(name=dataset, **registry.datasets()[dataset].properties)
        training.build(setting.variant, data, setting.values, 0, "cpu")


VAE_MSE = {"metric": "mse", "better": "vae"}
BAD, GOOD = [1.0, 1.1, 1.2, 1.1], [0.5, 0.61, 0.69, 0.6]


@pytest.mark.parametrize(
    ("relation", "other", "more"),
    [("better", "than", {}), ("not_worse", "than", {"margin": 0.1})],
)
def test_a_lower_error_is_better_and_not_worse(
    tmp_path: Path, relation: str, other: str, more: dict[str, float]
) -> None:
    test: dict[str, Any] = {"metric": "mse", relation: "vae", other: "ae", **more}
    right = verdict_of(tmp_path, {"vae mse": GOOD, "ae mse": BAD}, test)
    wrong = verdict_of(tmp_path, {"vae mse": BAD, "ae mse": GOOD}, test)
    assert (right.verdict, wrong.verdict) == ("supported", "contradicted")
    assert only(right).difference == pytest.approx(0.5) == -only(wrong).difference
    assert 0 < only(right).low < 0.5 < only(right).high and only(right).effect_size > 1
    assert [e.mean for e in only(right).evidence] == pytest.approx([0.6, 1.1])


def test_better_by_a_margin_needs_as_much(tmp_path: Path) -> None:
    values = {"vae mse": [0.5, 0.51, 0.49], "ae mse": [1.0, 1.0, 1.0]}
    for by, verdict in [("40%", "supported"), (0.4, "supported"), ("60%", "contradicted")]:
        found = verdict_of(tmp_path, values, {**VAE_MSE, "than": "ae", "by": by})
        assert found.verdict == verdict


def test_a_higher_score_is_better_where_that_is_so(tmp_path: Path) -> None:
    values = {"vae knn_accuracy": BAD, "ae knn_accuracy": GOOD}
    test = {"metric": "knn_accuracy", "better": "vae", "than": "ae"}
    assert verdict_of(tmp_path, values, test).verdict == "supported"


def test_equal_scores_are_not_better_but_not_worse_and_equal(tmp_path: Path) -> None:
    values = {"vae mse": BAD, "ae mse": BAD}
    sides = {"metric": "mse", "than": "ae"}
    assert verdict_of(tmp_path, values, {**sides, "better": "vae"}).verdict == "contradicted"
    assert (
        verdict_of(tmp_path, values, {**sides, "not_worse": "vae", "margin": "1%"}).verdict
        == "supported"
    )
    equal = {"metric": "mse", "equal": "vae", "to": "ae", "margin": 0.01}
    assert verdict_of(tmp_path, values, equal).verdict == "supported"


def test_equal_is_judged_on_both_sides_by_a_margin_in_units_or_as_a_share(tmp_path: Path) -> None:
    values = {"vae mse": [1.05, 1.06, 1.04], "ae mse": [1.0, 1.0, 1.0]}
    for margin, verdict in [(0.1, "supported"), ("10%", "supported"), ("1%", "contradicted")]:
        for sides in ({"equal": "vae", "to": "ae"}, {"equal": "ae", "to": "vae"}):
            found = verdict_of(tmp_path, values, {"metric": "mse", **sides, "margin": margin})
            assert found.verdict == verdict


def test_a_share_of_a_doubtful_mean_is_taken_seed_by_seed(tmp_path: Path) -> None:
    # always 48 %, of seeds far apart
    values = {"vae mse": [2.4, 3.6, 3.0], "ae mse": [5.0, 7.5, 6.25]}
    better = verdict_of(tmp_path, values, {**VAE_MSE, "than": "ae", "by": "50%"})
    assert better.verdict == "supported"
    finding = only(better)
    assert finding.difference == pytest.approx(3.25) and finding.least == pytest.approx(3.125)
    assert finding.low > finding.least  # what is shown says what was judged
    equal = {"metric": "mse", "equal": "vae", "to": "ae", "margin": "53%"}
    assert verdict_of(tmp_path, values, equal).verdict == "supported"
    assert verdict_of(tmp_path, values, equal | {"margin": "50%"}).verdict == "contradicted"


def test_seeds_that_are_compared_with_each_other_are_no_independent_values(tmp_path: Path) -> None:
    test = {"metric": "decoder_stability", "better": "sae-topk", "than": "sae-relu-l1"}
    values = {
        "sae-topk decoder_stability": [0.55, 0.50, 0.51],
        "sae-relu-l1 decoder_stability": [0.45, 0.46, 0.44],
    }
    claim = made(tmp_path, tests=[test], datasets={"superposition": {"steps": 100}})
    assert claim.tests[0].metric.name == "decoder_stability"
    table = scores(claim, values, dataset="superposition")
    of_first, metric = claim.tests[0].read[0]
    found = table.values("cpu", "superposition", of_first, metric, range(3))
    raw = np.array([0.55, 0.50, 0.51])
    np.testing.assert_allclose(found - raw.mean(), 4 * (raw - raw.mean()))
    assert judge([claim], table)[0].verdict == "inconclusive"


def test_a_data_set_that_was_changed_is_not_the_claims(tmp_path: Path) -> None:
    values = {"vae mse": GOOD, "ae mse": BAD}
    claim = made(tmp_path, tests=[{**VAE_MSE, "than": "ae"}])
    changes: list[tuple[dict[str, Any], str]] = [
        ({"datasets": [{"digits": {"train": 200}}]}, "train 200"),
        ({"backbone": {"digits": {"hidden": [8]}}}, "hidden [8]"),
    ]
    for changed, said in changes:
        (found,) = judge([claim], scores(claim, values, configuration=changed))
        assert found.missing == [f"data: digits was run with {said}, the claim is about its own"]
    other = {"steps": 100, "batch_size": 7, "compiled": True}
    (found,) = judge([claim], scores(claim, values, budget=other))
    assert found.missing == ["data: digits was run with batch_size 7, the claim is about its own"]


def test_monotone_needs_every_step(tmp_path: Path) -> None:
    test = {"metric": "kl", "monotone": {"beta-vae": {"beta": [1, 4, 16]}}, "direction": "falls"}
    names = ["beta-vae,beta=1 kl", "beta-vae kl", "beta-vae,beta=16 kl"]  # 4 is the default
    high, middle, low = [9.0, 9.1, 9.2], [5.0, 5.2, 5.1], [1.0, 1.3, 1.1]
    assert verdict_of(
        tmp_path, dict(zip(names, [high, middle, low], strict=True)), test
    ).verdict == ("supported")
    up = verdict_of(tmp_path, dict(zip(names, [high, low, middle], strict=True)), test)
    assert up.verdict == "contradicted" and only(up).difference < 0
    flat = verdict_of(
        tmp_path, dict(zip(names, [high, middle, [5.1, 5.1, 5.0]], strict=True)), test
    )
    assert flat.verdict == "inconclusive"
    rises = verdict_of(
        tmp_path,
        dict(zip(names, [low, middle, high], strict=True)),
        test | {"direction": "rises"},
    )
    assert rises.verdict == "supported"


def test_a_bound_holds_where_the_interval_keeps_to_it(tmp_path: Path) -> None:
    values = {"vae mse": [0.1, 0.11, 0.09]}
    for bound, most, least in [(0.2, "supported", "contradicted"), (0.05, *2 * [""])]:
        verdicts = [
            verdict_of(tmp_path, values, {"metric": "mse", "of": "vae", key: bound}).verdict
            for key in ("at_most", "at_least")
        ]
        assert verdicts == ([most, least] if most else ["contradicted", "supported"])
    exact = {"vae mse": [0.2, 0.2, 0.2]}
    assert (
        verdict_of(tmp_path, exact, {"metric": "mse", "of": "vae", "at_most": 0.2}).verdict
        == "supported"
    )


def test_a_metric_may_be_compared_with_another(tmp_path: Path) -> None:
    values = {"vae mse": GOOD, "ae mae": BAD}
    test = {"metric": "mse", "better": "vae", "than": "ae", "than_metric": "mae"}
    found = verdict_of(tmp_path, values, test)
    assert found.verdict == "supported" and "mae of ae" in only(found).statement


def test_matched_settings_are_the_nearest_and_must_be_alike(tmp_path: Path) -> None:
    test = {
        "metric": "mse",
        "better": {"beta-vae": {"beta": [1, 2]}},
        "than": {"vq-vae": {"codebook_size": [8, 16]}},
        "matched": {"metric": "mae", "within": "5%"},
    }
    values = {
        "beta-vae,beta=1 mae": [10.0] * 3,
        "beta-vae,beta=2 mae": [20.0] * 3,
        "vq-vae,codebook_size=8 mae": [20.5] * 3,
        "vq-vae,codebook_size=16 mae": [40.0] * 3,
        "beta-vae,beta=1 mse": BAD[:3],
        "beta-vae,beta=2 mse": GOOD[:3],
        "vq-vae,codebook_size=8 mse": BAD[:3],
        "vq-vae,codebook_size=16 mse": [0.0] * 3,
    }
    found = verdict_of(tmp_path, values, test)
    assert found.verdict == "supported"
    compared = [e.setting for e in only(found).evidence]
    assert compared == ["beta-vae,beta=2", "vq-vae,codebook_size=8"]
    values["vq-vae,codebook_size=8 mae"] = [30.0] * 3
    apart = verdict_of(tmp_path, values, test)
    assert apart.verdict == "inconclusive" and "mae differs by 33%" in apart.missing[0]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    test = {"metric": "mse", "better": "vae", "than": "ae"}
    nan = float("nan")
    few = verdict_of(tmp_path, {"vae mse": GOOD[:2], "ae mse": BAD}, test)
    assert few.missing == ["seeds: 2 in common on digits, at least 3 are needed"]
    short = verdict_of(tmp_path, {"vae mse": GOOD, "ae mse": BAD}, test, steps=99)
    assert short.missing == ["budget: 99 steps on digits, at least 100 are needed"]
    unrun = verdict_of(tmp_path, {"vae mse": GOOD}, test)
    assert unrun.missing == ["data: ae was not run on digits"]
    failed = verdict_of(tmp_path, {"vae mse": [nan] * 3, "ae mse": BAD}, test)
    assert failed.missing == ["data: vae has no mse on digits (boom)"]
    noisy = verdict_of(tmp_path, {"vae mse": [0.1, 2.0, 1.0], "ae mse": [1.0, 1.0, 1.0]}, test)
    assert noisy.missing[0].startswith("seeds: with 3 on digits the interval")
    found = [few, short, unrun, failed, noisy]
    assert {each.verdict for each in found} == {"inconclusive"}
    assert only(short).difference == pytest.approx(0.5)  # shown, and not judged


def test_seeds_are_paired_and_failed_ones_left_out(tmp_path: Path) -> None:
    # far apart between seeds, always 0.1 apart within one
    first = [1.0, 5.0, 9.0, float("nan"), 3.0]
    second = [1.1, 5.1, 9.1, 7.0, 3.1]
    test = {"metric": "mse", "better": "vae", "than": "ae"}
    found = verdict_of(tmp_path, {"vae mse": first, "ae mse": second}, test)
    assert found.verdict == "supported" and only(found).seeds == 4


def test_refuting_counts_the_comparisons_of_a_claim(tmp_path: Path) -> None:
    worse = {"vae mse": [1.0, 1.2, 1.1], "ae mse": [0.94, 1.1, 0.97]}
    one = [{"metric": "mse", "better": "vae", "than": "ae"}]
    alone = made(tmp_path, tests=one)
    among = made(tmp_path, tests=one * 20)
    assert judge([alone], scores(alone, worse))[0].verdict == "contradicted"
    (open_,) = judge([among], scores(among, worse))
    assert open_.verdict == "inconclusive"
    assert open_.missing == [
        "seeds: with 3 on digits it fails at 95 %, not as one of 20 comparisons"
    ]


def test_a_claim_holds_where_all_its_tests_do(tmp_path: Path) -> None:
    both = [{"metric": m, "better": "vae", "than": "ae"} for m in ("mse", "mae")]
    claim = made(tmp_path, tests=both)
    values = {"vae mse": GOOD, "ae mse": BAD, "vae mae": BAD, "ae mae": GOOD}
    judged = judge([claim], scores(claim, values))
    assert [f.verdict for f in judged[0].findings] == ["supported", "contradicted"]
    assert judged[0].verdict == "contradicted"
    table, (content,) = as_table(judged), as_json(judged)
    assert list(table.columns) == COLUMNS and len(table) == 2
    assert content["verdict"] == "contradicted" and len(content["findings"]) == 2


def test_numbers_that_are_not_finite_are_none_in_json(tmp_path: Path) -> None:
    judged = verdict_of(tmp_path, {"vae mse": GOOD}, {**VAE_MSE, "than": "ae"})
    (finding,) = as_json([judged])[0]["findings"]
    assert finding["difference"] is None and finding["effect_size"] is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"titel": "x"}, "unknown key 'titel'; known: claim, datasets, id, note, paper"),
        ({"paper": {"authors": "N", "year": 2020}}, "paper: key 'link' is missing"),
        ({"claim": 3}, "claim: found a whole number (3), accepted: one sentence"),
        ({"datasets": {"digit": {"steps": 1}}}, "unknown data set 'digit'; nearest: digits"),
        ({"datasets": {"digits": {"steps": 0}}}, "datasets.digits.steps: found a whole number (0)"),
        ({"datasets": {"kodak": {"steps": 9}}}, "unknown data set 'kodak'"),
        ({"tests": [{"metric": "mse"}]}, "tests.0: found none, accepted: one of better"),
        ({"tests": [VAE_MSE]}, "tests.0: key 'than' is missing beside 'better'"),
        ({"tests": [{**VAE_MSE, "than": "aee"}]}, "0.than: unknown variant 'aee'; nearest: "),
        ({"tests": [{**VAE_MSE, "than": "ae", "margin": 1}]}, "key 'margin' beside 'better'"),
        ({"tests": [{**VAE_MSE, "metric": "mze", "than": "ae"}]}, "'mze'; nearest: "),
        ({"tests": [{**VAE_MSE, "metric": "kl", "than": "vae"}]}, "'kl' has no better direction"),
        (
            {"tests": [{**VAE_MSE, "than": {"beta-vae": {"bata": 1}}}]},
            "tests.0.than: beta-vae: unknown setting 'bata'; nearest: beta",
        ),
        (
            {"tests": [{**VAE_MSE, "than": {"beta-vae": {"beta": [1, 2]}}}]},
            "tests.0.than.beta-vae: found lists of beta, accepted: one value",
        ),
        (
            {"tests": [{"metric": "mse", "monotone": "vae", "direction": "falls"}]},
            "tests.0.monotone: found no list of values, accepted: one of two or more",
        ),
        (
            {"tests": [{**VAE_MSE, "metric": "mig", "than": "ae"}]},
            "tests.0: metric 'mig' does not fit vae on digits",
        ),
        (
            {"datasets": {"breast-cancer": {"steps": 1}}, "tests": [{**VAE_MSE, "than": "cvae"}]},
            "tests.0: 'cvae' needs labels, which 'breast-cancer' has not",
        ),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, changed: dict[str, Any], message: str) -> None:
    with pytest.raises(Mistake) as error:
        made(tmp_path, **changed)
    said = str(error.value)
    assert message in said and said.endswith(said.strip()) and "\n" not in said
    assert "/good-beats-bad.yaml: " in said


def test_a_file_that_is_not_yaml_or_of_another_name_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "other-name.yaml"
    path.write_text("id: [\nclaim: 3")
    with pytest.raises(Mistake, match=r"other-name.yaml: line 2: not YAML \("):
        read(path)
    path.write_text(yaml.safe_dump(CLAIM))
    with pytest.raises(Mistake, match="found 'good-beats-bad', accepted: the file's name"):
        read(path)


def test_the_page_shows_verdicts_in_words_with_numbers_and_what_is_missing(tmp_path: Path) -> None:
    claim, other = made(tmp_path), made(tmp_path, id="unrun", tests=[{**VAE_MSE, "than": "pca"}])
    table = scores(claim, {"vae mse": GOOD, "ae mse": BAD})
    write_json(tmp_path / "claims.json", as_json(judge([claim, other], table)), sort_keys=False)
    content = claims.section(tmp_path)
    assert content and content["counts"] == {"supported": 1, "contradicted": 0, "inconclusive": 0}
    template = Environment(loader=FileSystemLoader(rendering.TEMPLATES), autoescape=True)
    template.filters |= {
        name: getattr(formatting, name) for name in ("precise", "readable", "short")
    }
    module: Any = template.get_template("claims.html.jinja").module
    plan = {"hardware": ["cpu"], "budgets": {"digits": {"steps": 100}}}
    page = " ".join(module.section(content, plan).split())
    assert 'class="best key">supported</span>' in page and "MSE on digits: 0.500" in page
    assert '<a href="https://example.org">Nobody 2020</a>' in page and "ae: MSE 1.1<" in page
    assert "1 claim<" in page and "claim=unrun" in page
    assert claims.lines(tmp_path) == [
        "supported: good-beats-bad",
        "1 more not tested by these runs",
    ]


def test_only_what_is_open_lacks_something_and_equal_differences_have_no_finite_size() -> None:
    finding = {"verdict": "contradicted", "difference": -1.0, "low": -1.0, "high": -1.0}
    finding |= {"least": 0.0, "most": None, "effect_size": None, "seeds": 3}
    claim = {"verdict": "contradicted", "missing": ["data: none"], "findings": [finding]}
    shown = claims._shown(claim)
    assert shown["lacking"] == "" and shown["findings"][0]["effect"] == "−∞"
    assert claims._shown(claim | {"verdict": "inconclusive"})["lacking"] == "data: none"
    one = finding | {"seeds": 1}
    assert claims._shown(claim | {"findings": [one]})["findings"][0]["effect"] == "–"


def test_without_verdicts_the_page_has_no_claims(tmp_path: Path) -> None:
    assert claims.section(tmp_path) is None and claims.lines(tmp_path) == []


def test_the_runs_of_claims_are_merged(tmp_path: Path) -> None:
    on = {"datasets": {"digits": {"steps": 300}, "spectra": {"steps": 50}}, "seeds": 4}
    config = needed([made(tmp_path), made(tmp_path, id="second-claim", **on)], ["cpu"])
    assert config["seeds"] == [0, 1, 2, 3]
    assert config["budget"] == {"digits": {"steps": 300}, "spectra": {"steps": 50}}
    plan = Plan(configuration.read(config, SCHEMA))
    where = {(run.dataset, run.setting.name) for run in plan.runs}
    assert where == {(d, s) for d in ("digits", "spectra") for s in ("vae", "ae")}


def test_what_a_claim_needs_is_what_it_is_judged_by(shipped: list[Claim]) -> None:
    for claim in shipped:
        plan = Plan(configuration.read(needed([claim], ["cpu"]), SCHEMA))
        asked = {(d, s) for d in claim.steps for s in claim.settings}
        assert {(run.dataset, run.setting.name) for run in plan.runs} == asked


def test_a_claim_is_selected_by_its_id(shipped: list[Claim]) -> None:
    assert select(shipped, "all") == shipped
    assert [c.id for c in select(shipped, shipped[3].id)] == [shipped[3].id]
    assert select(shipped, f"{shipped[3].id},{shipped[1].id}") == [shipped[3], shipped[1]]
    with pytest.raises(Mistake, match="no claim 'k-sparse-has-best'; nearest: k-sparse-has-a-best"):
        select(shipped, "k-sparse-has-best")
