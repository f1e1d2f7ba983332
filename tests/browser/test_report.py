"""The report as a reader meets it: in a browser, on a desk and on a phone."""

import csv
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aebench import registry
from aebench.comparison import SUMMARY
from aebench.report import rendering

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
    "--disable-background-networking --disable-component-update --disable-sync"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300"><path d="M0 0L9 9"/></svg>'
REASON = "FloatingPointError: the loss is <nan>"
PSNR = {"ae": (20.0, 21.0), "pca": (14.0, 14.0), "vae": (22.0, None)}


def write(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def write_table(path: Path, columns: list[str], rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def record(step: str, failed: bool) -> dict[str, Any]:
    return {
        "step": step,
        "status": "failed" if failed else "completed",
        "seconds": 2.0,
        "cpu_seconds": 1.5,
        "finished": 1_700_000_000.0,
        "commit": "0123456789ab",
        "versions": {"torch": "2.0", "numpy": "2.0"},
        "machine": {
            "processor": "Test processor",
            "cores": 2,
            "memory_gib": 4,
            "gpu": "none",
            "system": "Linux",
            "python": "3.11",
        },
    }


def a_run(setting: str, seed: int) -> dict[str, Any]:
    folder = f"results/cpu/digits/{setting}/seed-{seed}"
    failed = PSNR[setting][seed] is None
    for step in ("train", "encode", "measure"):
        write(Path(folder, step, "record.json"), record(step, failed))
    return {
        "hardware": "cpu",
        "dataset": "digits",
        "variant": setting,
        "setting": setting,
        "values": {},
        "seed": seed,
        "train": f"{folder}/train",
        "encode": f"{folder}/encode",
        "scores": {"reconstruction": f"{folder}/measure"},
    }


def a_score(
    setting: str, metric: str, group: str, values: list[float], **more: Any
) -> dict[str, Any]:
    mean = sum(values) / len(values)
    where = {"hardware": "cpu", "dataset": "digits", "variant": setting, "setting": setting}
    several = len(values) > 1
    interval = {
        "mean": mean,
        "low": mean - 1 if several else "",
        "high": mean + 1 if several else "",
    }
    counts = {"seeds": len(values), "failed": 2 - len(values)}
    return {**where, "group": group, "metric": metric, **interval, **counts, **more}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A plan of three settings with two seeds, one of which failed, and everything it left."""
    monkeypatch.chdir(tmp_path)
    data = json.loads(json.dumps(registry.datasets()["digits"].properties))
    write(Path("results/data/data.json"), {"name": "digits", **data})
    folder = Path("results/figures/digits/curves")
    write(folder / "all.pdf", "%PDF-1.4")
    for name in ("all", *PSNR):
        write(folder / f"{name}.svg", SVG)
    texts = {"title": "Curves", "caption": "What is shown.", "variants": list(PSNR)}
    write(folder / "figure.json", {"name": "curves", "dataset": "digits", **texts})
    tables = Path("results/tables")
    standing = {"ae": (1, "", True), "pca": (2, 0.01, False), "vae": (3, "", False)}
    scores, costs = [], []
    for name, seeds in PSNR.items():
        values = [value for value in seeds if value is not None]
        rank, p_value, best = standing[name]
        more = {"rank": rank, "p_value": p_value, "best": best, "tied": False}
        scores.append(a_score(name, "psnr", "reconstruction", values, **more))
        costs.append(a_score(name, "parameters", "cost", [100.0 * rank] * len(values), **more))
    write_table(tables / "scores-summary.csv", SUMMARY, scores)
    write_table(tables / "costs-summary.csv", SUMMARY, costs)
    where = {"hardware": "cpu", "dataset": "digits", "variant": "vae", "setting": "vae", "seed": 1}
    failure = {**where, "step": "train", "metric": "", "reason": REASON}
    write_table(tables / "failures.csv", list(failure), [failure])
    return {
        "hardware": ["cpu"],
        "skipped_hardware": ["cuda"],
        "seeds": [0, 1],
        "budgets": {"digits": {"steps": 10, "batch_size": 2, "learning_rate": 0.001}},
        "datasets": {"digits": "results/data"},
        "figures": [{"dataset": "digits", "figure": "curves", "folder": str(folder)}],
        "runs": [a_run(setting, seed) for setting in PSNR for seed in (0, 1)],
    }


@pytest.fixture
def page(results: dict[str, Any]) -> str:
    return rendering.render(results, Path("results/tables"), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not (shutil.which(CHROMIUM) and shutil.which(DRIVER)):
        missing = f"needs {CHROMIUM} and {DRIVER}"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, Service(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture
def opened(browser: Any, page: str, tmp_path: Path) -> Any:
    path = tmp_path / "index.html"
    path.write_text(page, encoding="utf-8")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get(path.as_uri())
    return browser


def column(browser: Any, table: str, index: int) -> list[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.trim())"
    return list(browser.execute_script(script, f"#{table} tbody tr > :nth-child({index})"))


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
    outside = [(tag, url) for tag, url in addresses if not url.startswith(("#", "data:"))]
    assert outside
    assert all(tag == "a" and url.startswith("https://") for tag, url in outside)


def test_every_link_inside_has_a_target(page: str) -> None:
    targets = set(re.findall(r'\sid="([^"]*)"', page))
    assert set(re.findall(r'href="#([^"]*)"', page)) <= targets


@pytest.mark.parametrize("address", ["", "#variant-vae", "#glossary"])
def test_page_does_not_scroll_sideways_on_a_phone(opened: Any, address: str) -> None:
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    opened.execute_script("location.hash = arguments[0]", address)
    width, inner = opened.execute_script(
        "return [document.documentElement.scrollWidth, innerWidth]"
    )
    assert inner == 390
    assert width <= inner


def test_clicking_a_heading_sorts_best_first_and_then_turns_round(opened: Any) -> None:
    headings = opened.find_elements("css selector", "#scores-digits th[data-column]")
    heading = next(each for each in headings if "PSNR" in each.text)
    button = heading.find_element("css selector", "button")
    button.click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(opened, "scores-digits", 1) == ["vae", "ae", "pca"]
    button.click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column(opened, "scores-digits", 1) == ["pca", "ae", "vae"]


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
    assert opened.find_element("css selector", ".tiles .alarm dd").text == "1"
    assert "n = 1 of 2" in opened.find_element("id", "scores-digits").text
    assert REASON in opened.find_element("id", "failures").text
    opened.execute_script("location.hash = 'variant-vae'; show()")
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
    assert "failed" in opened.find_element("id", "scores-digits").text


def test_equal_results_give_equal_bytes(results: dict[str, Any], page: str) -> None:
    assert rendering.render(results, Path("results/tables"), None) == page


def test_skipped_hardware_is_named(page: str) -> None:
    assert "cuda skipped: none on this machine" in page
