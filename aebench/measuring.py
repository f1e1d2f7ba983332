"""Call the metrics of one group on what a run left behind."""

import math
import traceback
from collections.abc import Mapping
from typing import Any

import numpy as np

from aebench.data import Array, Description
from aebench.registry import metrics


def arrays(
    description: Description,
    data: Mapping[str, Array],
    artefacts: Mapping[str, Array],
    cost: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything a metric can read by name (`aebench.fit`), images as intensities in [0, 1]."""
    test = data["test_images"][: len(artefacts["reconstructions"])]
    named: dict[str, Any] = {
        "images": test.astype(np.float32) / description.maximum,
        "data_range": 1.0,
        "dimensions": description.dimensions,
        **artefacts,
        **cost,
    }
    if "test_labels" in data:
        named["labels"] = data["test_labels"]
        named["train_labels"] = data["train_labels"][: len(artefacts["train_codes"])]
    if "test_factors" in data:
        named["factors"] = data["test_factors"]
    return named


def measure(group: str, named: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, str]]:
    """Values of the group's metrics that fit, and the reason of each that failed.

    A value that is not finite is a failure: it must not slip into a mean or vanish from one.
    """
    values: dict[str, float] = {}
    failures: dict[str, str] = {}
    for entry in metrics().values():
        reads = entry.properties["reads"]
        if entry.properties["group"] != group or not all(name in named for name in reads):
            continue
        try:
            value = entry.load()(*(named[name] for name in reads))
        except Exception as error:
            traceback.print_exc()
            failures[entry.name] = f"{type(error).__name__}: {error}"
            continue
        if math.isfinite(value):
            values[entry.name] = value
        else:
            failures[entry.name] = f"the value is {value}"
    return values, failures
