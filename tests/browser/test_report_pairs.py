"""Two settings side by side, and the command that makes one cell again."""

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from aebench.data import Budget
from aebench.report import rendering

ROWS = (
    "return [...document.querySelectorAll('#compare-numbers tbody tr')]"
    ".map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"
)


def choose(browser: Any, form: str, **choices: str) -> None:
    from selenium.webdriver.support.ui import Select

    for name, value in choices.items():
        Select(browser.find_element("css selector", f"{form} [name={name}]")).select_by_value(value)


def rows(browser: Any) -> dict[str, list[str]]:
    """Metric to its cells but the first, as shown."""
    return {cells[0].split()[0]: cells[1:] for cells in browser.execute_script(ROWS)}


def test_a_difference_is_of_common_seeds_with_its_interval_and_verdict(opened: Any) -> None:
    choose(opened, "#compare", first="ae", second="vq-vae")
    psnr = rows(opened)["PSNR"]
    assert psnr[:3] == ["reconstruction", "20.5 ±1", "18.5 ±1"]
    assert psnr[3:] == ["2 ±0", "ae is better"]  # 20 − 18 and 21 − 19
    choose(opened, "#compare", second="pca")
    # 6 and 7: Student's interval of two values, ± 12.706 · 0.5
    assert rows(opened)["PSNR"][3:] == ["6.5 ±6.4", "cannot tell"]


def test_lower_is_better_where_it_is_and_nothing_where_neither_is(opened: Any) -> None:
    choose(opened, "#compare", first="pca", second="ae")
    found = rows(opened)
    assert found["MSE"][3:] == ["0.03 ±0", "ae is better"]
    assert found["effective"][4] == ""


def test_a_setting_with_a_failed_seed_is_not_tested(opened: Any) -> None:
    choose(opened, "#compare", first="vae", second="ae")
    assert rows(opened)["PSNR"][1:] == ["22 n = 1 of 2", "20.5 ±1", "2", "not tested"]


def test_what_failed_for_every_seed_is_no_dash(
    results: dict[str, Any], browser: Any, tmp_path: Path
) -> None:
    for name in ("scores", "scores-summary"):
        table = Path(f"results/tables/{name}.csv")
        rows_of = table.read_text().splitlines(keepends=True)
        table.write_text("".join(r for r in rows_of if not {"pca", "mse"} <= {*r.split(",")}))
    page = tmp_path / "index.html"
    page.write_text(rendering.render(results, Path("results/tables"), None))
    browser.get(page.as_uri())
    choose(browser, "#compare", first="pca", second="ae")
    assert rows(browser)["MSE"][1:] == ["failed", "0.02 ±1", "–", ""]


def test_swapping_turns_the_sign_and_keeps_the_verdict(opened: Any) -> None:
    choose(opened, "#compare", first="ae", second="vq-vae")
    opened.find_element("css selector", "#compare [name=swap]").click()
    assert rows(opened)["PSNR"][3:] == ["−2 ±0", "ae is better"]
    assert opened.current_url.endswith(
        "#compare?dataset=digits&hardware=cpu&first=vq-vae&second=ae"
    )


def test_the_pair_comes_back_from_the_address(opened: Any) -> None:
    choose(opened, "#compare", first="vae", second="pca")
    address = opened.current_url
    opened.get("about:blank")
    opened.get(address)
    caption = opened.find_element("css selector", "#compare-numbers caption")
    assert caption.text == "vae and pca on UCI digits"


def test_pictures_of_both_stand_beside_each_other(opened: Any) -> None:
    choose(opened, "#compare", first="ae", second="pca")
    figures = opened.find_elements("css selector", "#compare .beside figure")
    assert [figure.text for figure in figures] == ["Curves, ae", "Curves, pca"]
    boxes = [figure.rect for figure in figures]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    widths = opened.execute_script(
        "return [...document.querySelectorAll('#compare .beside img')].map((e) => e.naturalWidth)"
    )
    assert widths == [900, 900]


def test_the_command_asks_for_one_cell_with_what_reaches_it(opened: Any) -> None:
    choose(opened, ".reproduce", setting="vq-vae", seed="1")
    command = opened.find_element("css selector", ".reproduce .command").text
    checkout, written, run = command.splitlines()
    assert checkout == "git checkout 0123456789ab"
    echo, text, arrow, file = shlex.split(written)
    assert (echo, arrow, file) == ("echo", ">", "cell.json")
    assert json.loads(text) == {
        "hardware": ["cpu"],
        "seeds": [0, 1],  # a metric may read other seeds' results
        "datasets": [{"digits": {}}],
        "variants": [{"vq-vae": {}}],
        "budget": {"digits": asdict(Budget(10, 2, 0.001))},
        "backbone": {},
    }
    assert shlex.split(run)[-1] == "results/cpu/digits/vq-vae/seed-1/measure/scores.json"


def test_the_command_is_copied_with_a_click(opened: Any) -> None:
    from selenium.webdriver.support.ui import WebDriverWait

    opened.execute_script(
        "navigator.clipboard.writeText = async (text) => { window.copied = text; }"
    )
    button = opened.find_element("css selector", ".reproduce [name=copy]")
    opened.execute_script("arguments[0].click()", button)
    status = opened.find_element("css selector", ".reproduce [role=status]")
    WebDriverWait(opened, 5).until(lambda _: status.text == "Copied.")
    shown = opened.find_element("css selector", ".reproduce .command").text
    assert opened.execute_script("return window.copied") == shown


def test_the_configuration_in_the_page_is_what_was_asked_for(opened: Any) -> None:
    shown = opened.find_element("css selector", "#configuration pre").text
    configuration = yaml.safe_load(shown)
    assert configuration["variants"] == [{"ae": {}}, {"pca": {}}, {"vae": {}}, {"vq-vae": {}}]
    assert configuration["budget"]["digits"]["learning_rate"] == 0.001


def test_a_cell_that_several_commits_made_has_no_commit_to_check_out(
    results: dict[str, Any], browser: Any, tmp_path: Path
) -> None:
    path = Path("results/cpu/digits/ae/seed-0/train/record.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"commit": "ba9876543210"}))
    page = tmp_path / "index.html"
    page.write_text(rendering.render(results, Path("results/tables"), None))
    browser.get(page.as_uri())
    command = browser.find_element("css selector", ".reproduce .command")
    assert command.text.startswith("echo ")
    assert "several commits" in browser.find_element("css selector", ".reproduce").text
    choose(browser, ".reproduce", seed="1")
    assert command.text.startswith("git checkout 0123456789ab\n")
