"""Ranks over all data sets as figures read them: from the tables, where their tests are."""

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from aebench.figures import style
from aebench.registry import metrics

TABLES = ("rankings", "costs-rankings")


class Rankings(NamedTuple):
    """``table`` as `aebench.across_datasets.rankings.rankings` gives it, metrics in the registry's
    order but costs last; ``settings`` in the plan's order.
    """

    table: pd.DataFrame
    settings: list[str]

    @property
    def hardware(self) -> list[str]:
        """Kinds of hardware."""
        return [str(kind) for kind in self.table["hardware"].unique()]

    def of(self, metric: str, hardware: str) -> pd.DataFrame:
        """The rows of one metric on one hardware, none where it ranks nothing."""
        table = self.table
        return table[(table["metric"] == metric) & (table["hardware"] == hardware)]

    @property
    def groups(self) -> list[str]:
        """Groups of metrics."""
        return [str(group) for group in self.table["group"].unique()]

    @property
    def colours(self) -> dict[str, str]:
        """One colour per setting, as in the figures of each data set."""
        return {name: style.PALETTE[i % len(style.PALETTE)] for i, name in enumerate(self.settings)}


def read(plan: dict[str, Any], tables: Path) -> Rankings:
    """Ranks of a plan's settings, from the folder of its tables."""
    table = pd.concat([pd.read_parquet(tables / f"{name}.parquet") for name in TABLES])
    order = {name: place for place, name in enumerate(metrics())}
    costs = table["group"] == metrics()["train_seconds"].properties["group"]
    place = table["metric"].map(order) + costs * len(order)
    table = table.iloc[place.argsort(kind="stable")].reset_index(drop=True)
    return Rankings(table, list(dict.fromkeys(run["setting"] for run in plan["runs"])))
