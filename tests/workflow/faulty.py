"""An autoencoder that, in the middle of its training, meets the fault that a file names."""

import os
import resource
import signal
import time
from pathlib import Path

import torch

from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.classic.ae import Autoencoder


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def limited() -> None:
    """No more memory than there is already."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize(),) * 2)
    torch.empty(2**28)


def filled() -> None:
    """Not a byte is left for the model, nor for the log to say so."""
    with open("results/ballast", "wb", buffering=0) as ballast:
        while True:
            try:
                ballast.write(bytes(512))
            except OSError:
                return


def stuck() -> None:
    Path("process").write_text(str(os.getpid()))
    time.sleep(600)


FAULTS = {fault.__name__: fault for fault in (killed, limited, filled, stuck)}


@variant("faulty", title="Faulty", family="classic", paper="none", equation="none")
class Faulty(Autoencoder):
    def loss(self, batch: Batch, step: int) -> Loss:
        if step == 30 and Path("fault").exists():
            FAULTS[Path("fault").read_text()]()
        with open("steps", "a") as steps:
            steps.write(f"{step} ")
        return super().loss(batch, step)
