"""A finished run of two settings on the digits under three seeds, with numbers of our choice."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from aebench import comparison, registry
from aebench.data import Budget
from aebench.files import write_json, write_text
from aebench.provenance import RECORD
from aebench.results import runs

Content = dict[str, Any]
Values = dict[str, list[float | None]]
"""PSNR of each seed, by setting; none where the run failed."""

PSNR: Values = {"ae": [20.0, 21.0, 22.0], "vae": [18.0, None, 19.0]}
MACHINE = {
    "processor": "Test processor",
    "cores": 2,
    "memory_gib": 4,
    "gpu": "none",
    "system": "Linux",
    "python": "3.11",
}


def record(commit: str, finished: float, failed: bool) -> Content:
    return {
        "step": "measure",
        "status": "failed" if failed else "completed",
        "reason": "FloatingPointError: the loss is <nan>" if failed else None,
        "failed_step": "train" if failed else None,
        "seconds": 2.0,
        "cpu_seconds": 1.5,
        "finished": finished,
        "commit": commit,
        "versions": {"torch": "2.0", "snakemake": "9.20.0"},
        "machine": MACHINE,
    }


def a_run(setting: str, seed: int, psnr: float | None, commit: str, finished: float) -> Content:
    folder = Path(f"results/cpu/digits/{setting}/seed-{seed}")
    for step in ("train", "encode", "reconstruction"):
        write_json(folder / step / RECORD, record(commit, finished, psnr is None))
    values = {} if psnr is None else {"values": {"psnr": psnr}, "failures": {"ssim": "too small"}}
    write_json(folder / "reconstruction/scores.json", values)
    return {
        "hardware": "cpu",
        "dataset": "digits",
        "variant": setting,
        "setting": setting,
        "values": {"latent_dimension": 8},
        "seed": seed,
        "data": "results/data",
        "train": f"{folder}/train",
        "artefacts": {"encode": f"{folder}/encode"},
        "scores": {"reconstruction": f"{folder}/reconstruction"},
    }


def finish(
    psnr: Values = PSNR, commit: str = "0123456789ab", finished: float = 1_700_000_000.0
) -> Content:
    """Leave a run's results in the working directory; returns its plan."""
    properties = registry.datasets()["digits"].properties
    write_json(Path("results/data/data.json"), {"name": "digits", **properties})
    figure = Path("results/figures/digits/curves")
    for name in ("all.svg", "all.pdf", "all.csv", "vae.svg"):
        write_text(figure / name, name)
    plan: Content = {
        "hardware": ["cpu"],
        "skipped_hardware": [],
        "seeds": [0, 1, 2],
        "budgets": {"digits": asdict(Budget(10, 2, 0.001))},
        "datasets": {"digits": "results/data"},
        "figures": [{"dataset": "digits", "figure": "curves", "folder": str(figure)}],
        "figures_across": [],
        "runs": [
            a_run(setting, seed, value, commit, finished)
            for setting, values in psnr.items()
            for seed, value in enumerate(values)
        ],
    }
    comparison.write(Path("results/tables"), runs(plan))
    write_text(Path("results/report/index.html"), f"<title>report of {commit}</title>")
    return plan
