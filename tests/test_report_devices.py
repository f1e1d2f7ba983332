"""CPU beside CUDA: seed by seed, only what both measured, and doubt where there is some."""

import csv
import math
from pathlib import Path

import pytest

from aebench.report import devices
from aebench.report.pairs import Values, read_values

COLUMNS = ["hardware", "dataset", "variant", "setting", "seed", "group", "metric", "value"]


def tables(folder: Path, scores: dict[tuple[str, str], list[float | str]]) -> Values:
    """What is read from tables of one setting's scores by (hardware, metric), seed by seed."""
    for name in ("costs", "scores"):
        with (folder / f"{name}.csv").open("w") as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            for (kind, metric), values in scores.items():
                if (metric in devices.COSTS) == (name == "costs"):
                    for seed, value in enumerate(values):
                        rows.writerow([kind, "digits", "vae", "vae", seed, "", metric, value])
    return read_values(folder)


def plan(*kinds: str) -> devices.Content:
    """A plan of one setting."""
    return {"hardware": kinds, "runs": [{"dataset": "digits", "setting": "vae"}]}


def test_with_one_kind_of_hardware_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert devices.section(plan("cpu"), {}) == []


def test_speed_up_is_how_many_times_better_the_gpu_is(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            ("cpu", "train_throughput"): [100.0, 200.0],
            ("cuda", "train_throughput"): [1000.0, 2000.0],
            ("cpu", "latency"): [4.0, 4.0],
            ("cuda", "latency"): [2.0, 2.0],
        },
    )
    [row] = devices.section(plan("cpu", "cuda"), found)
    throughput, latency = row["costs"]
    assert throughput.gain.mean == pytest.approx(10)
    assert latency.gain.mean == pytest.approx(2)


def test_scores_are_compared_seed_by_seed(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            ("cpu", "latency"): [1.0, 1.0, 1.0],
            ("cuda", "latency"): [1.0, 1.0, 1.0],
            ("cpu", "psnr"): [10.0, 20.0, 30.0],
            ("cuda", "psnr"): [10.1, 20.2, 30.15],
            ("cpu", "mig"): [0.1, 0.2, 0.3],
            ("cuda", "mig"): [0.2, 0.1, 0.3],
        },
    )
    [row] = devices.section(plan("cpu", "cuda"), found)
    differs = {pair.metric: pair.differs for pair in row["scores"]}
    assert differs == {"psnr": True, "mig": False}


def test_what_was_not_measured_is_no_number(tmp_path: Path) -> None:
    found = tables(tmp_path, {("cpu", "latency"): [1.0], ("cuda", "train_energy"): [3.0]})
    [row] = devices.section(plan("cpu", "cuda"), found)
    latency, energy = row["costs"]
    assert math.isnan(latency.cuda) and math.isnan(energy.cpu)
    assert math.isnan(latency.gain.mean)


def test_a_seed_that_failed_on_one_kind_is_left_out(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            ("cpu", "latency"): [1.0, 2.0],
            ("cuda", "latency"): [1.0, 1.0],
            ("cpu", "psnr"): [10.0, 20.0],
            ("cuda", "psnr"): ["", 20.0],
        },
    )
    [row] = devices.section(plan("cpu", "cuda"), found)
    [psnr] = row["scores"]
    assert psnr.difference.mean == 0 and math.isnan(psnr.difference.low)
    assert psnr.cpu == psnr.cuda == 20 and not psnr.differs


def test_what_rounding_leaves_is_no_difference() -> None:
    cpu = {0: 20.0, 1: 21.0, 2: 22.5}
    apart = devices.pair("psnr", cpu, {seed: value + 1.1e-6 for seed, value in cpu.items()})
    assert apart.difference.low > 0 and apart.rounding and not apart.differs
    more = devices.pair("psnr", cpu, {seed: value + 1e-3 for seed, value in cpu.items()})
    assert more.differs and not more.rounding


def test_no_end_of_a_ratios_interval_is_below_zero() -> None:
    gain = devices.pair("latency", {0: 1.0, 1: 9.0}, {0: 1.0, 1: 1.0}).gain
    assert gain.mean == pytest.approx(3) and 0 < gain.low < 1 < gain.high


@pytest.mark.parametrize("metric", ["psnr", ""])
def test_what_failed_on_one_kind_is_said(tmp_path: Path, metric: str) -> None:
    found = tables(tmp_path, {("cpu", "latency"): [1.0], ("cpu", "psnr"): [20.0]})
    failure = {"dataset": "digits", "setting": "vae", "hardware": "cuda", "metric": metric}
    [row] = devices.section(plan("cpu", "cuda"), found, [failure])
    [psnr] = row["scores"]
    assert psnr.failed == ["cuda"] and math.isnan(psnr.cuda)
    assert row["costs"][0].failed == ([] if metric else ["cuda"])
