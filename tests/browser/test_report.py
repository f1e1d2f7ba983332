"""The report as a reader meets it: in a browser, on a desk and on a phone."""

import base64
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aebench import registry
from aebench.report import rendering

REASON = "FloatingPointError: the loss is <nan>"


def test_page_opens_without_a_word_in_the_console(opened: Any) -> None:
    assert opened.title == "AEBench report"
    assert opened.get_log("browser") == []


def test_page_asks_the_network_for_nothing(opened: Any) -> None:
    messages = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    asked = [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    assert asked
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def test_only_links_of_citations_and_sources_lead_outside(page: str) -> None:
    addresses = re.findall(r'<(\w+)[^>]*?\s(?:src|href)="([^"]*)"', page)
    here = ("#", "data:", "figures/")
    outside = [(tag, url) for tag, url in addresses if not url.startswith(here)]
    assert outside
    assert all(tag == "a" and url.startswith("https://") for tag, url in outside)


def test_every_link_inside_has_a_target(page: str) -> None:
    targets = set(re.findall(r'\sid="([^"]*)"', page))
    assert set(re.findall(r'href="#([^"?]*)[^"]*"', page)) <= targets


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)])
def test_no_place_of_the_page_scrolls_sideways(opened: Any, size: tuple[int, int]) -> None:
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    script = (
        "location.hash = arguments[0]; dispatchEvent(new Event('hashchange'));"
        "return [document.documentElement.scrollWidth, innerWidth]"
    )
    for address in ("", "variant-vae", "glossary", "tradeoffs", "compare", "across", "origin"):
        width, inner = opened.execute_script(script, address)
        assert inner == size[0]
        assert width <= inner, address


def test_the_first_screen_says_whom_to_take(opened: Any) -> None:
    metrics = {"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    script = "return document.getElementById('decisions-cpu').getBoundingClientRect().bottom"
    assert opened.execute_script(script) < 900
    cell = opened.find_element("css selector", "#decisions-cpu tbody td")
    assert cell.text.split("\n") == ["ae", "20.5 ±1.0 !"]
    sentence = opened.find_element("id", "decision-digits-cpu-reconstruct").text
    assert sentence == (
        "To reconstruct take ae: PSNR 20.5 ±1.0 dB\n"
        "Ahead of all 2 others. Next is vq-vae, 2 dB behind, trained in 1.0 s against 2.0 s. "
        "Not ranked, for seeds that failed: vae (1 of 2)."
    )


def test_every_link_of_the_first_screen_leads_to_its_sentence(opened: Any) -> None:
    from selenium.webdriver.support import expected_conditions
    from selenium.webdriver.support.ui import WebDriverWait

    links = opened.find_elements("css selector", "#decisions-cpu td a.setting")
    assert len(links) == 5
    top = "return document.getElementById(arguments[0]).getBoundingClientRect().top"
    for name in [link.get_attribute("hash").removeprefix("#") for link in links]:
        opened.find_element("css selector", f"td a[href='#{name}']").click()
        WebDriverWait(opened, 5).until(expected_conditions.url_contains(f"#{name}"))
        assert 0 <= opened.execute_script(top, name) < opened.execute_script("return innerHeight")
        opened.execute_script("scrollTo(0, 0)")


def test_the_theme_is_the_readers_and_figures_keep_their_white_ground(opened: Any) -> None:
    script = (
        "return [document.body, document.querySelector('.paper')]"
        ".map((each) => getComputedStyle(each).backgroundColor)"
    )
    found = {}
    for theme in ("light", "dark"):
        feature = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)
        found[theme] = opened.execute_script(script)
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    white = "rgb(255, 255, 255)"
    assert found["light"] == ["rgb(252, 251, 248)", white]
    assert found["dark"] == ["rgb(20, 23, 27)", white]


def test_whatever_scrolls_on_its_own_can_be_reached_by_keys_and_has_a_name(opened: Any) -> None:
    script = (
        "return [...document.querySelectorAll('.scroll:has(table), .tall, main pre')]"
        ".map((e) => [e.tabIndex, e.getAttribute('role'), e.getAttribute('aria-label') ?? ''])"
    )
    found = opened.execute_script(script)
    assert len(found) > 9
    assert all(place[:2] == [0, "region"] and place[2] for place in found)


def test_what_has_the_focus_is_outlined(opened: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    style = "return getComputedStyle(document.activeElement).outlineStyle"
    body = opened.find_element("tag name", "body")
    for _ in range(12):
        body.send_keys(Keys.TAB)
        assert opened.execute_script(style) == "solid"


def test_a_variant_is_a_page_of_its_own_and_the_way_back_works(opened: Any) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    def shown(name: str) -> bool:
        return bool(opened.find_element("id", name).is_displayed())

    assert shown("top") and not shown("variant-vae")
    opened.find_element("css selector", "#variants a[href='#variant-vae']").click()
    WebDriverWait(opened, 5).until(lambda _: shown("variant-vae"))
    assert not shown("top") and not shown("variant-ae")
    assert "Kingma & Welling 2014" in opened.find_element("id", "variant-vae").text
    opened.back()
    WebDriverWait(opened, 5).until(lambda _: shown("top"))


def test_a_failure_is_in_the_head_the_table_the_list_and_the_variants_page(opened: Any) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    assert opened.find_element("css selector", "header .failed").text == "1 failure"
    assert "n = 1 of 2" in opened.find_element("id", "scores-digits-reconstruction").text
    assert REASON in opened.find_element("id", "failures").text
    opened.execute_script("location.hash = 'variant-vae'")
    WebDriverWait(opened, 5).until(
        lambda _: opened.find_element("id", "variant-vae").is_displayed()
    )
    assert REASON in opened.find_element("id", "variant-vae").text


def test_every_number_has_an_interval_or_says_that_it_is_of_one_seed(opened: Any) -> None:
    cells = opened.execute_script(
        "return [...document.querySelectorAll('td.number[data-sort][title]')]"
        ".map(e => [e.textContent, e.title])"
    )
    assert cells
    for text, title in cells:
        assert "±" in text or "n = 1" in text
        assert "95 % interval" in title or "no interval" in title


def test_a_metric_that_fits_and_has_no_score_failed(opened: Any) -> None:
    assert "failed" in opened.find_element("id", "scores-digits-reconstruction").text


def test_equal_results_give_equal_bytes(results: dict[str, Any], page: str) -> None:
    assert rendering.render(results, Path("results/tables"), None) == page


def test_skipped_hardware_is_named(page: str) -> None:
    assert "cuda skipped: none on this machine" in page


def test_a_link_to_what_is_folded_unfolds_it(opened: Any) -> None:
    metric = opened.find_element("id", "metric-noise_error")
    assert not metric.is_displayed()
    opened.execute_script("location.hash = 'metric-noise_error'")
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(opened, 5).until(lambda _: metric.is_displayed())


def test_the_glossary_gives_every_metric_its_range_direction_and_source(opened: Any) -> None:
    script = (
        "return [...document.querySelectorAll('#glossary section.metric')].flatMap((section) =>"
        " [...section.querySelectorAll('h4')].map((h) => [h.id, section.textContent]))"
    )
    found = {name.removeprefix("metric-"): text for name, text in opened.execute_script(script)}
    assert found.keys() == registry.metrics().keys()
    for name, entry in registry.metrics().items():
        assert f"range {entry.properties['value_range']}" in found[name]
        assert "better" in found[name]
        assert entry.properties["source"] in found[name]


def test_headings_go_down_one_level_at_a_time(opened: Any) -> None:
    script = "return [...document.querySelectorAll('h1, h2, h3, h4')].map((h) => +h.tagName[1])"
    levels = opened.execute_script(script)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_every_field_and_button_has_a_name(opened: Any) -> None:
    script = (
        "return [...document.querySelectorAll('main input, main select, main button')].filter("
        "(e) => !(e.ariaLabel || e.closest('label')?.textContent.trim() || e.textContent.trim()))"
        ".length"
    )
    assert opened.execute_script(script) == 0


def test_figures_across_data_sets_are_there_with_their_groups(opened: Any) -> None:
    section = opened.find_element("id", "across")
    assert "Over all." in section.text
    assert len(section.find_elements("css selector", "img")) == 4
    assert "first is better" in section.find_element("id", "comparisons").text


def test_a_plan_without_figures_across_has_no_such_section(results: dict[str, Any]) -> None:
    del results["figures_across"]
    Path("results/tables/comparisons.csv").unlink()
    page = rendering.render(results, Path("results/tables"), None)
    assert 'href="#across"' not in page and 'id="across"' not in page


def test_each_hardware_has_decisions_of_its_own(results: dict[str, Any]) -> None:
    page = rendering.render(results | {"hardware": ["cpu", "cuda"]}, Path("results/tables"), None)
    assert "Best mean over 2 seeds on cpu." in page


def test_scores_of_samples_name_the_feature_space_and_its_accuracy(results: dict[str, Any]) -> None:
    heads = [{"name": "label", "values": 10, "accuracy": 0.964}]
    known = {"accuracy": 0.964, "heads": heads, "features": 64, "parameters": 72938}
    Path("results/classifier.json").write_text(json.dumps(known))
    page = rendering.render(
        results | {"classifiers": {"digits": "results"}}, Path("results/tables"), None
    )
    assert page.count("right on 96.4 % of test images") == 2  # with the data set, and the scores
    assert "These are not Inception’s" in page


def test_full_tables_are_in_the_page(
    opened: Any, site: Path, downloaded: Callable[[Any], str]
) -> None:
    written = (site.parent / "results/tables/scores-summary.csv").read_bytes()
    link = opened.find_element("css selector", "a[download='scores-summary.csv.gz']")
    packed = link.get_attribute("href").split("base64,")[1]
    assert gzip.decompress(base64.b64decode(packed)) == written
    assert downloaded(link).encode() == written


def test_no_picture_is_in_the_page_twice(results: dict[str, Any]) -> None:
    for place, path in enumerate(sorted(Path("results/figures").rglob("*.svg"))):
        path.write_text(path.read_text().replace("9 9", f"9 {place}"))
    page = rendering.render(results, Path("results/tables"), None)
    pictures = re.findall(r'src="(data:image[^"]*)"', page)
    assert len(pictures) == 9
    assert len(set(pictures)) == len(pictures)


@pytest.fixture
def scriptless(browser: Any, site: Path) -> Any:
    """The page in a browser that runs no scripts of pages."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get("about:blank")
    browser.get(site.as_uri())
    yield browser
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_without_scripts_everything_reads_in_sequence(scriptless: Any) -> None:
    shown = ("scores-digits-reconstruction", "costs-digits", "variant-vae", "variant-ae")
    for name in shown:
        assert scriptless.find_element("id", name).is_displayed()
    tradeoffs = scriptless.find_element("id", "tradeoffs")
    assert "takes JavaScript" in tradeoffs.text
    assert "takes JavaScript" in scriptless.find_element("id", "compare").text
    assert scriptless.find_element("id", "configuration").is_displayed()
    assert scriptless.find_element("id", "decision-digits-cpu-reconstruct").is_displayed()
    controls = "main button, main select, main input"
    assert not any(e.is_displayed() for e in scriptless.find_elements("css selector", controls))
    folded = scriptless.find_element("id", "scores-digits-robustness")
    assert not folded.is_displayed()
    folded.find_element("xpath", "ancestor::details/summary").click()
    assert folded.is_displayed()


def test_an_address_that_cannot_be_decoded_shows_the_first_page(opened: Any) -> None:
    opened.get_log("browser")
    opened.execute_script("location.hash = '#100%'")
    assert opened.find_element("id", "decisions").is_displayed()
    assert not [entry for entry in opened.get_log("browser") if entry["level"] == "SEVERE"]
