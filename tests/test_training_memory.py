"""What training asks of the system's memory, in a process of its own as jobs are."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

PAGES_OF_100_MB = 24414
ALLOCATE = """
import resource
import torch
from aebench import training
training._keep_memory()
faults = []
for _ in range(8):  # the first ones make room
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(25_000_000)
    faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
print(min(faults))
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="not glibc")
def test_memory_that_a_step_frees_is_there_for_the_next() -> None:
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", ALLOCATE]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert int(done.stdout) < PAGES_OF_100_MB / 10
