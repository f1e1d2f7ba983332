"""LaTeX tables: structure, escaping, and bold only where a test stands behind it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from aebench import latex
from aebench.summary import Score

NAN = float("nan")


def score(setting: str, mean: float, metric: str = "psnr", **changed: object) -> Score:
    where = ("cpu", "digits", setting.split(",")[0], setting, "reconstruction", metric)
    first = Score(*where, mean, mean - 0.4, mean + 0.4, 3, 0, 1, NAN, False, False)
    return first._replace(**changed)  # type: ignore[arg-type]


SCORES = [
    score("ae", 21.34, best=True),
    score("beta-vae,beta=2", 21.2, tied=True, p_value=0.4, rank=2),
    score("vae", 18.1, p_value=0.001, rank=3),
    score("ae", 1234.5, "linear_probe_accuracy", best=True, low=NAN, high=NAN, seeds=1),
]


def test_the_best_and_those_tied_with_it_are_bold() -> None:
    text = latex.table("digits", SCORES)
    assert r"ae & $\mathbf{21.3} \pm 0.4$" in text
    assert r"beta-vae, beta=2 & $\mathbf{21.2} \pm 0.4$" in text
    assert r"vae & $18.1 \pm 0.4$ & -- \\" in text


def test_what_was_not_tested_is_not_bold() -> None:
    assert latex.cell(SCORES[3], bold=False) == r"$1{,}234$"
    assert r"& $1{,}234$ \\" in latex.table("digits", SCORES)


def test_failed_seeds_are_said() -> None:
    assert latex.cell(score("ae", 2.0, failed=1), bold=False) == r"$2.0 \pm 0.4$ (1 failed)"


def test_what_failed_for_every_seed_has_a_row_and_is_called_failed() -> None:
    where = {"hardware": "cpu", "dataset": "digits"}
    failures = [
        {**where, "setting": name, "variant": name, "metric": metric}
        for name, metric in (
            ("dae", ""),
            ("vae", "linear_probe_accuracy"),
            ("sigma-vae", "mig"),  # no column of the table
        )
    ]
    text = latex.table("digits", SCORES, failures)
    assert r"dae & failed & failed \\" in text
    assert r"vae & $18.1 \pm 0.4$ & failed \\" in text
    assert "sigma" not in text and r"beta=2 & $\mathbf{21.2} \pm 0.4$ & -- \\" in text


def test_every_line_of_the_table_has_as_many_cells() -> None:
    text = latex.table("digits", SCORES)
    rows = re.findall(r"^.* \\\\$", text, re.M)
    assert len(rows) == 4 and {row.count(" & ") for row in rows} == {2}
    assert r"\begin{tabular}{lrr}" in text
    for name in ("table", "tabular"):
        assert text.count(rf"\begin{{{name}}}") == text.count(rf"\end{{{name}}}") == 1
    for rule in (r"\toprule", r"\midrule", r"\bottomrule"):
        assert text.count(rule) == 1
    assert text.count("{") == text.count("}") and text.count("$") % 2 == 0


def test_what_latex_would_read_as_a_command_is_escaped() -> None:
    assert latex.escaped("50% of {a_b} & ~c^2 \\d #1 $") == (
        r"50\% of \{a\_b\} \& \textasciitilde{}c\textasciicircum{}2 \textbackslash{}d \#1 \$"
    )


def test_tables_of_data_sets_that_are_no_longer_asked_for_go(tmp_path: Path) -> None:
    latex.write(tmp_path, ["digits", "sprites"], SCORES)
    assert (tmp_path / "sprites.tex").read_text().startswith("% sprites: no headline metric")
    latex.write(tmp_path, ["digits"], SCORES)
    assert [path.name for path in tmp_path.iterdir()] == ["digits.tex"]


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
def test_latex_accepts_the_table(tmp_path: Path) -> None:
    latex.write(tmp_path, ["digits"], SCORES)
    page = (
        r"\documentclass{article}\usepackage{booktabs}\begin{document}"
        r"\input{digits}\end{document}"
    )
    (tmp_path / "page.tex").write_text(page)
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "page"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
