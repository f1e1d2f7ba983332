"""Energy is a difference of counters that wrap, or plainly not measured."""

from pathlib import Path

import pytest

from aebench import energy


def package(folder: Path, name: str, microjoules: int, most: int = 1000) -> None:
    """Write what Linux shows of one counter."""
    counter = folder / name
    counter.mkdir(exist_ok=True)
    (counter / "name").write_text(f"package-{name[-1]}\n")
    (counter / "energy_uj").write_text(f"{microjoules}\n")
    (counter / "max_energy_range_uj").write_text(f"{most}\n")


def test_energy_is_the_sum_over_packages(tmp_path: Path) -> None:
    package(tmp_path, "intel-rapl:0", 100)
    package(tmp_path, "intel-rapl:1", 200)
    before = energy.reading("cpu", tmp_path)
    package(tmp_path, "intel-rapl:0", 400)
    package(tmp_path, "intel-rapl:1", 250)
    after = energy.reading("cpu", tmp_path)
    assert energy.joules(before, after) == pytest.approx(350e-6)


def test_a_counter_that_started_again_goes_on_from_its_range(tmp_path: Path) -> None:
    package(tmp_path, "intel-rapl:0", 900)
    before = energy.reading("cpu", tmp_path)
    package(tmp_path, "intel-rapl:0", 50)
    assert energy.joules(before, energy.reading("cpu", tmp_path)) == pytest.approx(150e-6)


def test_what_is_in_a_package_or_around_it_is_not_counted_twice(tmp_path: Path) -> None:
    package(tmp_path, "intel-rapl:0", 100)
    for other, name in (("intel-rapl:0:0", "core"), ("intel-rapl:1", "psys")):
        package(tmp_path, other, 70)
        (tmp_path / other / "name").write_text(f"{name}\n")
    assert list(energy.reading("cpu", tmp_path)) == ["intel-rapl:0"]


def test_without_counters_energy_is_not_measured(tmp_path: Path) -> None:
    nothing = energy.reading("cpu", tmp_path)
    assert energy.joules(nothing, nothing) is None
    assert energy.described(tmp_path) == energy.NOT_MEASURED


def test_with_a_gpu_energy_is_both_or_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(energy, "_of_gpu", lambda: {"gpu": (1.0, float("inf"))})
    assert energy.reading("cuda", tmp_path) == {}
    package(tmp_path, "intel-rapl:0", 100)
    assert set(energy.reading("cuda", tmp_path)) == {"intel-rapl:0", "gpu"}
    monkeypatch.setattr(energy, "_of_gpu", dict)
    assert energy.reading("cuda", tmp_path) == {}


def test_a_machine_with_counters_says_which(tmp_path: Path) -> None:
    package(tmp_path, "intel-rapl:0", 100)
    assert energy.described(tmp_path) == "RAPL: package-0"
