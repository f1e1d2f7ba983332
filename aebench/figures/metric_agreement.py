"""Whether the metrics of disentanglement put the runs in the same order."""

import pandas as pd
from matplotlib.figure import Figure

from aebench.figures import matrices, style
from aebench.figures.scores import values
from aebench.registry import figure, metrics
from aebench.results import DatasetResults

GROUP = "disentanglement"
FEWEST = 5
"""Runs below which a rank correlation says nothing."""


@figure(
    "metric-agreement",
    title="Do the metrics agree?",
    caption="Spearman's rank correlation, in hundredths, of every two metrics of disentanglement "
    "over all runs of this data set (settings and seeds); metrics that are better when lower are "
    "turned round first. Blank where a metric is the same for all runs.",
    needs="factors",
    per_variant=False,
)
def draw(results: DatasetResults) -> Figure:
    """One matrix: metrics by metrics."""
    table = scores(results)
    if len(table.columns) < 2 or len(table) < FEWEST:
        raise style.NothingToShow(f"Rank agreement takes {FEWEST} runs that worked.")
    agreement = table.corr("spearman", min_periods=FEWEST).to_numpy()
    names = [name.replace("_", " ") for name in table.columns]
    title = f"{len(table)} runs"
    return matrices.draw(
        [matrices.Matrix(title, style.GREY, agreement, names, names)], diverging=True
    )


def scores(results: DatasetResults) -> pd.DataFrame:
    """One row per run, one column per metric of the group that has a direction and was measured;
    higher is better in all of them.
    """
    signs = {
        name: 1 if metric.properties["better"] == "higher" else -1
        for name, metric in metrics().items()
        if metric.properties["group"] == GROUP and metric.properties["better"] != "neither"
    }
    table = pd.DataFrame([values(run) for run in results.runs if run.has_artefacts])
    kept = [name for name in signs if name in table]
    return table[kept] * pd.Series({name: signs[name] for name in kept})
