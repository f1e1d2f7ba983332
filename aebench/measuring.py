"""Call the metrics of one group on what a run left behind."""

import math
import traceback
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from aebench.data import Array, Description, in_bytes
from aebench.fit import LARGE
from aebench.provenance import machine_fault
from aebench.registry import Entry, metrics

MOST_NUMBERS = 128
"""Of a code that metrics of disentanglement are computed for; they take hours beyond."""


def arrays(
    description: Description,
    data: Mapping[str, Array],
    artefacts: Mapping[str, Array],
    cost: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything a metric can read by name (`aebench.fit`), inputs in their value range."""
    named: dict[str, Any] = {"dimensions": description.dimensions, **artefacts, **cost}
    if "coded_reconstructions" in artefacts:
        stored = data["test_inputs"][: len(artefacts["coded_reconstructions"])]
        named["coded_images"] = in_bytes(stored, description.maximum)
        if min(stored.shape[2:]) >= LARGE:
            named["large_images"] = named["coded_images"]
    if "reconstructions" not in artefacts:
        return named  # of a codec on a data set that it was not trained on
    test = data["test_inputs"][: len(artefacts["reconstructions"])]
    inputs = test.astype(np.float32) / np.float32(description.maximum)
    named["inputs"] = inputs
    if "directions" in artefacts:
        own = stands_for_something(artefacts["directions"])
        named["directions"] = artefacts["directions"][own]
        named["activations"] = artefacts["activations"][:, own]
    if description.kind == "activations":
        named["vectors"] = inputs
    if description.features:
        named |= {"features": data["test_features"], "dictionary": data["dictionary"]}
    if description.anomalies:
        named["anomalies"] = data["test_anomalies"]
    if description.kind == "image":
        named |= {"images": inputs, "data_range": 1.0}
        if min(inputs.shape[2:]) >= LARGE:
            named["large_images"] = inputs
    for known in ("labels", "factors"):
        if f"test_{known}" in data:
            named[known] = data[f"test_{known}"]
            named[f"train_{known}"] = data[f"train_{known}"][: len(artefacts["train_codes"])]
    if description.factors and artefacts["codes"].shape[1] <= MOST_NUMBERS:
        from aebench.metrics.disentanglement.activity import active_dimensions

        active = active_dimensions(artefacts["train_codes"])
        for codes in ("codes", "train_codes"):
            named[f"active_{codes}"] = artefacts[codes][:, active]
    return named


def stands_for_something(directions: Array) -> Array:
    """Which features have a direction (features, dimensions), bool (features,): those without one
    only fill up a code of fixed length.
    """
    found: Array = np.asarray(directions.any(1))
    return found


class Measured(NamedTuple):
    """Of one group on one run: values by metric, arrays for figures, and why metrics failed."""

    values: dict[str, float]
    matrices: dict[str, Array]
    failures: dict[str, str]


def measure(
    group: str, named: Mapping[str, Any], wanted: Callable[[Entry], bool] = lambda entry: True
) -> Measured:
    """Call the group's metrics that are wanted and find what they read.

    A value that is not finite is a failure: it must not slip into a mean or vanish from one.
    """
    measured = Measured({}, {}, {})
    fitting = [
        entry
        for entry in metrics().values()
        if entry.properties["group"] == group
        and wanted(entry)
        and all(
            name in named for name in entry.properties["reads"] + entry.properties.get("needs", ())
        )
    ]
    # one function may give several metrics
    for _, entries in groupby(fitting, lambda entry: (entry.module, entry.symbol)):
        of_function = list(entries)
        try:
            _call(of_function, named, measured)
        except Exception as error:
            if machine_fault(error):
                raise  # no failure of the metric's: the job is done again
            traceback.print_exc()
            reason = f"{type(error).__name__}: {error}"
            measured.failures.update({entry.name: reason for entry in of_function})
    return measured


def _call(entries: list[Entry], named: Mapping[str, Any], measured: Measured) -> None:
    """Call the function that ``entries`` are of, and put what it gives into ``measured``."""
    first = entries[0]
    found = first.load()(*(named[name] for name in first.properties["reads"]))
    for key, name in first.properties.get("matrices", {}).items():
        measured.matrices[name] = np.asarray(found[key])
    for entry in entries:
        key = entry.properties["key"]
        if key and key not in found:
            continue  # the function left it out: it does not apply to this data
        value = float(found[key] if key else found)
        if math.isinf(value) and entry.properties["value_range"].endswith("∞]"):
            continue  # a perfect result, which a mean could not hold
        if math.isfinite(value):
            measured.values[entry.name] = value
        else:
            measured.failures[entry.name] = f"the value is {value}"
