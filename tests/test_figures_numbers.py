"""The numbers behind a figure lie beside it."""

from pathlib import Path

import pandas as pd
import pytest

from aebench.figures import curves, matrices, style
from aebench.figures.curves import Curve
from aebench.figures.drawing import write
from aebench.figures.drawn_files import drawn_files
from aebench.figures.matrices import Matrix
from aebench.statistics import Interval


def no_part(name: str) -> style.Page:
    raise AssertionError(f"{name} was not asked for")


def test_the_numbers_of_the_whole_figure_lie_beside_it(tmp_path: Path) -> None:
    points = [Interval(1, 0.5, 1.5), Interval(2, 1.5, 2.5)]
    curve = Curve("klt", "red", points, points)
    write(lambda: curves.draw([curve], "x", "y"), no_part, [], tmp_path)
    table = pd.read_csv(tmp_path / "all.csv")
    assert list(table["curve"]) == ["klt", "klt"] and list(table["panel"]) == ["y", "y"]
    assert list(table["rate_mean"]) == [1, 2] and list(table["quality_high"]) == [1.5, 2.5]


def test_a_matrix_is_one_row_per_cell(tmp_path: Path) -> None:
    values = pd.DataFrame([[0.25, 0.5]]).to_numpy()
    matrix = Matrix("vae", "red", values, ["size"], matrices.code_names([0, 1]))
    write(lambda: matrices.draw([matrix]), no_part, [], tmp_path)
    table = pd.read_csv(tmp_path / "all.csv")
    assert table.to_dict("list") == {
        "matrix": ["vae", "vae"],
        "row": ["size", "size"],
        "column": ["z1", "z2"],
        "value": [0.25, 0.5],
    }


def test_a_figure_without_numbers_leaves_none(tmp_path: Path) -> None:
    def nothing() -> style.Page:
        raise style.NothingToShow("Nothing.")

    write(nothing, no_part, [], tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"all.svg", "all.pdf"}


@pytest.mark.parametrize("kinds", [("svg", "pdf", "csv"), ("svg", "pdf")])
def test_readers_get_a_figures_files_by_its_name(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    for kind in kinds:
        (tmp_path / f"all.{kind}").touch()
    figure = {"figure": "curves", "folder": str(tmp_path)}
    found = drawn_files({"figures": [], "figures_across": [figure]})
    assert found == {f"all/curves.{kind}": tmp_path / f"all.{kind}" for kind in kinds}
