"""How headline numbers moved between reports, and whether by more than their doubt."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from aebench.publishing.contents import contents
from aebench.publishing.movements import Headline, headlines, verdict, welch
from aebench.statistics import Interval

Finish = Callable[..., dict[str, Any]]
HIGH, LOW = [20.0, 20.1, 20.2], [10.0, 10.2, 10.1]


def report(plan: dict[str, Any]) -> dict[str, Any]:
    return contents(plan, Path("results/tables"), None)


def psnr(later: dict[str, Any], *earlier: dict[str, Any]) -> Headline:
    return next(h for h in headlines(later, earlier) if h.finding.metric == "psnr")


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
    line = psnr(report(finished({"ae": HIGH}, commit="b")), before)
    assert line.movement is not None and line.movement.since == "a"
    assert line.movement.change.mean == pytest.approx(10)
    assert line.movement.verdict == "better"


def test_equal_results_did_not_move(finished: Finish) -> None:
    before, after = (report(finished({"ae": HIGH}, commit=name)) for name in "ab")
    line = psnr(after, before)
    assert line.movement is not None and line.movement.verdict == "the same"


def test_a_setting_is_compared_with_itself_and_who_led_before_is_named(finished: Finish) -> None:
    before = report(finished({"ae": LOW, "vae": HIGH}, commit="a"))
    line = psnr(report(finished({"ae": HIGH, "vae": LOW}, commit="b")), before)
    assert line.finding.best.setting == "ae" and line.led_before == "vae"
    assert line.movement is not None and line.movement.before.mean == pytest.approx(10.1)


def test_another_budget_is_not_compared_but_the_report_before_it_is(finished: Finish) -> None:
    oldest = report(finished({"ae": LOW}, commit="a"))
    short = finished({"ae": LOW}, commit="b")
    short["budgets"]["digits"]["steps"] = 1
    newest = report(finished({"ae": HIGH}, commit="c"))
    assert psnr(newest, report(short)).movement is None
    line = psnr(newest, report(short), oldest)
    assert line.movement is not None and line.movement.since == "a"
