"""Tables of the report: sorted by headings, narrowed, and saved as they are shown."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

RECONSTRUCTION = "scores-digits-reconstruction"


def column(browser: Any, table: str, index: int) -> list[str]:
    """Texts of a column's cells in the rows that are shown."""
    script = (
        "return [...document.querySelectorAll(arguments[0])].filter((e) => e.offsetParent)"
        ".map((e) => e.innerText.trim())"
    )
    return list(browser.execute_script(script, f"#{table} tbody tr > :nth-child({index})"))


def tools(browser: Any, table: str) -> Any:
    """What stands above a table to work on it."""
    script = "return document.getElementById(arguments[0]).closest('.scroll').previousSibling"
    return browser.execute_script(script, table)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_clicking_a_heading_sorts_best_first_and_then_turns_round(opened: Any) -> None:
    heading = opened.find_element("css selector", f"#{RECONSTRUCTION} th[data-name='psnr']")
    button = heading.find_element("css selector", "button")
    button.click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert column(opened, RECONSTRUCTION, 1) == ["vae", "ae", "vq-vae", "pca"]
    button.click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column(opened, RECONSTRUCTION, 1) == ["pca", "vq-vae", "ae", "vae"]


def test_lower_is_better_sorts_the_lowest_first(opened: Any) -> None:
    selector = f"#{RECONSTRUCTION} th[data-name='mse'] button"
    opened.find_element("css selector", selector).click()
    assert column(opened, RECONSTRUCTION, 1) == ["vae", "ae", "vq-vae", "pca"]


def test_every_table_has_a_filter_a_file_and_sorting_headings(opened: Any) -> None:
    script = (
        "return [...document.querySelectorAll('main table:not(.decisions)')].map((t) => ["
        "t.tHead.rows[0].cells.length, t.tHead.querySelectorAll('button.sort').length,"
        "!!t.closest('.scroll').previousSibling.querySelector('input[type=search]'),"
        "!!t.closest('.scroll').previousSibling.querySelector('button.csv'), t.id])"
    )
    tables = opened.execute_script(script)
    assert len(tables) > 10
    assert len({name for *_, name in tables}) == len(tables)
    for headings, buttons, search, file, name in tables:
        assert (buttons, search, file) == (headings, True, True), name


def test_every_heading_of_numbers_sorts_its_table_both_ways(opened: Any) -> None:
    script = """
        const numbers = (table, column) => [...table.tBodies[0].rows]
          .map((row) => row.cells[column].dataset.sort)
          .filter((each) => each !== undefined).map(Number);
        const rising = (values) => values.every((value, i) => !i || values[i - 1] <= value);
        return [...document.querySelectorAll("main table button.sort")].map((button) => {
          const [heading, table] = [button.closest("th"), button.closest("table")];
          return [0, 1].map(() => {
            button.click();
            const values = numbers(table, heading.cellIndex);
            const said = heading.getAttribute("aria-sort");
            return rising(said === "ascending" ? values : values.reverse()) && said;
          });
        });
    """
    found = opened.execute_script(script)
    assert len(found) > 30
    assert all(sorted(each) == ["ascending", "descending"] for each in found)


@pytest.mark.parametrize(
    ("words", "left"),
    [("vq", ["vq-vae"]), ("VAE", ["vae", "vq-vae"]), ("of 2 vae", ["vae"]), ("nothing", [])],
)
def test_words_narrow_a_table_to_the_rows_that_have_all(
    opened: Any, words: str, left: list[str]
) -> None:
    above = tools(opened, RECONSTRUCTION)
    search = above.find_element("css selector", "input[type=search]")
    search.send_keys(words)
    assert column(opened, RECONSTRUCTION, 1) == left
    assert above.find_element("css selector", "output").text == f"{len(left)} of 4 rows"
    search.clear()
    search.send_keys(" ")
    assert len(column(opened, RECONSTRUCTION, 1)) == 4


def test_the_file_has_every_number_with_its_interval(
    opened: Any, downloaded: Callable[[Any], str]
) -> None:
    button = tools(opened, RECONSTRUCTION).find_element("css selector", "button.csv")
    rows = {row["setting"]: row for row in rows_of(downloaded(button))}
    assert list(rows) == ["ae", "pca", "vae", "vq-vae"]
    assert (rows["ae"]["psnr"], rows["ae"]["psnr half interval"]) == ("20.5", "1")
    assert (rows["vae"]["psnr"], rows["vae"]["psnr half interval"]) == ("22", "")
    assert (rows["vae"]["seeds"], rows["ae"]["mse"]) == ("1", "0.02")


def test_the_file_is_what_is_shown(opened: Any, downloaded: Callable[[Any], str]) -> None:
    above = tools(opened, RECONSTRUCTION)
    opened.find_element("css selector", f"#{RECONSTRUCTION} th[data-name='mse'] button").click()
    above.find_element("css selector", "input[type=search]").send_keys("vae")
    above.find_element("css selector", ".choice summary").click()
    boxes = above.find_elements("css selector", ".boxes label")
    next(box for box in boxes if box.text == "psnr").click()
    rows = rows_of(downloaded(above.find_element("css selector", "button.csv")))
    assert [row["setting"] for row in rows] == ["vae", "vq-vae"]
    assert "psnr" not in rows[0] and "psnr half interval" not in rows[0]
    assert rows[0]["mse"] == "0.01"


def test_a_column_goes_and_comes_back(opened: Any) -> None:
    above = tools(opened, RECONSTRUCTION)
    heading = opened.find_element("css selector", f"#{RECONSTRUCTION} th[data-name='psnr']")
    above.find_element("css selector", ".choice summary").click()
    every, none = above.find_elements("css selector", ".boxes button")
    none.click()
    assert not heading.is_displayed()
    assert column(opened, RECONSTRUCTION, 1) == ["ae", "pca", "vae", "vq-vae"]
    every.click()
    assert heading.is_displayed()


def test_the_ends_of_a_scale_stay_below_what_is_sorted_and_are_in_the_file(
    opened: Any, downloaded: Callable[[Any], str]
) -> None:
    name = "scores-digits-robustness"
    table = opened.find_element("id", name)
    table.find_element("xpath", "ancestor::details/summary").click()
    opened.find_element("css selector", f"#{name} th[data-name='noise_error'] button").click()
    ends = [row.text for row in table.find_elements("css selector", "tfoot th")]
    assert ends == ["a perfect code", "a random code"]
    rows = rows_of(downloaded(tools(opened, name).find_element("css selector", "button.csv")))
    order = ["pca", "ae", "vae", "vq-vae", "a perfect code", "a random code"]
    assert [row["setting"] for row in rows] == order
    assert [float(row["noise_error"]) for row in rows] == [0.1, 0.2, 0.3, 0.4, 0.0, 0.5]


def test_comparisons_filter_by_words_of_any_column(opened: Any) -> None:
    search = tools(opened, "comparisons").find_element("css selector", "input[type=search]")
    search.send_keys("ae pca better")
    assert len(column(opened, "comparisons", 1)) == 1
    search.send_keys(" vq")
    assert column(opened, "comparisons", 1) == []
