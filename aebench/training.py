"""The one training loop: named players take Adam steps on batches that live in memory.

Determinism: networks are made under the seed, the order of the data and the noise come from
generators of their own, so every variant sees the same batches. A checkpoint holds all of it; a
killed run goes on from there and ends in the same bytes.
"""

import ctypes
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from time import process_time
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Generator, Tensor, nn

from aebench.data import WATCHED, Budget, Description
from aebench.files import reading, written_whole
from aebench.hardware import claim_gpu
from aebench.inputs import Inputs
from aebench.objectives.likelihoods import MeanParametrised
from aebench.registry import Entry
from aebench.variants.base import Batch, Loss, Variant
from aebench.variants.capabilities import (
    Adversarial,
    ClosedForm,
    Constrained,
    DataInitialised,
    FittedPrior,
    Monitored,
)

CHECKPOINT_SECONDS = 10.0
HISTORY_ROWS = 100
INITIAL = 2000
"""Training samples that a variant may look at before its first step: the first."""
BATCH = 500
"""Samples encoded at once when training is over."""
PRECISIONS = ("float32", "tf32", "bfloat16")
ADVERSARY = "adversary."
DECAYING = ("encoder.", "decoder.")
"""Whose weights decay, where a variant lets them; biases and codebooks never do."""


class Diverged(Exception):
    """The loss stopped being a finite number."""


@dataclass
class Player:
    """Parameters that one objective moves."""

    parameters: Sequence[Tensor]
    loss: Callable[[Batch, int], Loss]
    learning_rate: float
    optimiser: torch.optim.Optimizer
    precision: str = "float32"
    constrained: Constrained | None = None
    gradient_norm: float = 0.0

    def step(self) -> None:
        """Move the parameters along their gradients, within the variant's constraints."""
        if self.constrained:
            self.constrained.constrain_gradients()
        if self.gradient_norm:
            nn.utils.clip_grad_norm_(self.parameters, self.gradient_norm)
        self.optimiser.step()
        if self.constrained:
            self.constrained.constrain_parameters()


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
    if device == "cuda":
        claim_gpu()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # or CUDA's products are refused
    torch.use_deterministic_algorithms(True)
    # what is not training is in float32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    # ours never reads what it has not written: filling every new tensor would be for nothing
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.manual_seed(seed)
    variant: Variant = entry.load()(data, **settings)
    return variant.to(device)


def restored(
    entry: Entry, data: Description, settings: dict[str, Any], device: str, model: Path
) -> Variant:
    """A trained variant as ``model``, a run's model.safetensors, holds it, in evaluation mode."""
    variant = build(entry, data, settings, 0, device)
    with reading(model):
        variant.load_state_dict(load_file(model, device=device))
    return variant.eval()


def train(
    variant: Variant, inputs: Inputs, budget: Budget, seed: int, checkpoint: Path | None = None
) -> Progress:
    """Train ``variant`` on ``inputs`` for the budget.

    Raises `Diverged` when a loss is not finite.
    """
    if isinstance(variant, ClosedForm):
        return _fit(variant, inputs.drawn_once(seed).all())
    _keep_memory()
    variant.total_steps = budget.steps
    players = _players(variant, budget)
    if variant.backbone.output_bias == "mean":
        _start_at_mean(variant, inputs)
    order, noise = _generators(seed, inputs.device)
    progress = Progress()
    if checkpoint and checkpoint.exists():
        progress = _resume(checkpoint, variant, players, noise)
    elif isinstance(variant, DataInitialised):
        variant.initialise(inputs.first(INITIAL).all(), noise)
    window = max(1, budget.steps // HISTORY_ROWS)
    batches = _Batches(inputs, budget.batch_size, order)
    sums: dict[str, Tensor] = {}
    started, cpu_started = (
        time.perf_counter() - progress.seconds,
        process_time() - progress.cpu_seconds,
    )
    saved = time.perf_counter()
    variant.train()
    for step in range(progress.step, budget.steps):
        for name, term in _take(step, players, budget, batches, noise).items():
            sums[name] = sums[name] + term if name in sums else term
        if (step + 1) % window == 0 or step + 1 == budget.steps:
            count = (step % window) + 1
            progress.history.append(_row(step + 1, sums, count) | _watched(variant))
            sums = {}
            progress.step = step + 1
            if checkpoint and time.perf_counter() - saved > CHECKPOINT_SECONDS:
                progress.seconds = time.perf_counter() - started
                progress.cpu_seconds = process_time() - cpu_started
                _save(checkpoint, progress, variant, players, noise)
                saved = time.perf_counter()
    if isinstance(variant, FittedPrior):
        variant.fit_prior(_codes(variant, inputs.drawn_once(seed)), seed)
    if inputs.device.type == "cuda":
        torch.cuda.synchronize()
    progress.seconds, progress.cpu_seconds = (
        time.perf_counter() - started,
        process_time() - cpu_started,
    )
    return progress


def stepper(variant: Variant, inputs: Inputs, budget: Budget, seed: int) -> Callable[[int], None]:
    """A function that takes step number so-and-so of the budget as `train` does, for timing it."""
    _keep_memory()
    variant.total_steps = budget.steps
    players = _players(variant, budget)
    order, noise = _generators(seed, inputs.device)
    batches = _Batches(inputs, budget.batch_size, order)
    variant.train()

    def take(step: int) -> None:
        _take(step, players, budget, batches, noise)

    return take


def _take(
    step: int, players: list[Player], budget: Budget, batches: "_Batches", noise: Generator
) -> Loss:
    """Take a step of the budget: every player's turn on the same batch; returns all their terms."""
    _set_rates(players, learning_rate(budget.schedule, step / budget.steps))
    torch.compiler.cudagraph_mark_step_begin()
    batch = batches.at(step, noise)
    terms: Loss = {}
    for player in players:
        for name, term in _turn(player, batch, step).items():
            terms[name] = terms[name] + term if name in terms else term
    return terms


def _keep_memory() -> None:
    """Let glibc keep what a step frees for the next: to give it back and fetch it again, page by
    page, takes a quarter of a convolutional step.
    """
    trim_threshold, mapped_at_most = -1, -4  # of malloc.h
    allocator = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if allocator:
        allocator(trim_threshold, 2**31 - 1)
        allocator(mapped_at_most, 0)


def learning_rate(schedule: str, share: float) -> float:
    """The learning rate at a ``share`` of the budget, as a multiple of the first one.

    ``burda``: eight stages, stage i of 3^i parts of the budget, at 10^(-i/7); Burda et al. 2016,
    section 5, whose parts are epochs. ``trapezoid``: up from zero over the first 5 %, down to zero
    over the last 20 %, as sparse autoencoders are trained (Gao et al. 2024). Raises `ValueError`
    for an unknown schedule.
    """
    if schedule == "constant":
        return 1.0
    if schedule == "trapezoid":
        return min(1.0, (share + 1e-3) / 0.05, (1 - share) / 0.2)
    if schedule != "burda":
        raise ValueError(f"schedule '{schedule}', accepted: constant, burda, trapezoid")
    part = share * 3280 + 1e-6  # of the 3,280 that all stages have
    stage = sum(part >= end for end in accumulate(3**stage for stage in range(7)))
    return float(10 ** (-stage / 7))


def _set_rates(players: list[Player], multiple: float) -> None:
    for player in players:
        for group in player.optimiser.param_groups:
            group["lr"] = player.learning_rate * multiple


@torch.no_grad()
def _start_at_mean(variant: Variant, inputs: Inputs) -> None:
    """Let an untrained decoder of zeros give each number's mean over the training samples."""
    mean = torch.stack([batch.sum(0) for batch in inputs.batches(BATCH)]).sum(0) / len(inputs)
    if not isinstance(variant.observation, MeanParametrised):
        raise ValueError("output_bias 'mean': the likelihood has more outputs than a mean")
    linear = [layer for layer in variant.decoder.modules() if isinstance(layer, nn.Linear)]
    if not linear:
        name = type(variant).__name__
        raise ValueError(f"output_bias 'mean': the decoder of {name} has no linear last layer")
    last = linear[-1]
    if last.bias.numel() != mean.numel():
        raise ValueError("output_bias 'mean': the decoder's last layer has no bias for each number")
    last.bias.copy_(variant.observation.outputs_of(mean).flatten())


@contextmanager
def in_precision(precision: str) -> Iterator[None]:
    """Matrix products and convolutions of the block, and of its gradients, in ``float32``; on CUDA
    in ``tf32``, which rounds their factors to 10 bits. ``bfloat16``, by autocast, is for forward
    passes alone: losses, parameters and Adam are float32.

    Raises `ValueError` for another name.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision '{precision}', accepted: {', '.join(PRECISIONS)}")
    allowed = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    tf32 = precision == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    try:
        yield
    finally:
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = allowed


def _turn(player: Player, batch: Batch, step: int) -> Loss:
    """One step of one player; returns its terms, detached."""
    device, low = batch.inputs.device, player.precision == "bfloat16"
    with in_precision(player.precision):
        with torch.autocast(device.type, torch.bfloat16, enabled=low):
            terms = player.loss(batch, step)
        total = sum(terms.values(), start=torch.zeros((), device=device))
        # a schedule may leave parameters out for a while: they have no gradient and do not move
        gradients = torch.autograd.grad(total, player.parameters, allow_unused=True)
    for parameter, gradient in zip(player.parameters, gradients, strict=True):
        # the fused optimiser takes both for being laid out alike, and does not look
        alike = gradient is None or gradient.stride() == parameter.stride()
        parameter.grad = gradient if alike else torch.empty_like(parameter).copy_(gradient)
    player.step()
    # the next step of a captured one writes its terms where this one's are
    return {name: term.detach().float().clone() for name, term in terms.items()}


def _as_written(loss: Callable[[Batch, int], Loss]) -> Callable[[Batch, int], Loss]:
    return loss


def compiled(loss: Callable[[Batch, int], Loss]) -> Callable[[Batch, int], Loss]:
    """A loss whose kernels are fused, and on CUDA launched together as CUDA graphs, where its code
    allows; the rest, such as drawing from a generator, runs as it is written. To compile takes
    tens of seconds, which are part of the training's: worth it for long ones.
    """
    import torch._inductor.config as inductor

    # a loss that reads its step's number would be captured anew at every one
    inductor.triton.cudagraph_skip_dynamic_graphs = True
    made: Callable[[Batch, int], Loss] = torch.compile(loss, mode="reduce-overhead")
    return made


def _in_float32(module: nn.Module, given: object, found: object) -> object:
    """A hook: what a network gives to the loss."""
    low = isinstance(found, Tensor) and found.dtype == torch.bfloat16
    return found.float() if isinstance(found, Tensor) and low else found


def _players(variant: Variant, budget: Budget) -> list[Player]:
    if budget.precision == "bfloat16":
        for network in variant.children():
            network.register_forward_hook(_in_float32)
    named = dict(variant.named_parameters())
    own = {name: p for name, p in named.items() if not name.startswith(ADVERSARY)}
    decaying = [p for name, p in own.items() if name.startswith(DECAYING) and p.dim() > 1]
    others = [p for p in own.values() if all(p is not other for other in decaying)]
    groups = [
        {"params": decaying, "weight_decay": variant.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    rate, betas = budget.learning_rate, (budget.beta1, 0.999)
    optimiser = torch.optim.AdamW(groups, rate, betas, budget.epsilon, fused=True)
    constrained = variant if isinstance(variant, Constrained) else None
    moved = decaying + others
    norm, precision = variant.gradient_norm, budget.precision
    run = compiled if budget.compiled and variant.compilable else _as_written
    loss = run(variant.loss)
    players = [Player(moved, loss, rate, optimiser, precision, constrained, norm)]
    if isinstance(variant, Adversarial):
        opposed: list[Tensor] = list(variant.adversary.parameters())
        rate *= variant.adversary_learning_rate
        betas = (variant.adversary_beta1, variant.adversary_beta2)
        optimiser = torch.optim.AdamW(opposed, rate, betas, weight_decay=0.0, fused=True)
        loss = run(variant.adversary_loss)
        players.append(Player(opposed, loss, rate, optimiser, precision))
    return players


def _generators(seed: int, device: torch.device) -> tuple[int, Generator]:
    """The seed of the data's order and the generator of the noise, independent of each other."""
    return 2 * seed, Generator(device).manual_seed(2 * seed + 1)


class _Batches:
    """Batch ``step`` of an endless run of epochs, each a permutation drawn from (seed, epoch)."""

    def __init__(self, inputs: Inputs, size: int, seed: int) -> None:
        self.inputs, self.size, self.seed = inputs, min(size, len(inputs)), seed
        self.per_epoch = len(inputs) // self.size
        self.epoch, self.order = -1, torch.empty(0)

    def at(self, step: int, noise: Generator) -> Batch:
        """Batch ``step``, with ``noise`` for whatever is drawn from it."""
        rows = self.rows(step)
        labels = None if self.inputs.labels is None else self.inputs.labels.index_select(0, rows)
        return Batch(self.inputs.drawn(rows, self.seed * 1_000_003 + step), noise, labels)

    def rows(self, step: int) -> Tensor:
        """Row numbers of batch ``step``, int64 (B,)."""
        epoch, batch = divmod(step, self.per_epoch)
        if epoch != self.epoch:
            generator = Generator().manual_seed(self.seed * 1_000_003 + epoch)
            order = torch.randperm(len(self.inputs), generator=generator)
            self.epoch, self.order = epoch, order.to(self.inputs.device)
        return self.order[batch * self.size : (batch + 1) * self.size]


def _fit(variant: Variant, inputs: Tensor) -> Progress:
    assert isinstance(variant, ClosedForm)
    started, cpu_started = time.perf_counter(), process_time()
    row = _row(1, variant.fit(inputs), 1)
    return Progress(1, time.perf_counter() - started, process_time() - cpu_started, [row])


@torch.no_grad()
def _codes(variant: Variant, inputs: Inputs) -> Tensor:
    """Codes of all training samples, (n, latent_dimension)."""
    variant.eval()
    return torch.cat([variant.encode(batch) for batch in inputs.batches(BATCH)])


def _row(step: int, sums: Loss, count: int) -> dict[str, float]:
    row = {name: total.item() / count for name, total in sums.items()}
    for name, value in row.items():
        if not torch.isfinite(torch.tensor(value)):
            raise Diverged(f"{name} is {value} at step {step}")
    return {"step": step, **row}


def _watched(variant: Variant) -> dict[str, float]:
    if not isinstance(variant, Monitored):
        return {}
    return {f"{WATCHED}{name}": value for name, value in variant.usage().items()}


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
    with reading(path), safe_open(path, framework="pt") as file:
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


def parameter_count(variant: Variant) -> int:
    """Numbers that the model stores, adversary included: trained or, in closed form, fitted."""
    tensors: list[Any] = [*variant.parameters(), *variant.buffers()]
    return sum(tensor.numel() for tensor in tensors)
