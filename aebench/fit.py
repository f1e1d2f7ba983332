"""What fits together: a metric with what a data set knows and a variant can do. Never by name."""

from typing import Any

from aebench.registry import Entry, capabilities

ALWAYS = frozenset(
    # of any image data set
    ["images", "data_range", "dimensions"]
    # of any run
    + ["codes", "train_codes", "reconstructions", "traversals", "history"]
    + ["parameters", "flops", "train_images", "train_seconds", "inference_images"]
    + ["inference_seconds", "peak_memory_bytes"]
)
DATA_PROPERTY = {
    "labels": "classes",
    "train_labels": "classes",
    "factors": "factors",
}
CAPABILITY = {
    "samples": "Generative",
    "indices": "DiscreteCodes",
    "codebook_size": "DiscreteCodes",
}


def offers(name: str, dataset: Entry, variant: Entry) -> bool:
    """Whether a run of ``variant`` on ``dataset`` has the array ``name``.

    Raises `KeyError` for a name that no run has.
    """
    if name in DATA_PROPERTY:
        return bool(dataset.properties.get(DATA_PROPERTY[name]))
    if name in CAPABILITY:
        return CAPABILITY[name] in capabilities(variant)
    if name in ALWAYS:
        return True
    raise KeyError(f"no run offers an array '{name}'")


def fits(metric: Entry, dataset: Entry, variant: Entry) -> bool:
    """Whether everything the metric reads is there."""
    reads: tuple[Any, ...] = metric.properties["reads"]
    return all(offers(name, dataset, variant) for name in reads)
