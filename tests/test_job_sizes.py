"""What jobs ask for follows what finished jobs took."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from aebench.files import write_json, write_tensors
from aebench.job_sizes import UNMEASURED, JobSize, JobSizes, measured, planned_samples, read, write

TRAIN = JobSize("cpu", "train", "digits", "vae", 1000, 1800, seconds=600.0, megabytes=2000.0)
SIZES = JobSizes([TRAIN])


def test_twice_the_steps_ask_for_twice_the_time_and_no_more_memory() -> None:
    assert TRAIN.minutes_asked(1000, 1800) == 3 * 10
    assert TRAIN.minutes_asked(2000, 1800) == 2 * 3 * 10
    assert TRAIN.megabytes_asked(1800) == 3000


def test_more_samples_ask_for_more_memory_and_fewer_for_no_less() -> None:
    assert TRAIN.megabytes_asked(3600) == 2 * 3000
    assert TRAIN.megabytes_asked(18) == 3000


def test_a_metric_grows_with_the_samples_and_not_with_the_steps() -> None:
    measure = replace(TRAIN, step="likelihood", variant="")
    assert measure.minutes_asked(9999, 5400) == 3 * 3 * 10


def test_each_attempt_asks_for_twice_as_much() -> None:
    assert [TRAIN.minutes_asked(1000, 1800, attempt) for attempt in (1, 2, 3)] == [30, 60, 120]
    assert [TRAIN.megabytes_asked(1800, attempt) for attempt in (1, 2, 3)] == [3000, 6000, 12000]


def test_what_was_never_measured_asks_for_an_hour_and_four_gigabytes() -> None:
    unknown = SIZES.find("cpu", "splice", "minilm", "vae")
    assert unknown == UNMEASURED
    assert (unknown.minutes_asked(300, 27000), unknown.megabytes_asked(27000)) == (60, 4050)


def test_what_was_measured_stands_for_what_is_like_it() -> None:
    slow = replace(TRAIN, variant="iwae", steps=500, seconds=900.0, megabytes=2500.0)
    sizes = JobSizes([TRAIN, slow])
    assert sizes.find("cpu", "train", "digits", "iwae") == slow
    other_variant = sizes.find("cpu", "train", "digits", "ae")
    assert (other_variant.seconds, other_variant.megabytes) == ((600 + 1800) / 2, 2500)
    assert sizes.find("cpu", "train", "mnist", "iwae") == slow
    assert sizes.find("cuda", "train", "digits", "vae") == TRAIN


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    write([TRAIN], tmp_path / "sizes.csv")
    assert read(tmp_path / "sizes.csv") == [TRAIN]


def test_the_largest_finished_job_of_a_kind_is_what_counts(tmp_path: Path) -> None:
    def job(seed: int, step: str, **record: Any) -> Path:
        folder = tmp_path / f"cpu/digits/vae/seed-{seed}/{step}-0123456789ab"
        write_json(folder / "record.json", {"status": "completed"} | record)
        return folder

    trained = {"variant": "vae", "budget": {"steps": 50}}
    for seed, seconds in enumerate((2.0, 3.0)):
        folder = job(seed, "train", cpu_seconds=seconds, seconds=9.0, **trained)
        write_json(folder / "cost.json", {"peak_memory_bytes": (500 + seed) * 2**20})
    job(2, "train", status="failed", cpu_seconds=99.0, **trained)
    job(1, "prior", cpu_seconds=4.0, seconds=9.0, peak_memory_bytes=700 * 2**20)
    job(1, "likelihood", cpu_seconds=1.0, seconds=9.0)
    arrays = {f"{split}_inputs": [[0.0]] * 10 for split in ("train", "validation", "test")}
    write_tensors(tmp_path / "data/digits/fixed-0123456789ab/data.safetensors", arrays)
    assert sorted(map(str, measured(tmp_path))) == sorted(
        map(
            str,
            [
                JobSize("cpu", "train", "digits", "vae", 50, 30, 3.0, 501),
                JobSize("cpu", "prior", "digits", "vae", 50, 30, 4.0, 700),
                JobSize("cpu", "likelihood", "digits", "", 0, 30, 1.0, 0),
            ],
        )
    )


def test_a_data_sets_settings_change_how_many_samples_are_planned() -> None:
    splits = {"train": 20000, "validation": 2000, "test": 10000}
    assert planned_samples(splits, {}) == 32000
    assert planned_samples(splits, {"train": 200, "noise": 0.1}) == 12200


def test_the_table_that_is_shipped_can_be_read() -> None:
    assert all(size.seconds >= 0 and size.megabytes >= 0 for size in read())
    assert {size.step for size in read()} >= {"train", "encode"}
