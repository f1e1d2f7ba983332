"""Which number of the code predicts which factor."""

import numpy as np
from matplotlib.figure import Figure

from aebench.figures import matrices, style
from aebench.metrics.disentanglement.activity import active_dimensions
from aebench.registry import figure
from aebench.results import DatasetResults

GROUP, MATRIX = "disentanglement", "dci_importance"


@figure(
    "dci-importance",
    title="DCI: importance of the code for each factor",
    caption="How much boosted trees that predict a factor lean on each active number of the code, "
    "in hundredths of all they lean on; by the model of the first seed that worked. DCI's "
    "disentanglement asks for one dark cell per column, its completeness for one per row.",
    needs="factors",
    per_variant=True,
)
def draw(results: DatasetResults, setting: str | None = None) -> Figure:
    """One matrix per setting: factors by active numbers of the code."""
    colours = style.colours(results)
    shown = []
    for run in style.shown(results, setting):
        importance = run.matrix(GROUP, MATRIX)  # (active numbers, factors)
        if importance is not None:
            active = np.flatnonzero(active_dimensions(run.artefacts["train_codes"]))
            shown.append(
                matrices.Matrix(
                    style.label(run, results),
                    colours[run.setting],
                    importance.T / np.maximum(importance.sum(0), 1e-12)[:, None],
                    list(results.description.factors),
                    matrices.code_names(active.tolist()),
                )
            )
    if not shown:
        raise style.NothingToShow("No run has an importance matrix to show.")
    return matrices.draw(shown)
