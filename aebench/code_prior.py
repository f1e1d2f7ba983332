"""The distribution of a run's discrete codes, learned when its networks are: one small transformer
for every quantizer, so that they are judged by the same prior.

It gives samples, the code length -log p(indices) that an entropy coder needs, and the probabilities
for such a coder. van den Oord et al. 2017, section 3.3, whose PixelCNN it replaces.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from torch import Generator, Tensor

from aebench.coding.frequencies import fingerprint, frequencies_of
from aebench.coding.index_streams import adaptive_bytes, prior_decode, prior_encode, static_bytes
from aebench.data import Array
from aebench.encoding import PRIOR_CODES, SAMPLES
from aebench.files import reading, write_tensors
from aebench.nn.causal_transformer import Cache, CausalTransformer
from aebench.variants.base import Variant
from aebench.variants.capabilities import DiscreteCodes

WIDTH, DEPTH, HEADS = 64, 2, 4
LEARNING_RATE, BATCH = 2e-3, 64
"""Steps are the run's own budget, at most `aebench.data.PRIOR_STEPS`."""
LOOKS = 20
"""How often the validation codes are looked at; the weights with the shortest are kept."""
CODED = 500
"""Test samples whose codes are really written as bytes, at most."""
EVALUATED = 200
"""Sequences whose logits are in memory at once."""


@dataclass
class Fitted:
    """The prior, the step its weights are from, and nats per code at each look."""

    prior: CausalTransformer
    step: int = 0
    validation_nats: list[float] = field(default_factory=list)


def fit(train: Tensor, validation: Tensor, size: int, steps: int, seed: int) -> Fitted:
    """Learn the distribution of ``train`` int64 (n, T), indices below ``size``; of all steps the
    weights that give ``validation`` (m, T) the shortest mean code.

    AdamW under a one-cycle learning rate; the same bytes for the same arguments.
    """
    torch.use_deterministic_algorithms(True)
    devices = [train.device] if train.is_cuda else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        prior = CausalTransformer(size, train.shape[1], WIDTH, DEPTH, HEADS).to(train.device)
    optimiser = torch.optim.AdamW(prior.parameters(), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps + 1)
    order = Generator().manual_seed(seed)
    fitted, best, kept = Fitted(prior), torch.inf, prior.state_dict()
    for step in range(steps):
        rows = torch.randint(len(train), (BATCH,), generator=order).to(train.device)
        codes = train[rows]
        loss = torch.nn.functional.cross_entropy(prior(codes).flatten(0, 1), codes.flatten())
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(prior.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if (step + 1) % max(1, steps // LOOKS) == 0 or step + 1 == steps:
            fitted.validation_nats.append(float(nats(prior, validation).mean()))
            if fitted.validation_nats[-1] < best:
                best, fitted.step = fitted.validation_nats[-1], step + 1
                kept = {name: tensor.clone() for name, tensor in prior.state_dict().items()}
    prior.load_state_dict(kept)
    return fitted


@torch.no_grad()
def nats(prior: CausalTransformer, indices: Tensor) -> Tensor:
    """-log p of each of ``indices`` int64 (n, T), (n,) in nats."""
    found = []
    for codes in indices.split(EVALUATED):
        logits = prior(codes).flatten(0, 1)
        each = torch.nn.functional.cross_entropy(logits, codes.flatten(), reduction="none")
        found.append(each.view(codes.shape).sum(1))
    return torch.cat(found)


@torch.no_grad()
def sample(prior: CausalTransformer, count: int, generator: Generator) -> Tensor:
    """Draw ``count`` sequences, int64 (count, T)."""
    past: Cache | None = None
    drawn = [prior.start(count)]
    for place in range(prior.length):
        logits, past = prior.advance(drawn[-1], place, past)
        drawn.append(logits[:, 0].softmax(1).multinomial(1, generator=generator))
    return torch.cat(drawn[1:], 1)


def encode(prior: CausalTransformer, indices: Tensor) -> bytes:
    """A stream of ``indices`` int64 (n, T) by the prior's probabilities."""
    return prior_encode(indices.cpu().numpy(), next_tables(prior, len(indices)), name(prior))


def decode(prior: CausalTransformer, stream: bytes, count: int) -> Array:
    """The indices int64 (n, T) of what `encode` wrote for ``count`` samples.

    On a machine and with libraries whose sums round as the encoder's did: a network's probabilities
    are floats, and one that rounds differently reads something else, which the stream's checksum of
    bytes cannot see. Raises `BadStream` for another prior's stream.
    """
    return prior_decode(stream, next_tables(prior, count), name(prior))


def next_tables(prior: CausalTransformer, count: int) -> Callable[[Array], Array]:
    """A function of the indices so far, int (count, t), t growing by one from 0 with every call, to
    the integer frequencies (count, size) of the next ones: for an encoder and a decoder the same.
    """
    past: Cache | None = None

    @torch.no_grad()
    def tables(known: Array) -> Array:
        nonlocal past
        place = known.shape[1]
        before = torch.from_numpy(known[:, -1:]).to(prior.places.device)
        logits, past = prior.advance(before if place else prior.start(count), place, past)
        probabilities = logits[:, 0].double().softmax(1).cpu().numpy()
        # a coder's table has two symbols at least
        return frequencies_of(np.pad(probabilities, [(0, 0), (0, max(0, 2 - prior.size))]))

    return tables


def name(prior: CausalTransformer) -> bytes:
    """8 bytes that tell the prior from others."""
    return fingerprint(*(tensor.cpu().numpy() for tensor in prior.state_dict().values()))


@torch.no_grad()
def artefacts(
    prior: CausalTransformer, variant: Variant, train: Tensor, test: Tensor, seed: int
) -> dict[str, Array]:
    """What the prior gives for metrics and figures, of the indices int64 (n, T) of training and
    test samples.

    ``prior_codes`` (4000, L) and the first of them decoded, ``samples`` (64, *shape);
    ``prior_code_nats`` (m,) of test samples; of the first ``coded_samples`` of these the bytes that
    a range coder wrote: ``static_coded_bytes`` under how often each index is chosen at its place in
    training, ``adaptive_coded_bytes`` under counts so far at its place,
    ``prior_coded_bytes`` under the prior.
    """
    assert isinstance(variant, DiscreteCodes)
    generator = Generator(test.device).manual_seed(seed)
    codes = variant.codes_of(sample(prior, PRIOR_CODES, generator))
    coded, size = test[:CODED], prior.size
    counted, written = train.cpu().numpy(), coded.cpu().numpy()
    return {
        "prior_codes": codes.cpu().numpy(),
        "samples": variant.decode(codes[:SAMPLES]).cpu().numpy(),
        "prior_code_nats": nats(prior, test).cpu().numpy(),
        "coded_samples": np.array(len(coded)),
        "static_coded_bytes": np.array(static_bytes(counted, written, size, per_position=True)),
        "adaptive_coded_bytes": np.array(adaptive_bytes(written, size, per_position=True)),
        "prior_coded_bytes": np.array(len(encode(prior, coded))),
    }


def save(path: Path, prior: CausalTransformer) -> None:
    """Write the prior, whole or not at all."""
    state = {name: tensor.cpu().numpy() for name, tensor in prior.state_dict().items()}
    write_tensors(path, state, size=str(prior.size), length=str(prior.length))


def load(path: Path, device: str) -> CausalTransformer:
    """Read what `save` wrote."""
    with reading(path), safe_open(path, framework="pt", device=device) as file:
        known = file.metadata()
        prior = CausalTransformer(int(known["size"]), int(known["length"]), WIDTH, DEPTH, HEADS)
        prior.load_state_dict({name: file.get_tensor(name) for name in file.keys()})
    return prior.to(device).eval()
