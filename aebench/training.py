"""The one training loop: named players take Adam steps on batches that live in memory.

Determinism: networks are made under the seed, the order of the data and the noise come from
generators of their own, so every variant sees the same batches. A checkpoint holds all of it; a
killed run goes on from there and ends in the same bytes.
"""

import json
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Generator, Tensor

from aebench.data import Array, Budget, Description
from aebench.files import written_whole
from aebench.registry import Entry
from aebench.variants.base import Batch, Loss, Variant
from aebench.variants.capabilities import Adversarial, ClosedForm

CHECKPOINT_SECONDS = 10.0
HISTORY_ROWS = 100
ADVERSARY = "adversary."


class Diverged(Exception):
    """The loss stopped being a finite number."""


@dataclass
class Player:
    """Parameters that one objective moves."""

    parameters: list[Tensor]
    loss: Callable[[Batch, int], Loss]
    optimiser: torch.optim.Optimizer


@dataclass
class Progress:
    """Where a training is: what a checkpoint holds beside tensors."""

    step: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)


def build(
    entry: Entry, data: Description, settings: dict[str, Any], seed: int, device: str
) -> Variant:
    """Make a variant's networks under a seed: the same weights on every device."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # or CUDA's products are refused
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    variant: Variant = entry.load()(data, **settings)
    return variant.to(device)


def images_on(device: str, images: Array, maximum: int) -> Tensor:
    """Stored integers (n, *shape) as floats in [0, 1] on the device."""
    return torch.from_numpy(images).to(device).float().div_(maximum)


def train(
    variant: Variant, images: Tensor, budget: Budget, seed: int, checkpoint: Path | None = None
) -> Progress:
    """Train ``variant`` on ``images`` (n, *shape) in [0, 1] for the budget.

    Raises `Diverged` when a loss is not finite.
    """
    if isinstance(variant, ClosedForm):
        return _fit(variant, images)
    players = _players(variant, budget)
    order, noise = _generators(seed, images.device)
    progress = Progress()
    if checkpoint and checkpoint.exists():
        progress = _resume(checkpoint, variant, players, noise)
    window = max(1, budget.steps // HISTORY_ROWS)
    batches = _Batches(images, budget.batch_size, order)
    sums: dict[str, Tensor] = {}
    started, cpu_started = time.perf_counter() - progress.seconds, _cpu() - progress.cpu_seconds
    saved = time.perf_counter()
    variant.train()
    for step in range(progress.step, budget.steps):
        batch = Batch(batches[step], noise)
        for player in players:
            for name, term in _turn(player, batch, step).items():
                sums[name] = sums[name] + term if name in sums else term
        if (step + 1) % window == 0 or step + 1 == budget.steps:
            count = (step % window) + 1
            progress.history.append(_row(step + 1, sums, count))
            sums = {}
            progress.step = step + 1
            if checkpoint and time.perf_counter() - saved > CHECKPOINT_SECONDS:
                progress.seconds = time.perf_counter() - started
                progress.cpu_seconds = _cpu() - cpu_started
                _save(checkpoint, progress, variant, players, noise)
                saved = time.perf_counter()
    if images.is_cuda:
        torch.cuda.synchronize()
    progress.seconds, progress.cpu_seconds = time.perf_counter() - started, _cpu() - cpu_started
    return progress


def _turn(player: Player, batch: Batch, step: int) -> Loss:
    """One step of one player; returns its terms, detached."""
    terms = player.loss(batch, step)
    total = sum(terms.values(), start=torch.zeros((), device=batch.images.device))
    gradients = torch.autograd.grad(total, player.parameters)
    for parameter, gradient in zip(player.parameters, gradients, strict=True):
        parameter.grad = gradient
    player.optimiser.step()
    return {name: term.detach() for name, term in terms.items()}


def _players(variant: Variant, budget: Budget) -> list[Player]:
    named = dict(variant.named_parameters())
    parameters: list[Tensor] = [p for name, p in named.items() if not name.startswith(ADVERSARY)]
    players = [Player(parameters, variant.loss, _adam(parameters, budget.learning_rate))]
    if isinstance(variant, Adversarial):
        opposed: list[Tensor] = list(variant.adversary.parameters())
        rate = budget.learning_rate * variant.adversary_learning_rate
        players.append(Player(opposed, variant.adversary_loss, _adam(opposed, rate)))
    return players


def _adam(parameters: list[Tensor], learning_rate: float) -> torch.optim.Optimizer:
    return torch.optim.Adam(parameters, lr=learning_rate, fused=True)


def _generators(seed: int, device: torch.device) -> tuple[int, Generator]:
    """The seed of the data's order and the generator of the noise, independent of each other."""
    return 2 * seed, Generator(device).manual_seed(2 * seed + 1)


class _Batches:
    """Batch ``step`` of an endless run of epochs, each a permutation drawn from (seed, epoch)."""

    def __init__(self, images: Tensor, size: int, seed: int) -> None:
        self.images, self.size, self.seed = images, min(size, len(images)), seed
        self.per_epoch = len(images) // self.size
        self.epoch, self.order = -1, torch.empty(0)

    def __getitem__(self, step: int) -> Tensor:
        epoch, batch = divmod(step, self.per_epoch)
        if epoch != self.epoch:
            generator = Generator().manual_seed(self.seed * 1_000_003 + epoch)
            order = torch.randperm(len(self.images), generator=generator)
            self.epoch, self.order = epoch, order.to(self.images.device)
        rows = self.order[batch * self.size : (batch + 1) * self.size]
        return self.images.index_select(0, rows)


def _fit(variant: Variant, images: Tensor) -> Progress:
    assert isinstance(variant, ClosedForm)
    started, cpu_started = time.perf_counter(), _cpu()
    row = _row(1, variant.fit(images), 1)
    return Progress(1, time.perf_counter() - started, _cpu() - cpu_started, [row])


def _row(step: int, sums: Loss, count: int) -> dict[str, float]:
    row = {name: total.item() / count for name, total in sums.items()}
    for name, value in row.items():
        if not torch.isfinite(torch.tensor(value)):
            raise Diverged(f"{name} is {value} at step {step}")
    return {"step": step, **row}


def _save(
    path: Path, progress: Progress, variant: Variant, players: list[Player], noise: Generator
) -> None:
    tensors = {f"variant.{name}": tensor for name, tensor in variant.state_dict().items()}
    tensors["noise"] = noise.get_state()
    for number, player in enumerate(players):
        for index, state in player.optimiser.state_dict()["state"].items():
            tensors |= {f"player.{number}.{index}.{name}": value for name, value in state.items()}
    with written_whole(path) as temporary:
        save_file(
            {name: tensor.contiguous() for name, tensor in tensors.items()},
            temporary,
            metadata={"progress": json.dumps(vars(progress))},
        )


def _resume(path: Path, variant: Variant, players: list[Player], noise: Generator) -> Progress:
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        progress = Progress(**json.loads(file.metadata()["progress"]))
    variant.load_state_dict(_below("variant.", tensors))
    noise.set_state(tensors["noise"])
    for number, player in enumerate(players):
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in _below(f"player.{number}.", tensors).items():
            index, field_name = name.split(".", 1)
            state.setdefault(int(index), {})[field_name] = tensor
        player.optimiser.load_state_dict({**player.optimiser.state_dict(), "state": state})
    return progress


def _below(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name[len(prefix) :]: t for name, t in tensors.items() if name.startswith(prefix)}


def _cpu() -> float:
    return time.process_time()


def peak_memory(device: str) -> int:
    """Bytes: the most this process held of host memory, and of device memory where it used one."""
    host = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return host + (torch.cuda.max_memory_allocated() if device == "cuda" else 0)
