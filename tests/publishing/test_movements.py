"""How headline numbers moved between reports, and whether by more than their doubt."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from aebench.publishing.changes import verdict, welch
from aebench.publishing.contents import contents
from aebench.publishing.movements import Headline, Report, headlines
from aebench.statistics import Interval

Finish = Callable[..., dict[str, Any]]
HIGH, LOW = [20.0, 20.1, 20.2], [10.0, 10.2, 10.1]


def report(plan: dict[str, Any]) -> Report:
    content = contents(plan, Path("results/tables"), None)
    return Report(content, content["commit"])


def psnr(later: Report, *earlier: Report) -> list[Headline]:
    return [line for line in headlines(later, earlier) if line.place[2] == "psnr"]


def test_the_interval_of_a_change_is_welchs() -> None:
    before, after = [1.0, 2.0, 4.0], [3.0, 3.1, 3.3, 9.0]
    low, high = welch(before, after)[1:]
    # Welch's t at an end of the interval, with Welch and Satterthwaite's degrees of freedom
    a, b = (stats.sem(values) ** 2 for values in (before, after))
    degrees = (a + b) ** 2 / (a**2 / 2 + b**2 / 3)
    half = stats.t.ppf(0.975, degrees) * math.sqrt(a + b)
    assert (low, high) == pytest.approx((4.6 - 7 / 3 - half, 4.6 - 7 / 3 + half))


def test_one_seed_leaves_a_change_untested() -> None:
    change = welch([1.0], [2.0, 3.0])
    assert change.mean == 1.5 and math.isnan(change.low)
    assert verdict(change, "higher") == "not tested"


@pytest.mark.parametrize(
    ("change", "better", "expected"),
    [
        (Interval(1, 0.5, 1.5), "higher", "better"),
        (Interval(1, 0.5, 1.5), "lower", "worse"),
        (Interval(-1, -1.5, -0.5), "lower", "better"),
        (Interval(1, -0.5, 2.5), "higher", "within its interval"),
        (Interval(1, 0.5, 1.5), "neither", "moved"),
    ],
)
def test_a_change_counts_where_its_interval_leaves_zero_out(
    change: Interval, better: str, expected: str
) -> None:
    assert verdict(change, better) == expected


def test_a_number_that_rose_beyond_its_interval_is_better(finished: Finish) -> None:
    before = report(finished({"ae": LOW}, commit="a"))
    (line,) = psnr(report(finished({"ae": HIGH}, commit="b")), before)
    assert line.movement is not None and line.movement.since == "a"
    assert line.movement.change.mean == pytest.approx(10)
    assert line.movement.verdict == "better"


def test_equal_results_did_not_move(finished: Finish) -> None:
    before, after = (report(finished({"ae": HIGH}, commit=name)) for name in "ab")
    (line,) = psnr(after, before)
    assert line.movement is not None and line.movement.verdict == "the same"


def test_a_setting_is_compared_with_itself_and_who_led_before_is_followed(finished: Finish) -> None:
    best = [30.0, 30.1, 30.2]
    before = report(finished({"ae": HIGH, "vae": best}, commit="a"))
    now, then = psnr(report(finished({"ae": HIGH, "vae": LOW}, commit="b")), before)
    assert (now.role, now.setting, then.role, then.setting) == ("best", "ae", "led before", "vae")
    assert now.movement is not None and now.movement.verdict == "the same"
    assert then.movement is not None and then.movement.verdict == "worse"
    assert then.movement.change.mean == pytest.approx(-20)


def test_where_every_setting_has_a_failed_seed_nobody_leads_any_more(finished: Finish) -> None:
    before = report(finished({"ae": HIGH, "vae": LOW}, commit="a"))
    some = {"ae": [20.0, None, 20.2], "vae": [None, 10.0, 10.1]}
    now, then = psnr(report(finished(some, commit="b")), before)
    assert (now.role, now.setting, now.failed) == ("nobody", "", True)
    assert then.entry is not None and (then.setting, then.entry["seeds"]) == ("ae", 2)


@pytest.mark.parametrize(
    ("values", "expected"),
    [({"vae": LOW}, "not run"), ({"ae": [None, None, None], "vae": LOW}, "failed")],
)
def test_a_leader_without_a_value_now_failed_or_was_not_run(
    finished: Finish, values: dict[str, list[float | None]], expected: str
) -> None:
    before = report(finished({"ae": HIGH, "vae": LOW}, commit="a"))
    _, then = psnr(report(finished(values, commit="b")), before)
    assert then.entry is None and then.movement is not None
    assert then.movement.verdict == expected


def test_an_earlier_mean_says_of_how_many_seeds_it_is(finished: Finish) -> None:
    before = report(finished({"ae": [20.0, None, None], "vae": LOW}, commit="a"))
    line = psnr(report(finished({"ae": HIGH, "vae": LOW}, commit="b")), before)[0]
    assert line.movement is not None and (line.movement.seeds, line.movement.asked) == (1, 3)


def test_another_budget_is_not_compared_but_the_report_before_it_is(finished: Finish) -> None:
    oldest = report(finished({"ae": LOW}, commit="a"))
    short = finished({"ae": LOW}, commit="b")
    short["budgets"]["digits"]["steps"] = 1
    shorter = report(short)
    newest = report(finished({"ae": HIGH}, commit="c"))
    assert psnr(newest, shorter)[0].movement is None
    (line,) = psnr(newest, shorter, oldest)
    assert line.movement is not None and line.movement.since == "a"
