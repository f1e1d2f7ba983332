"""The trade-off plot of the report: axes to choose, fronts that know which way is better."""

import itertools
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aebench import registry
from aebench.report import rendering

METRICS = ("psnr", "mse", "knn_accuracy", "effective_rank", "noise_error", "parameters")


def better(metric: str) -> str:
    return str(registry.metrics()[metric].properties["better"])


def choose(browser: Any, **choices: str) -> None:
    """Select values in the form by the fields' names."""
    from selenium.webdriver.support.ui import Select

    for name, value in choices.items():
        Select(browser.find_element("css selector", f"#tradeoffs [name={name}]")).select_by_value(
            value
        )


def embedded(browser: Any) -> dict[str, dict[str, list[float]]]:
    """Metric to setting to mean, low, high, seeds, failed: what the page has on the digits."""
    text = browser.execute_script("return document.getElementById('scores').textContent")
    return dict(json.loads(text)["values"]["digits"]["cpu"])


def shown_front(browser: Any) -> list[str]:
    script = (
        "return [...document.querySelectorAll('#tradeoff-numbers tbody tr')]"
        ".filter((r) => r.cells[4].textContent).map((r) => r.cells[0].textContent)"
    )
    return sorted(browser.execute_script(script))


def shown_rows(browser: Any) -> set[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"
    return set(browser.execute_script(script, "#tradeoff-numbers tbody th"))


def corners(browser: Any) -> list[tuple[float, float]]:
    path = browser.find_element("css selector", "#tradeoffs .pareto path").get_attribute("d")
    return [(float(x), float(y)) for x, y in re.findall(r"([-\d.]+),([-\d.]+)", path)]


def circles(browser: Any) -> dict[str, tuple[float, float]]:
    script = (
        "return [...document.querySelectorAll('#tradeoffs .points circle')]"
        ".map((p) => [p.dataset.setting, +p.getAttribute('cx'), +p.getAttribute('cy')])"
    )
    return {name: (x, y) for name, x, y in browser.execute_script(script)}


def pareto(scores: dict[str, dict[str, list[float]]], x: str, y: str) -> list[str]:
    """The front by its definition: settings without failed seeds that none dominates."""
    signs = [1 if better(metric) == "higher" else -1 for metric in (x, y)]
    points = {
        name: (signs[0] * scores[x][name][0], signs[1] * scores[y][name][0])
        for name in scores[x].keys() & scores[y].keys()
        if not scores[x][name][4] and not scores[y][name][4]
    }
    return sorted(
        name
        for name, (a, b) in points.items()
        if not any(c >= a and d >= b and (c, d) != (a, b) for c, d in points.values())
    )


def test_the_front_is_what_no_setting_dominates(opened: Any) -> None:
    scores = embedded(opened)
    for x, y in itertools.permutations(METRICS, 2):
        choose(opened, x=x, y=y)
        status = opened.find_element("css selector", "#tradeoffs .front").text
        if "neither" in (better(x), better(y)):
            assert shown_front(opened) == []
            assert status.startswith("No Pareto front: neither direction")
            continue
        front = pareto(scores, x, y)
        assert front and "vae" not in front  # one of its seeds failed
        assert shown_front(opened) == front, (x, y)
        drawn, steps = circles(opened), corners(opened)
        for name in front:
            assert min(math.dist(drawn[name], corner) for corner in steps) < 0.1
        assert len(steps) == 2 * len(front) - 1
        for (a, b), (c, d) in itertools.pairwise(steps):
            assert a == c or b == d  # a staircase


def test_metrics_without_a_direction_are_among_those_tested() -> None:
    assert {better(metric) for metric in METRICS} == {"higher", "lower", "neither"}


def test_choosing_axes_redraws_names_points_and_numbers(opened: Any) -> None:
    choose(opened, x="mse", y="psnr")
    plot = opened.find_element("css selector", "#tradeoffs svg")
    assert plot.get_attribute("aria-label") == "PSNR (dB) ↑ against MSE (squared intensity) ↓"
    before = circles(opened)
    assert before.keys() == {"ae", "pca", "vae", "vq-vae"}
    assert before["pca"][0] > before["vq-vae"][0] > before["ae"][0] > before["vae"][0]
    assert before["pca"][1] > before["vq-vae"][1] > before["ae"][1] > before["vae"][1]
    choose(opened, y="noise_error")
    after = circles(opened)
    assert {name: x for name, (x, _) in after.items()} == {n: x for n, (x, _) in before.items()}
    assert after["pca"][1] > after["ae"][1] > after["vae"][1] > after["vq-vae"][1]


def test_a_logarithmic_axis_spaces_factors_of_ten_evenly(opened: Any) -> None:
    choose(opened, x="parameters", y="psnr")
    box = opened.find_element("css selector", "#tradeoffs [name=logx]")
    assert box.is_selected()  # costs are drawn so until told otherwise
    at = {name: x for name, (x, _) in circles(opened).items()}
    assert at["ae"] - at["pca"] == pytest.approx(at["vq-vae"] - at["ae"], abs=0.01)
    box.click()
    at = {name: x for name, (x, _) in circles(opened).items()}
    assert at["vq-vae"] - at["ae"] == pytest.approx(10 * (at["ae"] - at["pca"]), abs=0.1)


@pytest.mark.parametrize("axes", [{"x": "parameters"}, {"x": "mse"}, {"y": "knn_accuracy"}])
def test_names_on_a_logarithmic_axis_are_some_and_apart(opened: Any, axes: dict[str, str]) -> None:
    choose(opened, **axes)
    ((axis, _),) = axes.items()
    box = opened.find_element("css selector", f"#tradeoffs [name=log{axis}]")
    if not box.is_selected():
        box.click()
    side, length = ("left", "width") if axis == "x" else ("top", "height")
    script = (
        f"return [...document.querySelectorAll('[aria-label=\"{axis}-axis tick label\"] text')]"
        ".filter((e) => e.textContent).map((e) => e.getBoundingClientRect())"
        f".map((r) => [r.{side}, r.{length}]).sort((a, b) => a[0] - b[0])"
    )
    named = opened.execute_script(script)
    assert len(named) >= 2
    for (first, length_of_first), (second, _) in itertools.pairwise(named):
        assert second >= first + length_of_first


def test_what_is_chosen_stands_in_the_address_and_comes_back_from_it(
    opened: Any, tmp_path: Any
) -> None:
    choose(opened, x="noise_error", y="knn_accuracy")
    address = opened.current_url
    assert address.endswith(
        "#tradeoffs?dataset=digits&hardware=cpu&x=noise_error&y=knn_accuracy&logx=0&logy=0"
    )
    opened.get("about:blank")
    opened.get(address)
    chosen = [
        opened.find_element("css selector", f"#tradeoffs [name={axis}]").get_attribute("value")
        for axis in "xy"
    ]
    assert chosen == ["noise_error", "knn_accuracy"]
    assert opened.find_element("id", "top").is_displayed()


def test_what_is_not_compared_is_not_drawn(
    results: dict[str, Any], browser: Any, tmp_path: Path
) -> None:
    table = Path("results/tables/scores-summary.csv")
    rows = table.read_text().replace("knn_accuracy", "iwae_bound").splitlines(keepends=True)
    unranked = [
        re.sub(r",\d+,[^,]*,True,", ",,,False,", row) if "ae,ae," in row and "iwae" in row else row
        for row in rows
    ]
    assert unranked != rows
    table.write_text("".join(unranked))
    page = tmp_path / "index.html"
    page.write_text(rendering.render(results, Path("results/tables"), None))
    browser.get(page.as_uri())
    choose(browser, x="mse", y="iwae_bound")
    assert circles(browser).keys() == {"pca", "vae", "vq-vae"}
    choose(browser, x="mse", y="psnr")
    assert "ae" in circles(browser)


def test_a_family_narrows_the_plot_and_its_front(opened: Any) -> None:
    choose(opened, x="parameters", y="psnr", family="classic")
    assert circles(opened).keys() == shown_rows(opened) == {"ae", "pca"}
    assert shown_front(opened) == ["ae", "pca"]
    assert "family=classic" in opened.current_url
    choose(opened, family="")
    assert circles(opened).keys() == {"ae", "pca", "vae", "vq-vae"}


def test_a_budget_leaves_what_costs_no_more(opened: Any) -> None:
    choose(opened, x="mse", y="psnr", limit="budget_seconds")
    most = opened.find_element("css selector", "#tradeoffs [name=most]")
    most.send_keys("1\t")  # leaving the field is what changes it
    assert circles(opened).keys() == {"pca", "vq-vae"}
    assert opened.current_url.endswith("&limit=budget_seconds&most=1")
    choose(opened, limit="")
    assert not most.is_enabled()
    assert circles(opened).keys() == {"ae", "pca", "vae", "vq-vae"}


def test_data_sets_are_chosen_with_their_budget_of_steps(opened: Any) -> None:
    field = opened.find_element("css selector", "#tradeoffs [name=dataset]")
    assert field.text.strip() == "UCI digits, 10 steps"


def test_a_point_says_its_numbers_when_the_keyboard_reaches_it(opened: Any) -> None:
    choose(opened, x="mse", y="psnr")
    mark = opened.find_element("css selector", "#tradeoffs circle[data-setting='vae']")
    opened.execute_script("arguments[0].focus()", mark)
    tip = opened.find_element("css selector", "#tradeoffs [aria-label=tip]")
    assert "PSNR 22" in tip.text and "n = 1, 1 failed" in tip.text
    assert mark.get_attribute("aria-label").startswith("vae: MSE 0.01; PSNR 22")


def shown_tip(browser: Any) -> str:
    """What the tip says once the page is drawn."""
    script = (
        "const [done] = arguments; setTimeout(() => done("
        "document.querySelector('#tradeoffs [aria-label=tip]').textContent), 100)"
    )
    return str(browser.execute_async_script(script)).replace("\u200b", "\n").strip()


def test_neither_clicks_nor_escape_leave_numbers_in_the_way(opened: Any) -> None:
    from selenium.webdriver import ActionChains, Keys

    choose(opened, x="mse", y="psnr")
    mark = opened.find_element("css selector", "#tradeoffs circle[data-setting='vae']")
    ActionChains(opened).move_to_element(mark).click().perform()
    assert shown_tip(opened).startswith("vae")
    other = opened.find_element("css selector", "#tradeoffs circle[data-setting='pca']")
    opened.execute_script("arguments[0].focus({ preventScroll: true })", other)
    assert shown_tip(opened).startswith("pca")
    ActionChains(opened).send_keys(Keys.ESCAPE).perform()
    assert shown_tip(opened) == ""


def test_settings_in_one_place_are_all_told_of(opened: Any) -> None:
    script = (
        "const at = (name, mean) => ({ text: `${name}: 1`, x: { mean }, y: { mean } });"
        "return told(at('a', 1), [at('a', 1), at('b', 1), at('c', 3)]);"
    )
    source = Path("aebench/report/scatter.js").read_text()
    assert opened.execute_script(source + script) == "a\n1\n\nb\n1"


def test_swapping_axes_turns_the_plot_and_keeps_the_front(opened: Any) -> None:
    choose(opened, x="parameters", y="psnr")
    front = shown_front(opened)
    opened.find_element("css selector", "#tradeoffs [name=swap]").click()
    assert (
        opened.find_element("css selector", "#tradeoffs [name=x]").get_attribute("value") == "psnr"
    )
    assert opened.find_element("css selector", "#tradeoffs [name=logy]").is_selected()
    assert shown_front(opened) == front


def test_the_plot_is_a_file(opened: Any, downloaded: Callable[[Any], str]) -> None:
    choose(opened, x="mse", y="psnr")
    text = downloaded(opened.find_element("css selector", "#tradeoffs .save"))
    assert text.startswith("<svg") and "MSE (squared intensity)" in text


def test_enter_in_a_field_does_not_load_the_page_anew(opened: Any) -> None:
    choose(opened, limit="flops")
    opened.execute_script("window.same = true")
    field = opened.find_element("css selector", "#tradeoffs [name=most]")
    field.send_keys("30\n")
    assert opened.execute_script("return window.same") is True
    assert "?" not in opened.current_url.split("#")[0]
