"""A report of four settings on the digits, and a headless browser that opens it."""

import csv
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aebench import registry
from aebench.comparison import SUMMARY
from aebench.data import Budget
from aebench.files import write_tensors
from aebench.report import rendering

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars "
    "--disable-background-networking --disable-component-update --disable-sync"
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300">'
    '<path d="M0 0L9 9" stroke="#000"/></svg>'
)
REASON = "FloatingPointError: the loss is <nan>"
PSNR = {"ae": (20.0, 21.0), "pca": (14.0, 14.0), "vae": (22.0, None), "vq-vae": (18.0, 19.0)}
PAIR = {
    "hardware": "cpu",
    "metric": "psnr",
    "first": "ae",
    "second": "pca",
    "p_value": 0.0312,
    "adjusted_p_value": 0.0417,
    "rank_biserial": 1.0,
    "improvement": 1.0,
    "improvement_low": 0.8,
    "improvement_high": 1.0,
    "verdict": "first is better",
}
SCORES = [
    *("hardware", "dataset", "variant", "setting", "seed", "group", "metric"),
    *("value", "step", "reason"),
]
MEANS = {
    # metric: (group, mean of each setting above)
    "mse": ("reconstruction", (0.02, 0.05, 0.01, 0.03)),
    "knn_accuracy": ("representation", (0.7, 0.9, 0.95, 0.8)),
    "effective_rank": ("representation", (3.0, 8.0, 5.0, 6.0)),
    "noise_error": ("robustness", (0.2, 0.1, 0.3, 0.4)),
}
MOVING = {"ae": (0, 1), "pca": (1, 0)}
COSTS = {
    "flops": ("cost", (20.0, 1.0, 40.0, 30.0)),
    "parameters": ("cost", (100.0, 10.0, 300.0, 1000.0)),
    "budget_seconds": ("cost", (2.0, 0.1, 3.0, 1.0)),
}


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


def moving(setting: str) -> dict[str, Any]:
    """What moves along a setting's code: of two settings, three numbers and two ways, whose four
    frames are 0, 1, 2 and 3 thirds of white, and the other way round.
    """
    if setting not in MOVING:
        return {"codes": np.zeros((4, 3))}
    thirds = np.linspace(*MOVING[setting], 4)[:, None, None, None] * np.ones((1, 8, 8))
    return {
        "traversed": np.arange(3),
        "traversals": np.broadcast_to(thirds, (1, 3, *thirds.shape)),
        "interpolations": np.broadcast_to(thirds, (2, *thirds.shape)),
    }


def a_run(setting: str, seed: int) -> dict[str, Any]:
    folder = f"results/cpu/digits/{setting}/seed-{seed}"
    failed = PSNR[setting][seed] is None
    for step in ("train", "encode", "measure"):
        write(Path(folder, step, "record.json"), record(step, failed))
    write_tensors(Path(folder, "encode/artefacts.safetensors"), moving(setting))
    return {
        "hardware": "cpu",
        "dataset": "digits",
        "variant": setting,
        "setting": setting,
        "values": {},
        "seed": seed,
        "data": "results/data",
        "train": f"{folder}/train",
        "artefacts": {"encode": f"{folder}/encode"},
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


def by_seed(summary: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of a score for each seed, of which the last fails where one did."""
    for row in summary:
        known = PSNR[row["setting"]] if row["metric"] == "psnr" else (row["mean"], row["mean"])
        for seed, value in enumerate(known[: row["seeds"]]):
            yield {key: row[key] for key in SCORES if key in row} | {"seed": seed, "value": value}


def finished() -> dict[str, Any]:
    """A plan of four settings with two seeds, one of which failed, and everything it left here."""
    data = json.loads(json.dumps(registry.datasets()["digits"].properties))
    write(Path("results/data/data.json"), {"name": "digits", **data})
    write_tensors(Path("results/data/data.safetensors"), {"test_inputs": np.zeros((4, 1, 8, 8))})
    folder = Path("results/figures/digits/curves")
    write(folder / "all.pdf", "%PDF-1.4")
    for name in ("all", *PSNR):
        write(folder / f"{name}.svg", SVG)
    texts = {"title": "Curves", "caption": "What is shown.", "variants": list(PSNR)}
    write(folder / "figure.json", {"name": "curves", "dataset": "digits", **texts})
    tables = Path("results/tables")
    standing = {"ae": (1, "", True), "pca": (3, 0.01, False), "vae": (4, "", False)}
    scores: list[dict[str, Any]] = []
    costs: list[dict[str, Any]] = []
    for place, (name, seeds) in enumerate(PSNR.items()):
        values = [value for value in seeds if value is not None]
        rank, p_value, best = standing.get(name, (2, 0.02, False))
        more = {"rank": rank, "p_value": p_value, "best": best, "tied": False}
        scores.append(a_score(name, "psnr", "reconstruction", values, **more))
        for table, means in ((scores, MEANS), (costs, COSTS)):
            for metric, (group, of_settings) in means.items():
                same = [of_settings[place]] * len(values)
                table.append(a_score(name, metric, group, same, **more))
    for name, summary in (("scores", scores), ("costs", costs)):
        write_table(tables / f"{name}-summary.csv", SUMMARY, summary)
        write_table(tables / f"{name}.csv", SCORES, list(by_seed(summary)))
    where = {"hardware": "cpu", "dataset": "digits", "variant": "vae", "setting": "vae", "seed": 1}
    failure = {**where, "step": "train", "metric": "", "reason": REASON}
    for name in ("critical-difference", "rank-heat-map"):
        across = Path("results/figures/all") / name
        write(across / "all.svg", SVG)
        shown = {"title": name, "caption": "Over all.", "variants": [], "groups": ["cost"]}
        write(across / "figure.json", {"name": name, "dataset": "all", **shown})
        write(across / "cost.svg", SVG)
    write_table(tables / "comparisons.csv", list(PAIR), [PAIR])
    ends = {"dataset": "digits", "group": "robustness", "metric": "noise_error"}
    write_table(
        tables / "calibration.csv",
        [*ends, "perfect", "random"],
        [{**ends, "perfect": 0.0, "random": 0.5}],
    )
    write_table(tables / "failures.csv", list(failure), [failure])
    budget = asdict(Budget(10, 2, 0.001))
    return {
        "hardware": ["cpu"],
        "skipped_hardware": ["cuda"],
        "configuration": {
            "hardware": ["cpu"],
            "seeds": [0, 1],
            "datasets": [{"digits": {}}],
            "variants": [{setting: {}} for setting in PSNR],
            "budget": {"digits": budget},
            "backbone": {},
        },
        "seeds": [0, 1],
        "budgets": {"digits": budget},
        "datasets": {"digits": "results/data"},
        "figures_across": [
            {"figure": name, "folder": f"results/figures/all/{name}"}
            for name in ("critical-difference", "rank-heat-map")
        ],
        "figures": [{"dataset": "digits", "figure": "curves", "folder": str(folder)}],
        "runs": [a_run(setting, seed) for setting in PSNR for seed in (0, 1)],
    }


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What `finished` leaves, in the working directory of one test, to be changed."""
    monkeypatch.chdir(tmp_path)
    return finished()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as a file, with the results it was made of beside it."""
    folder = tmp_path_factory.mktemp("site")
    with chdir(folder):
        text = rendering.render(finished(), Path("results/tables"), None)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder / "index.html"


@pytest.fixture(scope="session")
def page(site: Path) -> str:
    return site.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
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
def downloaded(opened: Any) -> Callable[[Any], str]:
    """Click, and read the file that the page makes of it."""

    def text(link: Any) -> str:
        opened.execute_script(
            "window.saved = null; const old = URL.createObjectURL;"
            "URL.createObjectURL = (blob) => { window.saved = blob; return old(blob); }"
        )
        opened.execute_script("arguments[0].click()", link)
        script = (
            "const [done] = arguments; const wait = () => window.saved"
            " ? window.saved.text().then(done) : setTimeout(wait, 20); wait();"
        )
        return str(opened.execute_async_script(script))

    return text


@pytest.fixture
def opened(browser: Any, site: Path) -> Any:
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.get("about:blank")  # the same address again would not load anew
    browser.get(site.as_uri())
    return browser
