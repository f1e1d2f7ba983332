"""The index of published reports in a browser: on a desk, on a phone, by night."""

import json
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from aebench.publishing.site import publish
from tests.publishing.runs import finish

PARTS = Path("results/tables"), Path("results/report"), Path("results/site")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two reports: PSNR rose by 10 dB from the first to the second."""
    place = tmp_path_factory.mktemp("site")
    with chdir(place):
        for psnr, commit, when in ((10.0, "aaaaaaaaaaaa", 1e9), (20.0, "bbbbbbbbbbbb", 2e9)):
            values: list[float | None] = [psnr, psnr + 0.1, psnr + 0.2]
            publish(finish({"ae": values}, commit, when), *PARTS)
    return place / "results/site/index.html"


@pytest.fixture
def shown(browser: Any, index: Path) -> Iterator[Any]:
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get_log("performance")
    browser.get(index.as_uri())
    yield browser
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_newest_report_is_open_and_says_how_its_numbers_moved(shown: Any) -> None:
    first, second = shown.find_elements("css selector", "details")
    assert first.get_attribute("open") and not second.get_attribute("open")
    assert [part.find_element("css selector", "code").text for part in (first, second)] == [
        "bbbbbbbbbbbb",
        "aaaaaaaaaaaa",
    ]
    cells = [cell.text for cell in first.find_elements("css selector", "tbody td")]
    assert cells[0].startswith("PSNR") and cells[-1] == "better"
    assert cells[-2].startswith("+10") and cells[-3].endswith("aaaaaaaaaaaa")


def test_every_link_leads_to_a_file_or_a_place_of_the_page(shown: Any) -> None:
    links = [a.get_attribute("href") for a in shown.find_elements("css selector", "a")]
    assert len(links) > 6
    for link in links:
        path, _, place = link.removeprefix("file://").partition("#")
        assert Path(path).is_file()
        assert not place or shown.find_elements("css selector", f"[id='{place}']")


def test_the_index_asks_the_network_for_nothing(shown: Any) -> None:
    messages = [json.loads(entry["message"])["message"] for entry in shown.get_log("performance")]
    asked = [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    assert asked and all(url.startswith(("file:", "data:")) for url in asked)


def test_on_a_phone_only_tables_scroll_sideways(shown: Any) -> None:
    size = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}
    shown.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    width = shown.execute_script("return document.documentElement.scrollWidth")
    assert width <= 360


def test_the_theme_is_the_readers(shown: Any) -> None:
    grounds = []
    for theme in ("light", "dark"):
        media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
        shown.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        script = "return getComputedStyle(document.body).backgroundColor"
        grounds.append(shown.execute_script(script))
    assert grounds[1] == "rgb(20, 23, 27)" != grounds[0]
