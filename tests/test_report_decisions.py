"""What the first screen says of tables made by hand: never more than the tests behind it."""

import math
from typing import Any

import pytest

from aebench import registry
from aebench.report.decisions import CHANCE, PURPOSES, boards, entrants
from aebench.report.standing import Decision, Entrant, decide, standings
from aebench.report.wording import over_all, sentences, take
from aebench.report.worth import BASELINE
from aebench.summary import Score

NAN = math.nan


def entrant(
    name: str,
    mean: float,
    rank: int,
    p_value: float = NAN,
    metric: str = "psnr",
    seeds: int = 3,
    failed: int = 0,
    seconds: float = 10.0,
) -> Entrant:
    """A setting whose interval is 0.3 to either side; worse than the best where p is below 5 %."""
    half = 0.3 if seeds - failed > 1 else NAN
    where = ("cpu", "digits", name, name, "group", metric)
    marks = (rank, p_value, rank == 1 and not failed, p_value > 0.05)
    score = Score(*where, mean, mean - half, mean + half, seeds - failed, failed, *marks)
    return Entrant(name, name, seeds, score, seconds=seconds)


def decision(*entrants: Entrant, metric: str = "psnr", **more: Any) -> Decision:
    return decide("reconstruct", metric, ("digits", "cpu"), entrants, **more)


def said(*entrants: Entrant, **more: Any) -> str:
    return " ".join(sentences(decision(*entrants, **more)))


def test_a_clear_leader_is_ahead_and_the_next_has_its_distance_and_its_time() -> None:
    found = decision(
        entrant("vae", 20.9, 2, 0.01, seconds=5.0),
        entrant("ae", 21.3, 1, seconds=10.0),
        entrant("dae", 20.0, 3, 0.001),
    )
    assert found.leader and found.leader.setting == "ae"
    assert take(found) == "21.3 ±0.3 dB"
    assert sentences(found) == [
        "Ahead of all 2 others.",
        "Next is vae, 0.4 dB behind, trained in 5.0 s against 10 s.",
    ]


def test_whoever_no_test_tells_apart_is_named_and_the_one_of_half_the_time() -> None:
    text = said(
        entrant("ae", 21.3, 1),
        entrant("vae", 20.9, 2, 0.2, seconds=5.0),
        entrant("dae", 12.0, 3, 0.001, seconds=0.1),
    )
    assert text == (
        "3 seeds cannot tell it from vae; it is ahead of the other 1. "
        "In less time: vae, 0.4 dB behind, trained in 5.0 s against 10 s."
    )
    assert "Ahead" not in text


@pytest.mark.parametrize("seconds", [5.1, 9.0, 100.0, NAN])
def test_times_that_are_not_half_of_the_other_are_not_named(seconds: float) -> None:
    tie = said(entrant("ae", 21.3, 1), entrant("vae", 20.9, 2, 0.2, seconds=seconds))
    assert tie == "3 seeds cannot tell it from vae."
    if seconds != 100.0:
        clear = said(entrant("ae", 21.3, 1), entrant("vae", 20.9, 2, 0.01, seconds=seconds))
        assert clear.endswith("Next is vae, 0.4 dB behind.")


def test_a_count_needs_no_second_seed() -> None:
    text = said(
        entrant("ae", 1.0, 1, metric="flops", seeds=1),
        entrant("vae", 9.0, 2, metric="flops", seeds=1),
        metric="flops",
    )
    assert text == "Counted from the model: no test is needed."


@pytest.mark.parametrize(
    ("leader", "other", "expected"),
    [("klt", "ae", True), ("klt", "hyperprior", False), ("ae", "klt", False)],
)
def test_a_leader_whose_code_may_be_larger_than_another_says_so(
    leader: str, other: str, expected: bool
) -> None:
    text = said(entrant(leader, 30.0, 1), entrant(other, 20.0, 2, 0.01))
    assert ("Its code may hold more numbers" in text) is expected


def test_a_tie_with_everybody_is_one_sentence_not_a_list() -> None:
    others = [entrant(f"v{rank}", 20.0, rank, 1.0) for rank in range(2, 8)]
    assert said(entrant("ae", 21.3, 1), *others).startswith(
        "3 seeds cannot tell it from any of the 6 others."
    )


def test_one_seed_is_never_called_better() -> None:
    found = decision(entrant("ae", 21.3, 1, seeds=1), entrant("vae", 10.0, 2, seeds=1))
    assert take(found) == "21.30 dB"
    text = " ".join(sentences(found))
    assert text == "Best by one seed alone: not tested, and the order may be chance."
    assert found.tied == found.worse == []


def test_whoever_failed_on_a_seed_is_named_and_never_leads() -> None:
    lost = Entrant("wae", "wae", 3, None)
    found = decision(entrant("vae", 25.0, 3, failed=1), entrant("ae", 21.3, 1), lost)
    assert found.leader and found.leader.setting == "ae"
    assert sentences(found) == [
        "The only setting with a score from every seed: compared with nothing.",
        "Not ranked, for seeds that failed: vae (1 of 3), wae (3 of 3).",
    ]


def test_where_all_failed_on_a_seed_nobody_leads() -> None:
    found = decision(entrant("vae", 25.0, 1, failed=1))
    assert found.leader is None and take(found) == ""
    assert sentences(found)[0] == "No setting has a score from every one of its seeds."


def test_an_exact_reconstruction_goes_before_every_number() -> None:
    exact = Entrant("lossless", "lossless", 3, None, exact=True)
    found = decision(entrant("ae", 21.3, 1), exact)
    assert [each.setting for each in found.leading] == ["lossless"]
    assert sentences(found) == ["lossless returns inputs exactly: infinite."]


def test_of_a_metric_whose_lower_is_better_the_distance_is_still_behind() -> None:
    text = said(
        entrant("ae", 1.0, 1, metric="frechet_distance"),
        entrant("vae", 3.5, 2, 0.01, metric="frechet_distance"),
        metric="frechet_distance",
    )
    assert "Next is vae, 2.5 squared feature distance behind" in text


def test_a_baseline_that_leads_or_ties_is_said() -> None:
    assert said(entrant(BASELINE, 21.0, 1), entrant("ae", 20.0, 2, 0.01)).endswith(
        "None has a better mean than this linear baseline."
    )
    tie = said(entrant("ae", 21.3, 1), entrant(BASELINE, 20.0, 2, 0.4))
    assert tie.endswith("It is not shown to do better than PCA.")
    clear = said(entrant("ae", 21.3, 1), entrant(BASELINE, 20.0, 2, 0.01))
    assert "PCA" not in clear and "baseline" not in clear


@pytest.mark.parametrize(
    ("metric", "mean", "floor", "reached"),
    [
        ("mig", 0.5, 0.1, False),
        ("mig", 0.5, 0.3, True),  # within the interval
        ("mig", 0.5, 0.6, True),
        ("frechet_distance", 5.0, 6.0, False),
        ("frechet_distance", 5.0, 5.2, True),
    ],
)
def test_an_interval_that_reaches_the_floor_shows_nothing(
    metric: str, mean: float, floor: float, reached: bool
) -> None:
    one = entrant("ae", mean, 1, metric=metric)
    text = said(one, metric=metric, floor=("a random code", floor))
    assert ("not shown to do better than a random code" in text) == reached


def test_costs_name_no_other_cost_and_no_baseline() -> None:
    text = said(
        entrant(BASELINE, 0.1, 1, metric="train_seconds"),
        entrant("ae", 9.0, 2, 0.01, metric="train_seconds"),
        metric="train_seconds",
    )
    assert text == "Ahead of the only other."


def test_leads_and_ties_are_counted_apart() -> None:
    first = decision(entrant("ae", 21.3, 1), entrant("vae", 21.0, 2, 0.5), entrant("x", 1, 3, 0.01))
    second = decision(entrant("ae", 21.3, 1), entrant("vae", 11.0, 2, 0.01))
    alone = decision(entrant("x", 9.0, 1))  # compared with nobody
    found = [first, second, alone]
    assert standings(found, lambda each: each.leading) == [("ae", 2, 2)]
    assert standings(found, lambda each: each.not_told_apart) == [("vae", 1, 2)]
    assert over_all([("ae", 2, 2), ("vae", 1, 2)]) == "ae on 2 of 2; vae on 1 of 2"


def test_purposes_are_judged_by_registered_metrics_that_have_a_direction() -> None:
    known = registry.metrics()
    for name in [*CHANCE, *(name for names in PURPOSES.values() for name in names)]:
        assert known[name].properties["better"] in ("higher", "lower")


def test_a_purpose_nothing_was_measured_for_is_not_shown() -> None:
    one = entrant("ae", 21.3, 1)
    cell = {"metric": "psnr", "fits": True, "score": one.score, "perfect": False}
    row = {"setting": "ae", "variant": "ae", "hardware": "cpu", "seeds": 3, "cells": [cell]}
    digits = {
        "description": type("Digits", (), {"name": "digits"}),
        "scores": [{"rows": [row]}],
        "costs": {"rows": []},
    }
    (board,) = boards({"hardware": ["cpu"]}, [digits], {})
    assert [each["purpose"] for each in board["rows"]] == ["reconstruct"]
    (found,) = board["rows"][0]["decisions"]
    assert found.leader._replace(seconds=0) == one._replace(seconds=0)


def test_densities_of_another_likelihood_are_not_asked() -> None:
    def row(name: str, score: Score | None) -> dict[str, Any]:
        cell = {"metric": "iwae_bound", "fits": True, "score": score, "perfect": False}
        return {
            "setting": name,
            "variant": name,
            "seeds": 3,
            "hardware": "cpu",
            "cells": [cell],
        }

    ranked = entrant("vae", -24.0, 1, metric="iwae_bound").score
    assert ranked
    scores = {"vae": ranked, "sigma-vae": ranked._replace(mean=6.0, rank=None), "failed": None}
    tables = [{"rows": [row(name, score) for name, score in scores.items()]}]
    found = entrants(tables, "iwae_bound", "cpu")
    assert [each.setting for each in found] == ["vae", "failed"]
