"""A small convolutional network that has learned to tell the factors of sprites: the host of
`sprites-latents`.

The network of `aebench.classifier`, trained for longer, on sprites drawn from all there are. Its
hidden state is the last before its softmax for each factor, as normalised over the batch and not
yet cut at 0 by the ReLU. Several answers may be right: an ellipse turned by half a turn is the same
ellipse. Hidden states are given times ``scale``, one number that makes their mean squared norm
their dimension, as in `aebench.datasets.superposition`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor, nn

from aebench.classifier import Classifier
from aebench.data import Array
from aebench.datasets.sprites import FACTOR_SIZES, SIDE, render
from aebench.files import read_json, reading, write_json, write_tensors
from aebench.hosts.probes import commonest_share, linear_probe_accuracy, unit_scale

SPRITES, STEPS, BATCH, LEARNING_RATE = 30000, 2500, 64, 1e-2
PROBED = 5000
"""Sprites that the probes learn from, and as many that they are judged on."""
CHUNK = 500
"""Sprites in a batch where nothing is trained."""


@dataclass(frozen=True)
class Host:
    """The trained network and what its hidden states are multiplied by."""

    network: Classifier
    scale: float


def train(
    folder: Path, *, sprites: int = SPRITES, steps: int = STEPS, probed: int = PROBED
) -> None:
    """Train on ``sprites`` drawn from all there are; write ``host.safetensors``, ``host.json``.

    Minimises the sum of the factors' cross-entropies by AdamW under a one-cycle learning rate; the
    same bytes for the same arguments.
    """
    torch.use_deterministic_algorithms(True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = Classifier([1, SIDE, SIDE], list(FACTOR_SIZES))
    optimiser = torch.optim.AdamW(network.parameters(), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    generator, order = np.random.default_rng(0), Generator().manual_seed(0)
    factors = drawn(sprites, generator)
    pictures, known = torch.from_numpy(render(factors)), torch.from_numpy(factors)
    for _ in range(steps):
        rows = torch.randint(sprites, (BATCH,), generator=order)
        loss = sum(cross_entropies(network(pictures[rows].float()), known[rows]), torch.zeros(()))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    _save(folder, network.eval(), drawn(probed, generator), drawn(probed, generator))


def load(folder: Path) -> Host:
    """Read what `train` wrote."""
    from safetensors.torch import load_file

    network = Classifier([1, SIDE, SIDE], list(FACTOR_SIZES))
    path = folder / "host.safetensors"
    with reading(path):
        network.load_state_dict(load_file(path))
    return Host(network.eval(), read_json(folder / "host.json")["scale"])


@torch.no_grad()
def activations(host: Host, factors: Array) -> Array:
    """Hidden states float32 (n, d) of the sprites with ``factors`` int (n, 5)."""
    chunks = np.array_split(factors, max(1, -(-len(factors) // CHUNK)))
    states = [host.network.features[:-1](torch.from_numpy(render(c)).float()) for c in chunks]
    return host.scale * torch.cat(states).numpy()


def drawn(count: int, generator: np.random.Generator) -> Array:
    """Factor tuples, int64 (n, 5), every value as likely as any other."""
    return generator.integers(FACTOR_SIZES, size=(count, len(FACTOR_SIZES)))


def cross_entropies(said: Iterable[Tensor], known: Tensor) -> list[Tensor]:
    """Each factor's mean cross-entropy, of logits (B, values) and the value in ``known`` (B, k)."""
    told = zip(said, known.unbind(1), strict=True)
    return [nn.functional.cross_entropy(logits, values) for logits, values in told]


@torch.no_grad()
def _save(folder: Path, network: Classifier, learned: Array, judged: Array) -> None:
    """Write the network, and how well it and linear probes of its hidden states tell ``judged``
    factors (n, 5); the probes learn from ``learned`` ones.
    """
    states, unseen = (activations(Host(network, 1.0), factors) for factors in (learned, judged))
    said = network.heads(torch.from_numpy(unseen).relu()).split(network.sizes, dim=1)
    answers = np.stack([logits.argmax(1).numpy() for logits in said], axis=1)
    facts = {
        "scale": unit_scale(states),
        "architecture": network.architecture,
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "loss": float(sum(cross_entropies(said, torch.from_numpy(judged)))),
        "accuracy": (answers == judged).mean(axis=0).tolist(),
        "probe_accuracy": linear_probe_accuracy(states, learned, unseen, judged).tolist(),
        "probe_baseline": commonest_share(learned, judged).tolist(),
    }
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    write_tensors(folder / "host.safetensors", state)
    write_json(folder / "host.json", facts)
