"""Which autoencoder for which purpose: who leads on a data set, and whom no test tells from it.

A purpose is judged by one metric, the first of its own that was measured (`PURPOSES`); how sure the
answer is, `aebench.report.standing` reads from the tests behind the tables.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from aebench.report.standing import Decision, Entrant, decide, standings
from aebench.report.tables import ENDS

PURPOSES = {
    "reconstruct": ("psnr", "mse"),
    "disentangle factors": ("mig", "dci_disentanglement"),
    "generate samples": ("frechet_distance", "kernel_distance"),
    "feed a classifier": ("linear_probe_accuracy", "knn_accuracy"),
    "find clusters": ("nmi", "clustering_accuracy"),
    "interpret single features": ("true_feature_f1", "factor_coverage", "sparse_probe_accuracy_1"),
    "stand in for hidden states": ("loss_recovered",),
    "detect anomalies": ("reconstruction_auroc", "latent_auroc"),
    "estimate densities": ("iwae_bound", "elbo"),
    "withstand noise": ("noise_error",),
    "train in little time": ("budget_seconds", "train_seconds"),
    "run in few operations": ("flops",),
}
"""What an autoencoder is for, and the metrics that judge it, the first measured one alone."""
EFFORT = "budget_seconds"
"""The cost that is named where it is much less: seconds of the whole training, alone."""
FLOORS = ("random", "noise")
"""Keys of `aebench.report.tables.ENDS` that anything useful is better than."""
CHANCE = {"reconstruction_auroc": 0.5, "latent_auroc": 0.5}

Content = dict[str, Any]


def entrants(tables: Sequence[Content], metric: str, hardware: str) -> list[Entrant]:
    """Those of a data set's tables (`aebench.report.tables.results_table`) that a metric fits and
    compares: all but those `aebench.summary.Score.apart`.
    """
    seconds = {row["setting"]: row["score"] for row in _column(tables, EFFORT, hardware)}
    return [
        Entrant(
            row["setting"],
            row["variant"],
            row["seeds"],
            row["score"],
            row["score"] is None and row["perfect"],
            effort.mean if (effort := seconds.get(row["setting"])) else math.nan,
        )
        for row in _column(tables, metric, hardware)
        if row["fits"] and not (row["score"] and row["score"].apart)
    ]


def _column(tables: Sequence[Content], metric: str, hardware: str) -> list[Content]:
    return [
        row | cell
        for table in tables
        for row in table["rows"]
        for cell in row["cells"]
        if row["hardware"] == hardware and cell["metric"] == metric
    ]


def of_dataset(
    dataset: str, hardware: str, tables: Sequence[Content], ends: Mapping[tuple[str, str], Any]
) -> list[Decision]:
    """A decision for every purpose that something was measured for."""
    found = []
    for purpose, metrics in PURPOSES.items():
        for metric in metrics:
            entered = entrants(tables, metric, hardware)
            if any(each.score or each.exact for each in entered):
                floor = _floor(metric, ends.get((dataset, metric), {}))
                found.append(decide(purpose, metric, (dataset, hardware), entered, floor))
                break
    return found


def _floor(metric: str, known: Mapping[str, float]) -> tuple[str, float] | None:
    if metric in CHANCE:
        return "chance", CHANCE[metric]
    return next(((ENDS[code][0], known[code]) for code in FLOORS if code in known), None)


def boards(plan: Content, datasets: Sequence[Content], ends: Mapping[Any, Any]) -> list[Content]:
    """For each hardware the ``rows``, one for each purpose: its ``metrics``, the ``decisions`` on
    each of ``datasets`` (none where nothing was measured), and on how many of them each setting
    ``leads`` and is ``tied`` with the leader (`standings`).
    """
    found = []
    for hardware in plan["hardware"]:
        decisions = {
            (each.purpose, each.dataset): each
            for content in datasets
            for each in of_dataset(
                content["description"].name, hardware, [*content["scores"], content["costs"]], ends
            )
        }
        names = [content["description"].name for content in datasets]
        shown = [name for name in names if any(dataset == name for _, dataset in decisions)]
        rows = [
            _row(purpose, [decisions.get((purpose, name)) for name in shown])
            for purpose in PURPOSES
        ]
        found.append(
            {
                "hardware": hardware,
                "datasets": shown,
                "rows": [row for row in rows if any(row["decisions"])],
            }
        )
    return found


def _row(purpose: str, decisions: Sequence[Decision | None]) -> Content:
    known = [each for each in decisions if each]
    return {
        "purpose": purpose,
        "decisions": decisions,
        "metrics": list(dict.fromkeys(each.metric for each in known)),
        "leads": standings(known, lambda decision: decision.leading),
        "tied": standings(known, lambda decision: decision.not_told_apart),
    }
