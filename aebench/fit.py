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
FEATURES = frozenset(["real_features", "sample_features", "reconstruction_features"])
"""Of the data set's own classifier (`aebench.classifier`)."""
LARGE = 11
"""Pixels along the shorter side of ``large_images``: those on which Wang's window fits."""
DATA_PROPERTY = {
    "anomalies": "anomalies",
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
    "sample_features": "Generative",
    "sampled_codes": "Probabilistic",
    "posterior_mean": "Probabilistic",
    "posterior_log_variance": "Probabilistic",
    "class_logits": "Classifying",
    "log_weights": "Bounded",
    "log_likelihoods": "Bounded",
    "indices": "DiscreteCodes",
    "codebook_size": "DiscreteCodes",
}


def classified(dataset: Entry) -> bool:
    """Whether its images have labels or factors that a classifier can learn."""
    known = dataset.properties.get("classes") or dataset.properties.get("factors")
    return dataset.properties["kind"] == "image" and bool(known)


NOT_WITH = {
    # its code cannot be decoded
    "traversals": "PartlySeeing",
    "noise_reconstructions": "PartlySeeing",
    "blur_reconstructions": "PartlySeeing",
    "occlusion_reconstructions": "PartlySeeing",
    "shift_reconstructions": "PartlySeeing",
    # metrics of disentanglement are for codes of about as many numbers as there are factors
    "active_codes": "Overcomplete",
    "active_train_codes": "Overcomplete",
    # fitted by an affine map, which takes more samples than numbers
    "shifted_codes": "Overcomplete",
}
"""What variants with a capability do not have."""


def offers(name: str, dataset: Entry, variant: Entry) -> bool:
    """Whether a run of ``variant`` on ``dataset`` has the array ``name``.

    Raises `KeyError` for a name that no run has.
    """
    if name in FEATURES and not classified(dataset):
        return False
    if name in NOT_WITH and NOT_WITH[name] in capabilities(variant):
        return False
    if name == "large_images":
        is_image = dataset.properties["kind"] == "image"
        return is_image and bool(min(dataset.properties["shape"][1:]) >= LARGE)
    if name in IMAGES_ONLY:
        return bool(dataset.properties["kind"] == "image")
    if name in DATA_PROPERTY:
        return bool(dataset.properties.get(DATA_PROPERTY[name]))
    if name in CAPABILITY:
        return CAPABILITY[name] in capabilities(variant)
    if name in ALWAYS | FEATURES:
        return True
    raise KeyError(f"no run offers an array '{name}'")


def suits(variant: Entry, dataset: Entry) -> bool:
    """Whether the data set has what the variant needs to train."""
    return all(offers(name, dataset, variant) for name in variant.properties.get("needs", ()))


def fits(metric: Entry, dataset: Entry, variant: Entry) -> bool:
    """Whether everything the metric reads and needs is there."""
    needed: tuple[str, ...] = metric.properties["reads"] + metric.properties.get("needs", ())
    return all(offers(name, dataset, variant) for name in needed)
