"""From a trained model to the arrays that metrics and figures see."""

from collections.abc import Callable, Iterable
from functools import partial

import torch
from torch import Generator, Tensor

from aebench.corruptions import corrupted
from aebench.data import Array
from aebench.inputs import Inputs
from aebench.variants.base import Batch, Variant
from aebench.variants.capabilities import (
    Bounded,
    Classifying,
    Codec,
    DiscreteCodes,
    Generative,
    Overcomplete,
    PartlySeeing,
    Probabilistic,
    Prototypical,
    Sparse,
)

RECONSTRUCTED, RECONSTRUCTED_NUMBERS = 2000, 4_000_000
"""Test samples, and numbers in them, reconstructed at most: the first, for every variant alike."""
SAMPLES, PRIOR_CODES = 64, 4000
BOUNDED, BOUNDED_NUMBERS, DRAWS = 500, 25_000_000, 50
"""Test samples whose likelihood is bounded, numbers decoded for it, draws for each sample."""
GRADIENTS, GRADIENT_SAMPLES, GRADIENT_NUMBERS = 100, 64, 10_000
"""Draws of the loss's gradient; test samples, and numbers in them, that it is of at most."""
GRADIENT_PARAMETERS = 1000
"""The encoder's, evenly spaced among all, at most."""
CORRUPTED, FEW_NUMBERS = 500, 2_000_000
"""Test samples that are disturbed, and numbers in them at most."""
TRAVERSED, TRAVERSAL_STEPS, MOST_TRAVERSED = 2, 8, 32
INTERPOLATED, INTERPOLATION_STEPS = 4, 8
PICTURED = 256
"""Codebook entries or features drawn at most."""
BATCH = 500


@torch.no_grad()
def artefacts(variant: Variant, train: Inputs, test: Inputs, seed: int) -> dict[str, Array]:
    """Everything a metric or figure may ask of a run.

    ``codes`` and ``train_codes`` (n, L) of ``test`` and ``train``; ``reconstructions`` (m, *shape)
    of the first test samples; what `traversals` gives; ``interpolations`` between the first test
    samples. With the capability,
    ``prior_codes`` (4000, L) and the first of them decoded, ``samples`` (64, *shape);
    ``posterior_mean``, ``posterior_log_variance`` and a draw, ``sampled_codes``, (n, L);
    what `bounds` gives, and `encoder_gradients`; ``indices`` (n, positions), ``codebook_size``,
    ``codebooks`` (positions,), and ``encoder_outputs`` (n, L), of which the codes are the quantized
    form; ``class_logits`` (n, classes); ``prototypes`` decoded, (p, *shape); ``activations`` (n,
    features) and ``directions`` (features, dimensions), of images as `atom_pictures`. Of images,
    what `disturbed` gives, and of discrete codes `codebook_pictures`.
    """
    variant.eval()
    generator = Generator(test.device).manual_seed(seed)
    codes = _batched(variant.encode, test.batches(BATCH))
    train_codes = _batched(variant.encode, train.batches(BATCH))
    found: dict[str, Tensor] = {"codes": codes, "train_codes": train_codes}
    if isinstance(variant, PartlySeeing):
        shown = test.first(_affordable(RECONSTRUCTED, variant)).batches(BATCH)
        reconstruct = partial(variant.reconstruct, generator=generator)
        found["reconstructions"] = _batched(reconstruct, shown)
    else:
        shown_codes = codes[: _affordable(RECONSTRUCTED, variant)]
        found["reconstructions"] = _batched(variant.decode, shown_codes.split(BATCH))
        found |= traversals(variant, codes[:TRAVERSED], train_codes)
        found["interpolations"] = interpolations(variant, codes[: 2 * INTERPOLATED])
    if isinstance(variant, Generative):
        found["prior_codes"] = variant.prior_codes(PRIOR_CODES, generator)
        found["samples"] = variant.decode(found["prior_codes"][:SAMPLES])
    if isinstance(variant, Probabilistic):
        posteriors = map(variant.posterior, test.batches(BATCH))
        mean, log_variance = map(torch.cat, zip(*posteriors, strict=True))
        noise = torch.empty_like(mean).normal_(generator=generator)
        found["posterior_mean"], found["posterior_log_variance"] = mean, log_variance
        found["sampled_codes"] = mean + (0.5 * log_variance).exp() * noise
    if isinstance(variant, Bounded):
        found |= bounds(variant, test, generator)
        found["encoder_gradients"] = encoder_gradients(variant, test, generator)
    if isinstance(variant, DiscreteCodes):
        found["indices"] = indices(variant, test)
        found["codebook_size"] = torch.tensor(variant.codebook_size)
        found["codebooks"] = variant.codebooks()
        found["encoder_outputs"] = _batched(variant.encoder_outputs, test.batches(BATCH))
        if variant.data.kind == "image":
            found["codebook_pictures"] = codebook_pictures(variant, found["indices"])
    if isinstance(variant, Prototypical):
        found["prototypes"] = variant.prototypes()
    if isinstance(variant, Sparse):
        found["activations"] = _batched(variant.activations, test.batches(BATCH))
        found["directions"] = variant.directions()
        if variant.data.kind == "image":
            pictures = atom_pictures(found["activations"], found["directions"])
            found["atom_pictures"] = pictures.unflatten(1, variant.data.shape)
    if isinstance(variant, Classifying):
        found["class_logits"] = _batched(variant.class_logits, test.batches(BATCH))
    if variant.data.kind == "image":
        found |= disturbed(variant, test.first(_affordable(CORRUPTED, variant, FEW_NUMBERS)).all())
    return {name: tensor.cpu().numpy() for name, tensor in found.items()}


def bounds(variant: Variant, test: Inputs, generator: Generator) -> dict[str, Tensor]:
    """``log_weights`` and ``log_likelihoods`` (m, DRAWS) of the first test samples."""
    assert isinstance(variant, Bounded)
    count = _affordable(BOUNDED, variant, BOUNDED_NUMBERS // DRAWS)
    batches = test.first(count).batches(max(1, BATCH // DRAWS))
    pairs = [variant.log_weights(inputs, DRAWS, generator) for inputs in batches]
    weights, likelihoods = map(torch.cat, zip(*pairs, strict=True))
    return {"log_weights": weights, "log_likelihoods": likelihoods}


@torch.enable_grad()
def encoder_gradients(variant: Variant, test: Inputs, generator: Generator) -> Tensor:
    """Gradients (GRADIENTS, parameters) of the loss of the first test samples with respect to some
    of the encoder's parameters, each of another draw of the loss's noise, as at the end of a
    training.
    """
    first = test.first(max(1, _affordable(GRADIENT_SAMPLES, variant, GRADIENT_NUMBERS)))
    batch = Batch(first.all(), generator, first.labels)
    parameters = list(variant.encoder.parameters())
    drawn = []
    for _ in range(GRADIENTS):
        terms = variant.loss(batch, variant.total_steps)
        total = sum(terms.values(), start=torch.zeros((), device=test.device))
        gradients = torch.autograd.grad(total, parameters, materialize_grads=True)
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        drawn.append(flat[:: -(-len(flat) // GRADIENT_PARAMETERS)])
    return torch.stack(drawn)


def disturbed(variant: Variant, images: Tensor) -> dict[str, Tensor]:
    """What becomes of corrupted copies of ``images`` (n, c, h, w): ``shifted_codes`` (n, L), where
    these are not longer than there are samples to fit a map with, and, where codes can be decoded,
    ``<corruption>_reconstructions`` (n, c, h, w).
    """
    copies = corrupted(images.cpu().numpy())
    codes = {
        name: _batched(variant.encode, torch.from_numpy(copy).to(images.device).split(BATCH))
        for name, copy in copies.items()
    }
    found = {} if isinstance(variant, Codec | Overcomplete) else {"shifted_codes": codes["shift"]}
    if not isinstance(variant, PartlySeeing):
        for name, of_copy in codes.items():
            found[f"{name}_reconstructions"] = _batched(variant.decode, of_copy.split(BATCH))
    return found


@torch.no_grad()
def indices(variant: DiscreteCodes, inputs: Inputs) -> Tensor:
    """Codebook entries of all ``inputs``, int64 (n, positions)."""
    return _batched(variant.indices, inputs.batches(BATCH))


def codebook_pictures(variant: Variant, indices: Tensor) -> Tensor:
    """What the `PICTURED` entries stand for that ``indices`` (n, positions) have most often, those
    first, (entries, *shape): each decoded from a code that has it at every position.
    """
    assert isinstance(variant, DiscreteCodes)
    counts = torch.bincount(indices.flatten(), minlength=variant.codebook_size)
    entries = counts.argsort(descending=True, stable=True)[:PICTURED]
    codes = variant.codes_of(entries[:, None].expand(-1, indices.shape[1]))
    return _batched(variant.decode, codes.split(BATCH))


def atom_pictures(activations: Tensor, directions: Tensor) -> Tensor:
    """The `PICTURED` most often active of ``directions`` (features, dimensions), each scaled to
    [0, 1] around a half, which is nothing.
    """
    often = (activations != 0).sum(0).argsort(descending=True, stable=True)[:PICTURED]
    shown = directions[often]
    return 0.5 + 0.5 * shown / shown.abs().amax(1, keepdim=True).clamp_min(1e-12)


def traversals(variant: Variant, codes: Tensor, train_codes: Tensor) -> dict[str, Tensor]:
    """Decode ``codes`` (n, L) with one number at a time moved over ±2 of its standard deviations
    around its mean over the training samples: ``traversals`` (n, D, steps, *shape), and which
    numbers those are, ``traversed`` (D,): all, or the most varying of many.
    """
    mean, deviation = train_codes.mean(0), train_codes.std(0)
    most = min(MOST_TRAVERSED, codes.shape[1])
    traversed = deviation.argsort(descending=True, stable=True)[:most].sort().values
    sweep = torch.linspace(-2, 2, TRAVERSAL_STEPS, device=codes.device)
    moved = codes[:, None, None, :].repeat(1, most, TRAVERSAL_STEPS, 1)
    for place, dimension in enumerate(traversed.tolist()):
        moved[:, place, :, dimension] = mean[dimension] + sweep * deviation[dimension]
    decoded = _batched(variant.decode, moved.flatten(0, 2).split(BATCH))
    return {
        "traversals": decoded.view(*moved.shape[:3], *decoded.shape[1:]),
        "traversed": traversed,
    }


def interpolations(variant: Variant, codes: Tensor) -> Tensor:
    """Decode points on the straight line from each odd one of ``codes`` (2n, L) to the next, ends
    included: (n, steps, *shape).
    """
    share = torch.linspace(0, 1, INTERPOLATION_STEPS, device=codes.device)[:, None]
    starts, ends = codes[0::2, None], codes[1::2, None]
    between = starts[: len(ends)] * (1 - share) + ends * share  # (n, steps, L)
    decoded = _batched(variant.decode, between.flatten(0, 1).split(BATCH))
    return decoded.view(*between.shape[:2], *decoded.shape[1:])


def _affordable(wanted: int, variant: Variant, numbers: int = RECONSTRUCTED_NUMBERS) -> int:
    """How many of ``wanted`` samples have no more than ``numbers`` numbers together."""
    return min(wanted, numbers // variant.data.dimensions)


def _batched(function: Callable[[Tensor], Tensor], batches: Iterable[Tensor]) -> Tensor:
    return torch.cat([function(batch) for batch in batches])
