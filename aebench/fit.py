"""What fits together: a metric with what a data set knows and a variant can do. Never by name."""

from aebench.registry import Entry, capabilities

ALWAYS = frozenset(
    ["inputs", "dimensions", "codes", "train_codes", "reconstructions", "traversals", "history"]
    + ["parameters", "flops", "train_samples", "train_seconds", "inference_samples"]
    + ["inference_seconds", "peak_memory_bytes"]
)
IMAGES_ONLY = frozenset(
    ["images", "data_range", "shifted_codes", "noise_reconstructions", "blur_reconstructions"]
    + ["occlusion_reconstructions", "shift_reconstructions"]
)
DATA_PROPERTY = {
    "anomalies": "anomalies",
    "features": "classifier",
    "sample_features": "classifier",
    "labels": "classes",
    "train_labels": "classes",
    "factors": "factors",
    "train_factors": "factors",
    "active_codes": "factors",
    "active_train_codes": "factors",
}
CAPABILITY = {
    "samples": "Generative",
    "prior_codes": "Generative",
    "sampled_codes": "Probabilistic",
    "posterior_mean": "Probabilistic",
    "posterior_log_variance": "Probabilistic",
    "log_weights": "Bounded",
    "log_likelihoods": "Bounded",
    "indices": "DiscreteCodes",
    "codebook_size": "DiscreteCodes",
}


def offers(name: str, dataset: Entry, variant: Entry) -> bool:
    """Whether a run of ``variant`` on ``dataset`` has the array ``name``.

    Raises `KeyError` for a name that no run has.
    """
    if name in IMAGES_ONLY:
        return bool(dataset.properties["kind"] == "image")
    if name in DATA_PROPERTY:
        return bool(dataset.properties.get(DATA_PROPERTY[name]))
    if name in CAPABILITY:
        return CAPABILITY[name] in capabilities(variant)
    if name in ALWAYS:
        return True
    raise KeyError(f"no run offers an array '{name}'")


def fits(metric: Entry, dataset: Entry, variant: Entry) -> bool:
    """Whether everything the metric reads and needs is there."""
    needed: tuple[str, ...] = metric.properties["reads"] + metric.properties.get("needs", ())
    return all(offers(name, dataset, variant) for name in needed)
