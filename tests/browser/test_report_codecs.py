"""Codecs in the report: rates in a table, pictures under a slider, a data set without training."""

import csv
import json
from contextlib import chdir
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aebench import registry
from aebench.comparison import SUMMARY
from aebench.data import Array, Budget
from aebench.files import write_json, write_tensors
from aebench.report import rendering

RNG = np.random.default_rng(0)
STEPS = {8: 4096, 16: 2048, 32: 1024}
"""Settings of the trained codec, and the bytes of its file."""
SHAPES = {"natural": (3, 32, 32), "kodak": (3, 280, 320)}
SENTENCE = "the curves' qualities overlap over 3% of their union; 25% are needed"
MACHINE = {"processor": "p", "cores": 2, "memory_gib": 4, "gpu": "none", "system": "s"}
RECORD = {"seconds": 1.0, "cpu_seconds": 1.0, "finished": 1.0, "commit": "0", "versions": {}}
RECORD |= {"status": "completed", "machine": MACHINE | {"python": "3"}}


def write_table(path: Path, columns: list[str], rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def noisy(images: Array, level: int) -> Array:
    noise = RNG.integers(-level, level + 1, images.shape)
    return np.clip(images + noise, 0, 255).astype(np.uint8)


def images_of(dataset: str) -> Array:
    """Smooth test images of a data set's shape."""
    channels, height, width = SHAPES[dataset]
    rows, columns = np.mgrid[:height, :width]
    one = 120 + 60 * np.sin(rows / 9) + 40 * np.cos(columns / 7)
    tinted = np.stack([one + 9 * c for c in range(channels)])
    return np.stack([tinted + shift for shift in (0, 10, 20)]).astype(np.uint8)


def a_dataset(dataset: str) -> list[dict[str, Any]]:
    """Writes a data set, what the classical codecs make of it, and the runs that it returns."""
    folder, images = Path("results", dataset), images_of(dataset)
    properties = registry.datasets()[dataset].properties
    description = {"name": dataset, **properties, "shape": list(SHAPES[dataset])}
    write_json(folder / "data.json", description)
    write_tensors(folder / "data.safetensors", {"test_inputs": images})
    curves: list[dict[str, Any]] = []
    pictures: dict[str, Array] = {}
    for quality, rate in ((20, 0.5), (80, 3.5)):
        about = {"codec": "jpeg", "title": "JPEG", "quality": quality, "quality_name": "quality"}
        values = {"bits_per_pixel": rate, "mean_psnr": 30.0}
        curves.append({**about, "form": "files", "lossless": False, "values": values})
        found = enumerate(noisy(images, 100 - quality))
        pictures |= {f"jpeg/files/{quality}/{n}": image for n, image in found}
    write_tensors(folder / "pictures.safetensors", pictures)
    content = {"curves": curves, "missing": {"avif": "needs it"}, "versions": {"jpeg": "libjpeg 9"}}
    write_json(folder / "codecs.json", content)
    return [a_run(dataset, step, images) for step in STEPS]


def a_run(dataset: str, step: int, images: Array) -> dict[str, Any]:
    folder = Path("results", "cpu", dataset, f"klt,step={step}")
    trained = folder / "train" if dataset == "natural" else Path("results/cpu/natural/train")
    for part, name in ((trained, "train"), (folder / "compress", "compress")):
        write_json(part / "record.json", RECORD | {"step": name})
    artefacts = {
        "coded_reconstructions": noisy(images, step),
        "file_bytes": np.array(STEPS[step] * images[:, 0].size // 4096),
        "coded_pixels": np.array(images[:, 0].size),
    }
    write_tensors(folder / "compress" / "artefacts.safetensors", artefacts)
    setting = {"variant": "klt", "setting": f"klt,step={step}", "values": {"step": step}}
    where = {"hardware": "cpu", "dataset": dataset, "seed": 0, "data": f"results/{dataset}"}
    paths = {"train": str(trained), "artefacts": {"compress": str(folder / "compress")}}
    return {**where, **setting, **paths, "scores": {}}


def finished() -> dict[str, Any]:
    """A plan of a codec trained on one data set and evaluated on two, and all that it left here."""
    runs = [run for dataset in SHAPES for run in a_dataset(dataset)]
    tables = Path("results/tables")
    score = {"group": "compression", "metric": "bits_per_pixel", "seeds": 1, "failed": 0}
    scores = [
        {**score, **{key: run[key] for key in ("hardware", "dataset", "variant", "setting")}}
        | {"mean": 1.0, "best": False, "tied": False}
        for run in runs
    ]
    write_table(tables / "scores-summary.csv", SUMMARY, scores)
    write_table(tables / "costs-summary.csv", SUMMARY, [])
    write_table(tables / "scores.csv", ["value"], [])
    write_table(tables / "costs.csv", ["value"], [])
    where = {"hardware": "cpu", "dataset": "natural", "variant": "klt", "setting": "klt,step=8"}
    failure = {**where, "seed": 0, "step": "measure", "metric": "mean_psnr", "reason": "why not"}
    write_table(tables / "failures.csv", list(failure), [failure])
    write_table(tables / "calibration.csv", ["dataset", "group", "metric", "perfect", "random"], [])
    columns = ["dataset", "hardware", "curve", "anchor", "mean", "low", "high", "seeds", "reason"]
    rates = [
        ["natural", "cpu", "klt", "jpeg", -25.0, -30.0, -20.0, 2, ""],
        ["natural", "", "webp", "jpeg", -30.5, "", "", 1, ""],
        ["natural", "", "jpeg", "webp", "", "", "", 1, SENTENCE],
    ]
    rows = [dict(zip(columns, row, strict=True)) for row in rates]
    write_table(tables / "bd-rates.csv", columns, rows)
    return {
        **{"hardware": ["cpu"], "skipped_hardware": [], "seeds": [0], "figures": []},
        "budgets": {d: asdict(Budget(10, 2, 0.1)) for d in SHAPES},
        "datasets": {dataset: f"results/{dataset}" for dataset in SHAPES},
        "codecs": {dataset: f"results/{dataset}" for dataset in SHAPES},
        "runs": runs,
    }


@pytest.fixture(scope="module")
def coded_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coded")
    with chdir(folder):
        text = rendering.render(finished(), Path("results/tables"), None)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder / "index.html"


@pytest.fixture
def coded(browser: Any, coded_site: Path) -> Any:
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get("about:blank")
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(coded_site.as_uri())
    return browser


def field(browser: Any, dataset: str, name: str) -> Any:
    script = "return document.querySelector(arguments[0]).querySelector(arguments[1])"
    return browser.execute_script(script, f"#dataset-{dataset} .slider", f"[name={name}]")


def choose(browser: Any, dataset: str, name: str, codec: str) -> None:
    from selenium.webdriver.support.ui import Select

    Select(field(browser, dataset, name)).select_by_visible_text(codec)


def divider(browser: Any, dataset: str) -> str:
    script = "return document.querySelector(arguments[0]).style.getPropertyValue('--divider')"
    return str(browser.execute_script(script, f"#dataset-{dataset} .slider"))


def pixels(browser: Any, dataset: str, part: str) -> Array:
    """What the first pane of the slider holds, uint8 (height, width, 3)."""
    script = """
        const [selector, done] = arguments;
        const source = document.querySelector(selector);
        const ready = source.decode ? source.decode() : new Promise((go) => setTimeout(go, 200));
        ready.then(() => {
          const width = source.naturalWidth ?? source.width;
          const height = source.naturalHeight ?? source.height;
          const canvas = Object.assign(document.createElement("canvas"), { width, height });
          const context = canvas.getContext("2d");
          context.drawImage(source, 0, 0);
          done([width, height, [...context.getImageData(0, 0, width, height).data]]);
        });
    """
    selector = f"#dataset-{dataset} .pane {part}"
    width, height, values = browser.execute_async_script(script, selector)
    return np.array(values, np.uint8).reshape(height, width, 4)[..., :3]


def reconstruction(site: Path, dataset: str, step: int) -> Array:
    """The first picture of a run, uint8 (height, width, 3)."""
    from safetensors.numpy import load_file

    folder = site.parent / "results" / "cpu" / dataset / f"klt,step={step}" / "compress"
    pictures = load_file(folder / "artefacts.safetensors")["coded_reconstructions"]
    first: Array = pictures[0].transpose(1, 2, 0)
    return first


def test_the_page_says_nothing_in_the_console_and_asks_for_nothing(coded: Any) -> None:
    assert coded.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in coded.get_log("performance")]
    asked = [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    assert asked
    assert all(url.startswith(("file:", "data:", "about:")) for url in asked)


def test_the_pictures_are_what_the_codec_made_at_the_middle_rate(
    coded: Any, coded_site: Path
) -> None:
    assert (pixels(coded, "natural", ".left") == images_of("natural")[0].transpose(1, 2, 0)).all()
    made = reconstruction(coded_site, "natural", 16)
    assert (pixels(coded, "natural", "img.right") == made).all()
    status = coded.find_element("css selector", "#dataset-natural .slider [role=status]")
    assert status.text == "Left: original. Right: klt (step = 16; 4 bits per pixel)."
    error = images_of("natural")[0].transpose(1, 2, 0).astype(float) - made
    psnr = 10 * np.log10(255**2 / np.mean(error**2))
    caption = coded.find_element("css selector", "#dataset-natural .slider figcaption")
    assert caption.text == f"original | {psnr:.2f} dB"


def test_the_middle_of_a_large_image_is_shown(coded: Any, coded_site: Path) -> None:
    original = images_of("kodak")[0].transpose(1, 2, 0)
    assert (pixels(coded, "kodak", ".left") == original[12:268, 32:288]).all()
    made = reconstruction(coded_site, "kodak", 16)
    assert (pixels(coded, "kodak", "img.right") == made[12:268, 32:288]).all()
    assert "middle 256 × 256 pixels" in coded.find_element("id", "dataset-kodak").text


def test_another_codec_is_chosen_for_either_side(coded: Any) -> None:
    choose(coded, "natural", "left", "JPEG")
    status = coded.find_element("css selector", "#dataset-natural .slider [role=status]")
    assert status.text.startswith("Left: JPEG (quality = 80; 3.5 bits per pixel). Right: klt")
    choose(coded, "natural", "right", "original")
    left, right = (pixels(coded, "natural", part) for part in (".left", "img.right"))
    assert (right == images_of("natural")[0].transpose(1, 2, 0)).all()
    assert (left != right).any()


def test_the_error_map_is_eight_times_the_difference(coded: Any, coded_site: Path) -> None:
    canvas = coded.find_element("css selector", "#dataset-natural .pane canvas")
    assert not canvas.is_displayed()
    coded.execute_script("arguments[0].click()", field(coded, "natural", "error"))
    assert canvas.is_displayed()
    original = images_of("natural")[0].transpose(1, 2, 0).astype(int)
    error = 8 * np.abs(original - reconstruction(coded_site, "natural", 16))
    assert error.max() > 50
    assert (pixels(coded, "natural", "canvas") == np.minimum(error, 255)).all()
    choose(coded, "natural", "right", "original")
    assert (pixels(coded, "natural", "canvas") == 0).all()


def test_the_divider_moves_by_keys_and_by_dragging(coded: Any) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    assert divider(coded, "natural") == "50%"
    field(coded, "natural", "divider").send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert divider(coded, "natural") == "52%"
    pane = coded.find_element("css selector", "#dataset-natural .pane")
    drag = ActionChains(coded).move_to_element(pane).click_and_hold()
    drag.move_by_offset(pane.size["width"] // 4, 0).release().perform()
    assert divider(coded, "natural") == "75%"
    assert divider(coded, "kodak") == "50%"
    clipped = coded.execute_script(
        "return getComputedStyle(document.querySelector('#dataset-natural img.right')).clipPath"
    )
    assert clipped == "inset(0px 0px 0px 75%)"


def test_the_table_of_rates_sorts_what_saves_most_first(coded: Any) -> None:
    heading = "#bd-rates-natural th[data-name='against JPEG'] button"
    coded.find_element("css selector", heading).click()
    script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText.trim())"
    rows = coded.execute_script(script, "#bd-rates-natural tbody tr > :first-child")
    assert rows == ["webp", "klt", "JPEG"]
    numbers = coded.execute_script(script, "#bd-rates-natural tbody tr > :nth-child(2)")
    assert numbers == ["−30.5", "−25 ±5", "–"]


def test_curves_without_a_number_say_why(coded: Any) -> None:
    cells = coded.find_elements("css selector", "#bd-rates-natural td[title]")
    reasons = {cell.text: cell.get_attribute("title") for cell in cells}
    assert reasons["no overlap"] == SENTENCE
    note = coded.find_element("xpath", "//summary[contains(., 'Why some have no number')]")
    note.click()
    item = note.find_element("xpath", "following-sibling::ul/li")
    assert item.text == f"no overlap, JPEG against webp: {SENTENCE}"


def test_an_infinite_score_is_exact_and_a_failed_one_failed(coded: Any) -> None:
    script = """
        const table = document.getElementById("scores-natural-compression");
        const column = table.querySelector("[data-name=mean_psnr]").cellIndex;
        return [...table.tBodies[0].rows].map(({ cells }) => [cells[column].textContent,
          cells[column].title]);
    """
    assert coded.execute_script(script) == [["failed", ""], ["∞", "exact"], ["∞", "exact"]]


def test_a_data_set_without_training_says_whose_models_it_sees(coded: Any) -> None:
    section = coded.find_element("id", "dataset-kodak")
    assert "evaluated with models trained on natural" in section.text
    terms = [term.text for term in section.find_elements("css selector", "dt")]
    assert "Licence" in terms
    assert not {"Network", "Budget", "Likelihood"}.intersection(terms)
    headings = [heading.text for heading in section.find_elements("css selector", "h3")]
    assert headings == ["Scores", "Costs", "Compression"]
    assert coded.find_elements("id", "costs-kodak")
    assert coded.find_elements("id", "costs-natural")
    assert "kodak (evaluated with models trained on natural)" in (
        coded.find_element("id", "origin").text
    )
    assert "Kodak" not in coded.find_element("id", "findings").text


@pytest.mark.parametrize("dataset", SHAPES)
def test_codecs_fit_a_phone(coded: Any, dataset: str) -> None:
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": False}
    coded.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    coded.execute_script("location.hash = arguments[0]", f"compression-{dataset}")
    width = coded.execute_script("return document.documentElement.scrollWidth")
    assert width <= 390
    pane = coded.find_element("css selector", f"#dataset-{dataset} .pane")
    assert 200 < pane.size["width"] <= 390


def test_every_field_of_the_slider_has_a_name(coded: Any) -> None:
    fields = coded.find_elements("css selector", ".slider input, .slider select")
    assert len(fields) == 8
    assert all(each.accessible_name for each in fields)


def test_on_paper_all_pictures_stand_in_rows(coded: Any) -> None:
    slider = coded.find_element("css selector", "#dataset-natural .slider")
    picture = coded.find_element("css selector", "#dataset-natural .coder img")
    assert slider.is_displayed() and not picture.is_displayed()
    coded.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    coded.execute_script("dispatchEvent(new Event('beforeprint'))")
    try:
        assert picture.is_displayed() and not slider.is_displayed()
    finally:
        coded.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_without_scripts_all_pictures_stand_in_rows(browser: Any, coded_site: Path) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get("about:blank")
        browser.get(coded_site.as_uri())
        pictures = browser.find_elements("css selector", "#dataset-natural .coder img")
        assert len(pictures) == 9
        assert all(picture.is_displayed() for picture in pictures)
        captions = browser.find_elements("css selector", "#dataset-natural .coder figcaption")
        assert [caption.text for caption in captions] == [
            "original",
            "klt step = 16; 4 bits per pixel",
            "JPEG quality = 80; 3.5 bits per pixel",
        ]
        assert not browser.find_element("css selector", ".slider").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
