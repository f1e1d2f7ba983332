"""``python -m aebench`` answers at once, in full, and without importing torch."""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aebench import __main__ as command_line
from aebench import registry

ROOT = Path(__file__).parents[1]
LISTS = {
    "variants": registry.variants,
    "datasets": registry.datasets,
    "metrics": registry.metrics,
}


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command prints."""
    command_line.main(words)
    return capsys.readouterr().out


def answer_as_json(capsys: pytest.CaptureFixture[str], what: str) -> dict[str, dict[str, Any]]:
    """What the command says of each entry, by name."""
    return {entry["name"]: entry for entry in json.loads(answer(capsys, "list", what, "--json"))}


@pytest.mark.parametrize("what", LISTS)
def test_a_list_has_a_line_for_every_entry(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = answer(capsys, "list", what).splitlines()
    names = [line.split()[0] for line in lines if line and not line.startswith(" ")]
    assert names == [*(["name"] if what != "datasets" else []), *LISTS[what]()]


@pytest.mark.parametrize("what", LISTS)
def test_json_has_every_entry_with_its_documentation(
    what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer_as_json(capsys, what)
    assert list(found) == list(LISTS[what]())
    assert all(entry["summary"] and entry["documentation"] for entry in found.values())


def test_columns_are_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    header, *lines = answer(capsys, "list", "variants").splitlines()
    start = header.index("family")
    assert all(line[start - 1] == " " and line[start] != " " for line in lines)


def test_a_variant_shows_its_settings_and_capabilities(capsys: pytest.CaptureFixture[str]) -> None:
    assert "beta=4.0" in answer(capsys, "list", "variants")
    found = answer_as_json(capsys, "variants")["beta-vae"]
    assert found["settings"]["beta"] == {"type": "float", "default": 4.0}
    assert found["properties"]["family"] == "variational"
    assert "Generative" in found["capabilities"]


def test_a_data_set_shows_everything_it_states(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = answer(capsys, "list", "datasets")
    assert "1×8×8" in text
    assert "train 1000, validation 297, test 500" in text
    assert "10 classes" in text
    assert "shape 3, scale 6, orientation 40" in text
    for said in ("anomalies", "CC BY 4.0", "[0, 1]", "doi:10.24432/C50P49", "(drawn by the seed)"):
        assert said in text


def test_a_metric_shows_its_group_direction_and_unit(capsys: pytest.CaptureFixture[str]) -> None:
    lines = answer(capsys, "list", "metrics").splitlines()
    psnr = next(line for line in lines if line.startswith("psnr "))
    assert psnr.split()[1:4] == ["reconstruction", "higher", "dB"]


def test_a_list_that_does_not_exist_is_answered_with_those_that_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stopped:
        command_line.main(["list", "variant"])
    message = capsys.readouterr().err.splitlines()[-1]
    assert stopped.value.code == 2
    assert all(word in message for word in ["'variant'", *LISTS])


@pytest.mark.parametrize("what", LISTS)
def test_an_answer_imports_no_heavy_library(what: str) -> None:
    code = f"""if True:
        import sys
        from aebench.__main__ import main
        main(["list", "{what}", "--json"])
        heavy = {{"torch", "numpy", "pandas", "sklearn", "snakemake"}} & set(sys.modules)
        sys.exit(f"imported {{heavy}}" if heavy else 0)"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_answer_takes_less_than_half_a_second_of_the_processor() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "aebench", "list", "variants", "--json"]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5
