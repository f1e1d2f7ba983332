"""What fits together: a metric with what a data set knows and a variant can do. Never by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aebench.registry import Entry, capabilities

LARGE = 11
"""Pixels along the shorter side of ``large_images``: those on which Wang's window fits."""


@dataclass(frozen=True)
class Offer:
    """When a run has an array: what holds of its data set, one of ``by`` that its variant can do
    (empty: any variant will do), and what none may be that it can do, ``unless``.
    """

    data: Callable[[Entry], bool] = lambda dataset: True
    by: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()


def known(name: str) -> Callable[[Entry], bool]:
    """Whether a data set says something under ``name``."""
    return lambda dataset: bool(dataset.properties.get(name))


def of_images(dataset: Entry) -> bool:
    """Whether it is one of images."""
    return bool(dataset.properties["kind"] == "image")


def trainable(dataset: Entry) -> bool:
    """Whether it has a training split; on others, codecs trained elsewhere are evaluated."""
    return "train" in dataset.properties["splits"]


def of_activations(dataset: Entry) -> bool:
    """Whether it is a network's hidden states, or made like them."""
    return bool(dataset.properties["kind"] == "activations")


def of_large_images(dataset: Entry) -> bool:
    """Whether its images have at least `LARGE` pixels a side."""
    return of_images(dataset) and bool(min(dataset.properties["shape"][1:]) >= LARGE)


def classified(dataset: Entry) -> bool:
    """Whether its images have labels or factors that a classifier can learn."""
    return of_images(dataset) and (known("classes")(dataset) or known("factors")(dataset))


SAMPLED = frozenset(["Generative", "DiscreteCodes"])
"""Discrete codes are drawn from a prior that a step of its own learns."""
CODED = frozenset(["DiscreteCodes"])
SPARSE = frozenset(["Sparse"])
BOUNDED, PROBABILISTIC = frozenset(["Bounded"]), frozenset(["Probabilistic"])
PARTLY = frozenset(["PartlySeeing"])
LONG = frozenset(["Overcomplete", "Codec"])
"""Codes that may have more numbers than there are samples."""
ANY = Offer()
OFFERS: dict[str, Offer] = {
    **dict.fromkeys(["inputs", "dimensions", "codes", "train_codes", "reconstructions"], ANY),
    **dict.fromkeys(["history", "parameters", "train_seconds", "peak_memory_bytes"], ANY),
    **dict.fromkeys(["traversals", "interpolations"], Offer(unless=PARTLY)),
    # what the data set knows
    "anomalies": Offer(known("anomalies")),
    "labels": Offer(known("classes")),
    "train_labels": Offer(known("classes")),
    "factors": Offer(known("factors")),
    "train_factors": Offer(known("factors")),
    "features": Offer(known("features")),
    "dictionary": Offer(known("features")),
    # metrics of disentanglement are for codes of about as many numbers as there are factors
    "active_codes": Offer(known("factors"), unless=LONG),
    "active_train_codes": Offer(known("factors"), unless=LONG),
    # the inputs of data that are vectors of activations
    "vectors": Offer(of_activations),
    # images
    "images": Offer(of_images),
    "data_range": Offer(of_images),
    "large_images": Offer(of_large_images),
    # fitted by an affine map, which takes more samples than numbers
    "shifted_codes": Offer(of_images, unless=LONG),
    "noise_reconstructions": Offer(of_images, unless=PARTLY),
    "blur_reconstructions": Offer(of_images, unless=PARTLY),
    "occlusion_reconstructions": Offer(of_images, unless=PARTLY),
    "shift_reconstructions": Offer(of_images, unless=PARTLY),
    # of the data set's own classifier (`aebench.classifier`)
    "real_features": Offer(classified),
    "reconstruction_features": Offer(classified),
    "sample_features": Offer(classified, SAMPLED),
    # what the variant can do
    "samples": Offer(by=SAMPLED),
    "prior_codes": Offer(by=SAMPLED),
    "sampled_codes": Offer(by=PROBABILISTIC),
    "posterior_mean": Offer(by=PROBABILISTIC),
    "posterior_log_variance": Offer(by=PROBABILISTIC),
    "class_logits": Offer(by=frozenset(["Classifying"])),
    "prototypes": Offer(by=frozenset(["Prototypical"])),
    "log_weights": Offer(by=BOUNDED),
    "log_likelihoods": Offer(by=BOUNDED),
    "encoder_gradients": Offer(by=BOUNDED),
    "indices": Offer(by=CODED),
    "codebook_size": Offer(by=CODED),
    "codebooks": Offer(by=CODED),
    "encoder_outputs": Offer(by=CODED),
    "codebook_pictures": Offer(of_images, CODED),
    "activations": Offer(by=SPARSE),
    "directions": Offer(by=SPARSE),
    "atom_pictures": Offer(of_images, SPARSE),
    # of the prior of discrete codes (`aebench.code_prior`)
    "prior_code_nats": Offer(by=CODED),
    "coded_samples": Offer(by=CODED),
    "static_coded_bytes": Offer(by=CODED),
    "adaptive_coded_bytes": Offer(by=CODED),
    "prior_coded_bytes": Offer(by=CODED),
}
"""Every array that a metric may read or a figure need."""
OF_CODEC = frozenset(
    ["file_bytes", "payload_bytes", "model_bits", "coded_pixels", "coded_images"]
    + ["coded_reconstructions", "encode_seconds", "decode_seconds", "encode_flops", "decode_flops"]
)
"""What the step that writes files and reads them back gives (`scripts.compress`)."""
OF_HOST = frozenset(["host_loss", "spliced_loss", "ablated_loss", "mean_ablated_loss"])
"""Of data sets that are a network's hidden states, what that network makes of reconstructions
(`scripts.splice`).
"""
OFFERS |= dict.fromkeys(OF_HOST, Offer(known("spliced")))
OFFERS |= dict.fromkeys(OF_CODEC, Offer(of_images, frozenset(["Codec"])))
OFFERS["model_bits"] = Offer(of_images, frozenset(["EntropyModelled"]))
OF_TIMING = frozenset(
    ["flops", "single_seconds", "inference_samples", "inference_seconds", "inference_joules"]
    + ["budget_samples", "stepped_samples", "stepped_seconds", "stepped_joules"]
    + ["peak_device_bytes"]
)
"""What the step that times a trained model alone gives (`scripts.time_run`); energy and memory of
the GPU where there is something to read.
"""
OFFERS |= dict.fromkeys(OF_TIMING, ANY)
OF_OTHER_SEEDS = frozenset(["other_codes", "other_directions"])
"""Lists of the same array of each of the setting's other seeds."""
OFFERS |= {
    "other_codes": Offer(lambda dataset: bool(dataset.properties["split"] != "seed")),
    "other_directions": Offer(by=SPARSE),
}
FEATURES = frozenset(["real_features", "sample_features", "reconstruction_features"])
OF_CODE_PRIOR = frozenset(
    ["samples", "prior_codes", "prior_code_nats", "coded_samples"]
    + ["static_coded_bytes", "adaptive_coded_bytes", "prior_coded_bytes"]
)
"""Of runs with discrete codes, what their prior gives (`scripts.learn_prior`)."""


def offers(name: str, dataset: Entry, variant: Entry) -> bool:
    """Whether a run of ``variant`` on ``dataset`` has the array ``name``.

    Raises `KeyError` for a name that no run has.
    """
    if name not in OFFERS:
        raise KeyError(f"no run offers an array '{name}'")
    if not trainable(dataset) and name not in OF_CODEC | {"large_images"}:
        return False
    offer, able = OFFERS[name], capabilities(variant)
    return (
        offer.data(dataset) and (not offer.by or bool(offer.by & able)) and not offer.unless & able
    )


def suits(variant: Entry, dataset: Entry) -> bool:
    """Whether the data set has what the variant needs to train."""
    return all(offers(name, dataset, variant) for name in variant.properties.get("needs", ()))


OF_DENSITIES = frozenset(["log_weights", "log_likelihoods"])
"""Arrays whose numbers depend on the likelihood: those of a density are no probabilities."""


def compares_densities(metric: Entry) -> bool:
    """Whether only settings of the same likelihood can be compared by it."""
    return OF_DENSITIES >= set(metric.properties["reads"]) - {"dimensions"} > set()


def of_other_likelihood(dataset: Entry, variant: Entry, values: Mapping[str, Any]) -> bool:
    """Whether a setting's likelihood is not the data set's own."""
    found = values.get("likelihood") or variant.properties.get("likelihood")
    return bool(found) and found != dataset.properties["likelihood"]


def compares_seeds(metric: Entry) -> bool:
    """Whether a seed's value depends on the setting's other seeds."""
    return not OF_OTHER_SEEDS.isdisjoint(metric.properties["reads"])


def fits(metric: Entry, dataset: Entry, variant: Entry) -> bool:
    """Whether everything the metric reads and needs is there."""
    needed: tuple[str, ...] = metric.properties["reads"] + metric.properties.get("needs", ())
    return all(offers(name, dataset, variant) for name in needed)
