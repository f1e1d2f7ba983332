"""What a trained variant costs, measured with nothing else beside it.

Seconds are wall clock of one thread, or of the GPU, after a warm-up.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Generator, Tensor
from torch.utils.flop_counter import FlopCounterMode

from aebench import energy, training
from aebench.data import Array, Budget
from aebench.inputs import Inputs
from aebench.variants.base import Variant
from aebench.variants.capabilities import ClosedForm, PartlySeeing

BATCH, NUMBERS = 500, 2_000_000
"""Samples in a large batch, and numbers in them at most."""
SECONDS = 0.1
"""A timing takes at least this long, where what is timed can be repeated."""
PARTS = 4
"""Training steps are timed at as many places of the budget, evenly spread: schedules change what a
step costs.
"""
WARM_UP, COMPILING = 2, 12
"""Calls before those that are timed; the latter where losses are compiled, anew a few times."""


@dataclass(frozen=True)
class Timed:
    """``count`` calls of a function, what they took and, where it can be read, their energy."""

    count: int
    seconds: float
    joules: float | None


def costs(
    variant: Variant, train: Inputs, test: Inputs, budget: Budget, seed: int
) -> dict[str, Array]:
    """What metrics of cost read, numbers without axes: ``flops`` to encode and decode one sample,
    ``single_seconds`` that this takes; ``inference_samples`` encoded and decoded in one batch and
    ``inference_seconds``; ``stepped_samples`` that training stepped through, or fitted, and
    ``stepped_seconds``, of the ``budget_samples`` that there are in all; with
    ``inference_joules`` and ``stepped_joules`` where energy can be read, and ``peak_device_bytes``
    of training on a GPU.

    Training goes on from where it ended: ``variant`` is changed.
    """
    found = inference(variant, test) | stepping(variant, train, budget, seed)
    return {name: np.array(value) for name, value in found.items() if value is not None}


@torch.no_grad()
def inference(variant: Variant, test: Inputs) -> dict[str, float | None]:
    """The costs of encoding and decoding."""

    def roundtrip(inputs: Tensor) -> Tensor:
        if isinstance(variant, PartlySeeing):
            return variant.reconstruct(inputs, Generator(inputs.device).manual_seed(0))
        return variant.decode(variant.encode(inputs))

    def alone(call: int) -> None:
        roundtrip(inputs[:1])
        _synchronise(device)  # the next sample waits for this one

    variant.eval()
    inputs = test.first(max(1, min(BATCH, NUMBERS // variant.data.dimensions))).all()
    device = inputs.device.type
    with FlopCounterMode(display=False) as counter:
        roundtrip(inputs[:1])
    single = timed(alone, device)
    large = timed(lambda call: roundtrip(inputs), device)
    return {
        "flops": counter.get_total_flops(),
        "single_seconds": single.seconds / single.count,
        "inference_samples": len(inputs) * large.count,
        "inference_seconds": large.seconds,
        "inference_joules": large.joules,
    }


def stepping(variant: Variant, train: Inputs, budget: Budget, seed: int) -> dict[str, float | None]:
    """The costs of training steps or, of a closed form, of its fit."""
    device = train.device.type
    if isinstance(variant, ClosedForm):
        inputs, closed = train.drawn_once(seed).all(), variant
        fits = timed(lambda call: closed.fit(inputs), device, warm_up=1)
        return _stepped(len(inputs), [fits]) | {"budget_samples": len(inputs)}
    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    step, length = training.stepper(variant, train, budget, seed), -(-budget.steps // PARTS)
    seconds, warm_up = SECONDS / PARTS, COMPILING if budget.compiled else WARM_UP
    places = (range(start, budget.steps)[:length] for start in range(0, budget.steps, length))
    parts = [timed(partial(_step_in, step, each), device, seconds, warm_up) for each in places]
    batch = min(budget.batch_size, len(train))
    found = _stepped(batch, parts) | {"budget_samples": batch * budget.steps}
    if device == "cuda":
        found["peak_device_bytes"] = torch.cuda.max_memory_allocated()
    return found


def _step_in(step: Callable[[int], None], part: range, call: int) -> None:
    """Take one of a part's steps, in turn; not its first, at which schedules do special things."""
    step(part[min(1 + call % max(1, len(part) - 1), len(part) - 1)])


def _stepped(samples: int, parts: list[Timed]) -> dict[str, float | None]:
    """Of timed calls that went through ``samples`` each."""
    spent = [part.joules for part in parts]
    return {
        "stepped_samples": samples * sum(part.count for part in parts),
        "stepped_seconds": sum(part.seconds for part in parts),
        "stepped_joules": None if None in spent else sum(j for j in spent if j is not None),
    }


def timed(
    call: Callable[[int], object], device: str, seconds: float = SECONDS, warm_up: int = WARM_UP
) -> Timed:
    """Call with 0, 1, …: ``warm_up`` times, and then as often as takes ``seconds``."""
    _measured(call, warm_up, device)
    count = 1
    while (found := _measured(call, count, device)).seconds < seconds:
        count = max(2 * count, math.ceil(1.2 * count * seconds / max(found.seconds, 1e-6)))
    return found


def _measured(call: Callable[[int], object], count: int, device: str) -> Timed:
    """Call ``count`` times."""
    _synchronise(device)
    before, started = energy.reading(device), time.perf_counter()
    for number in range(count):
        call(number)
    _synchronise(device)
    seconds = time.perf_counter() - started
    return Timed(count, seconds, energy.joules(before, energy.reading(device)))


def _synchronise(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()
