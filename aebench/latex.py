"""Tables for papers: each data set's headline metrics in LaTeX, for the package booktabs.

A cell is the mean over seeds and the half-width of its 95 % interval. Bold is the best mean, and
whoever is not significantly worse (`aebench.comparison.summary`); where nothing was tested, for
want of seeds, nothing is bold. What failed for every seed is called failed.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from aebench.files import write_text
from aebench.fit import fits
from aebench.registry import datasets, metrics, variants
from aebench.report.formatting import quantity, readable
from aebench.summary import Score, findings

ARROWS = {"higher": r" $\uparrow$", "lower": r" $\downarrow$", "neither": ""}
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: rf"\{character}" for character in "&%$#_{}"},
    "−": "$-$",
    "×": r"$\times$",
}


FAILED, NOTHING = "failed", "--"

Failure = Mapping[str, str]
"""A row of failures.csv."""


def write(
    folder: Path, names: Iterable[str], scores: Sequence[Score], failures: Sequence[Failure] = ()
) -> None:
    """Write ``<data set>.tex`` for each data set of ``names``; those of other data sets go.
    ``failures`` are rows of failures.csv.
    """
    for left in folder.glob("*.tex"):
        left.unlink()
    for name in names:
        own = [score for score in scores if score.dataset == name]
        failed = [failure for failure in failures if failure["dataset"] == name]
        write_text(folder / f"{name}.tex", table(name, own, failed))


def table(dataset: str, scores: Sequence[Score], failures: Sequence[Failure] = ()) -> str:
    """A floating table of one data set: a row per setting and hardware, a column per headline
    metric by which some setting is best (`aebench.summary.findings`).
    """
    kinds = list(dict.fromkeys([*(s.hardware for s in scores), *(f["hardware"] for f in failures)]))
    found = [f for kind in kinds for f in findings(s for s in scores if s.hardware == kind)]
    shown = list(dict.fromkeys(finding.metric for finding in found))
    if not shown:
        return f"% {dataset}: no headline metric has a leader\n"
    bold = {_place(s) for f in found if f.tested for s in (f.best, *f.tied)}
    cells = {_place(score): cell(score, _place(score) in bold) for score in scores}
    lost = [place for failure in failures for place in places(failure, shown)]
    cells = dict.fromkeys(lost, FAILED) | cells
    measured = [(s.hardware, s.setting) for s in scores if s.metric in shown]
    named = {
        (kind, setting): setting.replace(",", ", ") + (f" ({kind})" if len(kinds) > 1 else "")
        for kind, setting in (*measured, *(place[:2] for place in lost))
    }
    rows = [
        [escaped(name), *(cells.get((*place, metric), NOTHING) for metric in shown)]
        for place, name in named.items()
    ]
    body = [r"\toprule", row(["Setting", *map(heading, shown)]), r"\midrule", *map(row, rows)]
    title = escaped(datasets()[dataset].properties["title"])
    seeds = max(score.seeds for score in scores)
    said = (
        rf"{title}: mean $\pm$ half-width of its 95\,\% interval over {seeds} seeds (Student's t). "
        "Bold: the best, and those not significantly worse."
        if seeds > 1
        else f"{title}: one seed, so that nothing is tested."
    )
    return "\n".join(
        [
            r"% \usepackage{booktabs}",
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{said}}}",
            rf"\label{{tab:{dataset}}}",
            rf"\begin{{tabular}}{{l{'r' * len(shown)}}}",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _place(score: Score) -> tuple[str, str, str]:
    return score.hardware, score.setting, score.metric


def places(failure: Failure, shown: Iterable[str]) -> list[tuple[str, str, str]]:
    """Hardware, setting and metric of what a failure leaves without a mean unless another seed has
    one: its metric, or where a whole step failed, each of ``shown`` that fits.
    """
    data, variant = datasets()[failure["dataset"]], variants()[failure["variant"]]
    return [
        (failure["hardware"], failure["setting"], metric)
        for metric in shown
        if failure["metric"] in ("", metric) and fits(metrics()[metric], data, variant)
    ]


def row(cells: Iterable[str]) -> str:
    """One line of the table."""
    return " & ".join(cells) + r" \\"


def heading(metric: str) -> str:
    """A metric's name, the direction that is better, its unit."""
    properties = metrics()[metric].properties
    unit = f" [{escaped(properties['unit'])}]" if properties["unit"] else ""
    return escaped(readable(metric)) + ARROWS[properties["better"]] + unit


def cell(score: Score, bold: bool) -> str:
    r"""Mean and half-width, in as many digits as the interval leaves certain.

    A seed that failed is counted in a note: ``$21.3 \pm 0.4$ (1 failed)``.
    """
    mean, half = map(mathematics, quantity(score.mean, score.low, score.high))
    mean = rf"\mathbf{{{mean}}}" if bold else mean
    failed = f" ({score.failed} failed)" if score.failed else ""
    return (rf"${mean} \pm {half}$" if half else f"${mean}$") + failed


def mathematics(number: str) -> str:
    r"""A number of `aebench.report.formatting` as LaTeX sets it.

    >>> mathematics("−1,234"), mathematics("<0.001"), mathematics("2e−8")
    ('-1{,}234', '{<}0.001', '2 \\times 10^{-8}')
    """
    whole, power, exponent = number.replace("−", "-").partition("e")
    plain = whole.replace(",", "{,}").replace("<", "{<}")
    return rf"{plain} \times 10^{{{exponent}}}" if power else plain


def escaped(text: str) -> str:
    r"""Text that LaTeX prints as it is.

    >>> escaped("a_b & 50%")
    'a\\_b \\& 50\\%'
    """
    return "".join(SPECIAL.get(character, character) for character in text)
