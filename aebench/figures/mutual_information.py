"""Which number of the code knows which factor."""

from matplotlib.figure import Figure

from aebench.data import Array
from aebench.figures import matrices, style
from aebench.measuring import MOST_NUMBERS
from aebench.metrics.disentanglement.information import (
    binned,
    classes,
    entropies,
    mutual_information_matrix,
)
from aebench.registry import figure
from aebench.results import DatasetResults

BINS = 20


@figure(
    "mutual-information",
    title="Mutual information of code and factors",
    caption="Mutual information of each number of the code (cut into 20 bins, as MIG does) and "
    "each factor, in hundredths of the factor's entropy, on the test set; by the model of the "
    "first seed that worked. Codes of more than 128 numbers are left out. A disentangled code has "
    "one dark cell per row and column.",
    needs="factors",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """One matrix per setting: factors by numbers of the code."""
    shown = [
        run
        for run in style.shown(results, setting)
        if run.artefacts["codes"].shape[1] <= MOST_NUMBERS
    ]
    if not shown:
        raise style.NothingToShow(f"No run has codes of up to {MOST_NUMBERS} numbers to show.")
    colours = style.colours(results)
    factors = results.arrays["test_factors"]
    return matrices.draw(
        [
            matrices.Matrix(
                style.label(run, results),
                colours[run.setting],
                known(run.artefacts["codes"], factors),
                list(results.description.factors),
                matrices.code_names(range(run.artefacts["codes"].shape[1])),
            )
            for run in shown
        ]
    )


def known(codes: Array, factors: Array) -> Array:
    """Share of each factor's entropy that each number of the code gives away: codes (n, d) and
    factors (n, k) to (k, d) in [0, 1].
    """
    of_factors = classes(factors)
    information = mutual_information_matrix(binned(codes, BINS), of_factors)
    shares: Array = (information / entropies(of_factors)).T
    return shares
