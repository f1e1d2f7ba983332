"""Everything that can be chosen, typed or clicked, on a page of two data sets and two kinds of
hardware with verdicts and drawn figures: on a desk and on a phone.
"""

import csv
import json
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from aebench import registry
from aebench.comparison import SUMMARY
from aebench.figures import style
from aebench.ledger.judging import judge
from aebench.ledger.reading import read
from aebench.ledger.scores import Scores
from aebench.ledger.tables import as_json
from aebench.report import rendering
from tests.browser.conftest import SCORES, finished, write, write_table

WIDTHS = {"desk": 1440, "phone": 390}
PLACES = {("digits", "cpu"): 1, ("digits", "cuda"): 2, ("kmnist", "cpu"): 3, ("kmnist", "cuda"): 4}
"""Data set and hardware to what scores and costs are multiplied with there."""
VERDICTS = {"pca-has-fewer-operations": "supported", "pca-has-more-parameters": "contradicted"}
CLAIM: dict[str, Any] = {
    "paper": {"authors": "Nobody", "year": 2020, "link": "https://example.org"},
    "claim": "Nobody claimed this of a principal component analysis.",
    "seeds": 3,
    "datasets": {"digits": {"steps": 10}},
}


def in_every_place(table: Path, columns: list[str]) -> None:
    """Repeat a table of the digits on the CPU for all data sets and hardware."""
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows += [row | {"metric": "latency"} for row in rows if row["metric"] == "budget_seconds"]
    found = []
    for (dataset, hardware), number in PLACES.items():
        for row in rows:
            numbers = [key for key in ("value", "mean", "low", "high") if row.get(key)]
            more = {key: str(number * float(row[key])) for key in numbers}
            found.append(row | more | {"dataset": dataset, "hardware": hardware})
    write_table(table, columns, found)


def draw(path: Path) -> None:
    """A figure as figures are drawn and saved."""
    with style.look():
        figure = style.Page(6, 2)
        figure.add_subplot().plot([0, 1, 2], [0, 1, 4])
        style.save(figure, path)


def judged(folder: Path, plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Two claims, of which one holds, by the costs of three seeds: as if the third were there."""
    tests = [{"metric": "flops", "better": "pca", "than": "ae"}]
    tests += [{"metric": "parameters", "better": "ae", "than": "pca"}]
    claims = []
    for name, test in zip(VERDICTS, tests, strict=True):
        path = folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump({"id": name, **CLAIM, "tests": [test]}))
        claims.append(read(path))
    costs = pd.read_csv("results/tables/costs.csv")
    third = costs[costs["seed"] == 1].assign(seed=2)
    asked = plan["configuration"] | {"datasets": [{"digits": {}}]}
    own = registry.datasets()["digits"].properties["budget"] | {"steps": 10}
    plan = plan | {"configuration": asked, "budgets": {"digits": own}}
    return as_json(judge(claims, Scores(plan, pd.concat([costs, third]))))


def whole(folder: Path) -> dict[str, Any]:
    """The plan of `finished`, everywhere; its results in the working directory."""
    plan = finished()
    properties = json.loads(json.dumps(registry.datasets()["kmnist"].properties))
    write(Path("results/kmnist/data.json"), {"name": "kmnist", **properties, "shape": [1, 8, 8]})
    (Path("results/kmnist/data.safetensors")).write_bytes(
        Path("results/data/data.safetensors").read_bytes()
    )
    tables = Path("results/tables")
    for name in ("scores", "costs"):
        in_every_place(tables / f"{name}.csv", SCORES)
        in_every_place(tables / f"{name}-summary.csv", SUMMARY)
    write(tables / "claims.json", judged(folder, plan))
    for figure in Path("results/figures").rglob("*.svg"):
        draw(figure)
    runs = [
        run | {"dataset": dataset, "hardware": hardware}
        for dataset, hardware in PLACES
        for run in plan["runs"]
    ]
    budget = plan["budgets"]["digits"]
    return plan | {
        "hardware": ["cpu", "cuda"],
        "skipped_hardware": [],
        "datasets": {"digits": "results/data", "kmnist": "results/kmnist"},
        "budgets": {"digits": budget, "kmnist": budget},
        "runs": runs,
    }


@pytest.fixture(scope="module")
def whole_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    with chdir(folder):
        text = rendering.render(whole(folder), Path("results/tables"), None)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder / "index.html"


@pytest.fixture(params=WIDTHS)
def shown(browser: Any, whole_site: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The page at one width; afterwards nothing must be in the console or out of its width."""
    width = WIDTHS[request.param]
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get("about:blank")
    browser.get(whole_site.as_uri())
    browser.get_log("browser")
    yield browser
    assert browser.get_log("browser") == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


INK = """
    const done = arguments[arguments.length - 1];
    const inked = async (image) => {
      image.loading = "eager";
      await image.decode();
      const canvas = Object.assign(document.createElement("canvas"), { width: 180, height: 60 });
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0, 180, 60);
      const pixels = new Uint32Array(context.getImageData(0, 0, 180, 60).data.buffer);
      return pixels.filter((pixel) => pixel !== pixels[0]).length;
    };
    Promise.all([...document.querySelectorAll(arguments[0])].map(inked)).then(done);
"""
"""Pixels of each picture that are not as its first."""


def test_every_figure_is_there_and_shows_something(shown: Any, whole_site: Path) -> None:
    planned = len(list(whole_site.parent.glob("results/figures/**/*.svg")))
    found = shown.execute_async_script(INK, "figure img, .paper img, img.paper")
    assert len(found) >= planned > 5
    assert all(count > 50 for count in found)


def test_a_blank_figure_would_be_seen(shown: Any) -> None:
    size = "width='9' height='3'"
    ground = f"<svg xmlns='http://www.w3.org/2000/svg' {size}><rect {size} fill='%s'/></svg>"
    script = (
        "const image = new Image(); image.className = 'made'; image.src = arguments[0];"
        "document.body.append(image); image.style.width = '1px'"
    )
    for colour in ("white", "transparent"):
        shown.execute_script(script, "data:image/svg+xml," + (ground % colour))
    assert shown.execute_async_script(INK, "img.made") == [0, 0]
    shown.execute_script("document.querySelectorAll('img.made').forEach((each) => each.remove())")


def test_every_choice_of_every_field_can_be_made(shown: Any) -> None:
    script = """
        const seen = [];
        for (const form of new Set([...document.querySelectorAll("select")].map((s) => s.form))) {
          for (const { name } of form.querySelectorAll("select")) {
            const count = form.elements[name].options.length;
            for (let place = 0; place < count; place += 1) {
              const field = form.elements[name];
              if (place >= field.options.length) break;
              field.selectedIndex = place;
              field.dispatchEvent(new Event("input", { bubbles: true }));
              field.dispatchEvent(new Event("change", { bubbles: true }));
            }
            seen.push([form.closest("section").id, name, count]);
          }
        }
        return seen;
    """
    found = {(section, name): count for section, name, count in shown.execute_script(script)}
    for section in ("tradeoffs", "compare"):
        assert found[section, "dataset"] == found[section, "hardware"] == 2
    assert found["tradeoffs", "family"] > 2 and found["tradeoffs", "limit"] > 2


def test_data_set_and_hardware_decide_what_the_plot_shows(shown: Any) -> None:
    script = """
        const form = document.querySelector("#tradeoffs form");
        form.elements.x.value = "flops"; form.elements.y.value = "mse";
        for (const name of ["dataset", "hardware"]) {
          form.elements[name].value = arguments[0][name];
          form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
          form.elements[name].dispatchEvent(new Event("change", { bubbles: true }));
        }
        return [...document.querySelectorAll("#tradeoff-numbers tbody tr")]
          .map((row) => [...row.cells].slice(0, 3).map((cell) => cell.textContent));
    """
    for (dataset, hardware), number in PLACES.items():
        rows = shown.execute_script(script, {"dataset": dataset, "hardware": hardware})
        of_ae = next(row for row in rows if row[0] == "ae")
        assert of_ae[1].startswith(f"{20 * number}") and of_ae[2].startswith(f"{0.02 * number:g}")


def test_data_set_and_hardware_decide_what_is_compared(shown: Any) -> None:
    script = """
        const form = document.querySelector("#compare form");
        for (const [name, value] of Object.entries(arguments[0])) {
          form.elements[name].value = value;
          form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
          form.elements[name].dispatchEvent(new Event("change", { bubbles: true }));
        }
        return [...document.querySelectorAll("#compare-numbers tbody tr")]
          .map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
    """
    for (dataset, hardware), number in PLACES.items():
        asked = {"dataset": dataset, "hardware": hardware, "first": "ae", "second": "vq-vae"}
        rows = {cells[0].split()[0]: cells for cells in shown.execute_script(script, asked)}
        assert rows["PSNR"][4].startswith(f"{2 * number}")


def test_every_table_sorts_by_numbers_and_by_words(shown: Any) -> None:
    script = """
        const key = (cell) => cell.dataset.sort !== undefined
          ? Number(cell.dataset.sort) : cell.textContent.trim().toLowerCase();
        return [...document.querySelectorAll("main table button.sort")].map((button) => {
          const [heading, table] = [button.closest("th"), button.closest("table")];
          const column = () => [...table.tBodies[0].rows]
            .filter((row) => !row.hidden).map((row) => row.cells[heading.cellIndex]);
          const orders = [0, 1].map(() => {
            button.click();
            return [heading.getAttribute("aria-sort"), column().map(key)];
          });
          return [table.id, heading.cellIndex, orders];
        });
    """
    found = shown.execute_script(script)
    assert {"claims-table", "devices-digits", "comparisons"} <= {table for table, *_ in found}
    words = 0
    for table, column, orders in found:
        assert sorted(said for said, _ in orders) == ["ascending", "descending"], table
        for said, values in orders:
            numbers = [value for value in values if isinstance(value, int | float)]
            assert numbers == sorted(numbers, reverse=said == "descending"), (table, column)
        texts = [value for value in orders[0][1] if isinstance(value, str)]
        words += len(set(texts)) > 1 and len(texts) == len(orders[0][1])
        if len(texts) == len(orders[0][1]):
            assert orders[1][1] == orders[0][1][::-1] or len(set(texts)) < len(texts), table
    assert words > 5


def test_every_filter_leaves_the_rows_that_have_its_words(shown: Any) -> None:
    script = """
        return [...document.querySelectorAll(".tools input[type=search]")].map((search) => {
          const table = search.closest(".tools").nextElementSibling.querySelector("table");
          const rows = [...table.tBodies[0].rows];
          if (!rows.length) return [table.id, 0, 0, 0, 0, 0];
          const type = (text) => {
            search.value = text;
            search.dispatchEvent(new Event("input", { bubbles: true }));
            return rows.filter((row) => !row.hidden).length;
          };
          const word = rows[0].cells[0].textContent.trim().split(/\\s+/)[0];
          const having = rows.filter((r) => r.textContent.toLowerCase()
            .includes(word.toLowerCase())).length;
          return [table.id, rows.length, type("no row has this"), type(word), having, type("")];
        });
    """
    found = shown.execute_script(script)
    assert len(found) > 10
    for table, rows, none, some, having, again in found:
        assert (none, some, again) == (0, having, rows), table


def test_the_ledger_shows_verdicts_with_their_evidence(shown: Any) -> None:
    text = "return document.querySelector(arguments[0]).textContent.replace(/\\s+/g, ' ').trim()"
    for claim, verdict in VERDICTS.items():
        row = shown.execute_script(text, f"#claim-{claim}")
        assert row.startswith(verdict) and "pca" in row and "digits" in row
    assert "d = ∞" in shown.execute_script(text, "#claim-pca-has-fewer-operations")
    assert "d = −∞" in shown.execute_script(text, "#claim-pca-has-more-parameters")


def test_both_kinds_of_hardware_stand_beside_each_other(shown: Any) -> None:
    script = (
        "return [...document.querySelectorAll('#devices-kmnist tbody tr')]"
        ".map((row) => row.textContent.replace(/\\s+/g, ' ').trim())"
    )
    rows = shown.execute_script(script)
    assert len(rows) == 4 and all("PSNR" in row for row in rows)


def test_printing_unfolds_the_evidence_and_folds_it_again(shown: Any) -> None:
    opened = "return [...document.querySelectorAll('main details')].filter((d) => d.open).length"
    folded = "return document.querySelectorAll('main details:not(.choice)').length"
    before, count = shown.execute_script(opened), shown.execute_script(folded)
    shown.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert shown.execute_script(opened) == count > before
    shown.execute_script("dispatchEvent(new Event('afterprint'))")
    assert shown.execute_script(opened) == before
