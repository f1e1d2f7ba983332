"""From a trained model to the arrays that metrics and figures see."""

import time
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor
from torch.utils.flop_counter import FlopCounterMode

from aebench.data import Array
from aebench.variants.base import Variant
from aebench.variants.capabilities import DiscreteCodes, Generative

RECONSTRUCTED = 2000
"""Test images that are reconstructed at most: the first ones, the same for every variant."""
TRAIN_CODES = 10000
"""Training images whose codes are kept at most, for probes."""
SAMPLES = 64
TRAVERSED, TRAVERSAL_STEPS = 2, 8
BATCH = 500


@torch.no_grad()
def artefacts(variant: Variant, train: Tensor, test: Tensor, seed: int) -> dict[str, Array]:
    """Everything a metric or figure may ask of a run, on ``train`` and ``test`` (n, *shape).

    ``codes`` and ``train_codes`` (n, L); ``reconstructions`` (m, *shape) of the first test images;
    ``traversals`` (images, L, steps, *shape); with the capability, ``samples`` (64, *shape),
    ``indices`` (n, positions) and ``codebook_size``.
    """
    variant.eval()
    codes = _batched(variant.encode, test)
    train_codes = _batched(variant.encode, train[:TRAIN_CODES])
    found: dict[str, Tensor] = {
        "codes": codes,
        "train_codes": train_codes,
        "reconstructions": _batched(variant.decode, codes[:RECONSTRUCTED]),
        "traversals": traversals(variant, codes[:TRAVERSED], train_codes),
    }
    if isinstance(variant, Generative):
        generator = Generator(test.device).manual_seed(seed)
        found["samples"] = variant.sample(SAMPLES, generator)
    if isinstance(variant, DiscreteCodes):
        found["indices"] = _batched(variant.indices, test)
        found["codebook_size"] = torch.tensor(variant.codebook_size)
    return {name: tensor.cpu().numpy() for name, tensor in found.items()}


def traversals(variant: Variant, codes: Tensor, train_codes: Tensor) -> Tensor:
    """Decode ``codes`` (n, L) with one number at a time moved over ±2 of its standard deviations
    around its mean over the training images: (n, L, steps, *shape).
    """
    mean, deviation = train_codes.mean(0), train_codes.std(0)
    sweep = torch.linspace(-2, 2, TRAVERSAL_STEPS, device=codes.device)
    moved = codes[:, None, None, :].repeat(1, codes.shape[1], TRAVERSAL_STEPS, 1)
    for dimension in range(codes.shape[1]):
        moved[:, dimension, :, dimension] = mean[dimension] + sweep * deviation[dimension]
    images = _batched(variant.decode, moved.flatten(0, 2))
    return images.view(*moved.shape[:3], *images.shape[1:])


@torch.no_grad()
def inference_cost(variant: Variant, test: Tensor, repeats: int = 5) -> dict[str, float]:
    """Seconds to encode and decode ``images`` test images in batches (median of ``repeats``
    after one to warm up), and FLOPs of one image (torch's counter: multiply and add are two).
    """

    def roundtrip(images: Tensor) -> Tensor:
        return variant.decode(variant.encode(images))

    variant.eval()
    images = test[:RECONSTRUCTED]
    with FlopCounterMode(display=False) as counter:
        roundtrip(images[:1])
    seconds = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        _batched(roundtrip, images)
        if images.is_cuda:
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - started)
    return {
        "inference_images": len(images),
        "inference_seconds": float(np.median(seconds[1:])),
        "flops": counter.get_total_flops(),
    }


def parameter_count(variant: Variant) -> int:
    """Numbers that the model stores, adversary included: trained or, in closed form, fitted."""
    tensors: list[Any] = [*variant.parameters(), *variant.buffers()]
    return sum(tensor.numel() for tensor in tensors)


def _batched(function: Any, inputs: Tensor) -> Tensor:
    return torch.cat([function(batch) for batch in inputs.split(BATCH)])
