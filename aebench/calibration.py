"""What the ends of a scale are: how a perfect and a random code score on a data set.

Few metrics of disentanglement give a perfect code 1 and noise 0 on real factors; without these two
numbers beside it a score cannot be read.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from aebench.data import TRAIN_CODES, Array, Backbone, Description
from aebench.registry import Entry, metrics

REFERENCES = ("perfect", "random")
CODES = frozenset(["codes", "active_codes", "train_codes", "active_train_codes"])
FACTORS = frozenset(["factors", "train_factors"])


def calibrated(metric: Entry) -> bool:
    """Whether a metric judges codes by factors and by nothing else."""
    reads = set(metric.properties["reads"])
    return bool(reads & FACTORS) and reads <= CODES | FACTORS


def groups(dataset: Entry) -> list[str]:
    """Metric groups with a calibrated metric, where the data set has factors."""
    if not dataset.properties.get("factors"):
        return []
    return sorted({m.properties["group"] for m in metrics().values() if calibrated(m)})


def arrays(description: Description, data: Mapping[str, Array], reference: str) -> dict[str, Any]:
    """Codes and factors by name (`aebench.fit`). ``perfect``: one number per factor, its class
    standardised; ``random``: standard normal numbers, as many as the data set's codes have.
    """
    named: dict[str, Any] = {}
    random = np.random.default_rng(0)
    latent = Backbone(**description.backbone).latent_dimension
    for prefix, split in (("", "test"), ("train_", "train")):
        factors = data[f"{split}_factors"][:TRAIN_CODES]
        noise = random.standard_normal((len(factors), latent))
        perfect = (factors - factors.mean(0)) / np.maximum(factors.std(0), 1e-12)
        codes = perfect if reference == "perfect" else noise
        named |= {f"{prefix}factors": factors, f"{prefix}codes": codes}
        named[f"active_{prefix}codes"] = codes
    return named
