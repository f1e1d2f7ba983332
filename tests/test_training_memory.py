"""What training asks of the system's memory."""

import ctypes
import resource

import pytest
import torch
from torch import Tensor

from aebench import registry, training
from aebench.data import Budget, Description
from aebench.inputs import Inputs

PAGES_OF_100_MB = 24414


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="not glibc")
def test_memory_that_a_step_frees_is_there_for_the_next(
    description: Description, images: Tensor
) -> None:
    variant = training.build(registry.variants()["ae"], description, {}, 0, "cpu")
    training.train(variant, Inputs(images, description), Budget(1, 8, 1e-3), 0)
    faults = []
    for _ in range(8):  # the first ones make room
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        torch.ones(25_000_000)
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    assert min(faults) < PAGES_OF_100_MB / 10
