"""Images per second of training, as a multiple of pythae's trainer.

    python -m benchmarks.pythae --peer /path/to/peer/bin/python

Five variants with two networks: MNIST's 784-512-512-16 and the convolutions with 32 and 64 channels
that 64×64 images are given. Both sides have the same networks, losses, batches and float32, and
Adam; all else is each one's own: its `BaseTrainer` with its own loader on one side, our loop on the
other. Autoencoder and VQ-VAE minimise a squared error, which is all that pythae has for them, the
others a Bernoulli likelihood. The peer's decoder ends in a sigmoid where its loss needs one.

Two processes with one thread each work in turn on the same cell, `ROUNDS` times; the peer's epoch
is timed after a first one. Before that, both start from the same weights and noise and must agree
on the gradient of the first batch. Printed are medians, per CPU-second and per second of the clock,
the rounds' smallest and largest ratio, what matrix products and convolutions by themselves take of
a step, and the ratio that nothing but our products would reach. The peer's environment:

    python -m venv peer
    peer/bin/pip install torch==2.13.0 pythae==0.1.2
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypedDict

import numpy as np
import torch
from torch import Generator, Tensor, nn


class Network(NamedTuple):
    """The backbone of a data set, its square images' side, its code, and how long an epoch is."""

    data: str
    side: int
    latents: int
    steps: int


NETWORKS = {
    "mlp": Network("mnist", 28, 16, 100),
    "convolution": Network("dsprites", 64, 10, 20),
}
SQUARED_ERROR = {"likelihood": "gaussian", "observation_variance": 0.5}
SETTINGS: dict[str, dict[str, Any]] = {
    "ae": SQUARED_ERROR,
    "vae": {},
    "beta-vae": {"beta": 4.0},
    "iwae": {"k": 5},
    "vq-vae": SQUARED_ERROR,
}
WARM_UP, ROUNDS, LEARNING_RATE = 5, 5, 1e-3
VECTOR, CODEBOOK, COMMITMENT = 2, 512, 0.25
TOLERANCE = 1e-4
"""Largest deviation of the peer's gradient from ours, of its norm."""


class Cell(TypedDict):
    """What is timed, and the ``file`` of its first weights and gradients."""

    variant: str
    network: str
    batch: int
    file: str


def images(cell: Cell) -> Tensor:
    """An epoch of random grey images, uint8 (n, 1, side, side)."""
    network = NETWORKS[cell["network"]]
    generator = Generator().manual_seed(0)
    shape = (network.steps * cell["batch"], 1, network.side, network.side)
    return torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)


def floats(stored: Tensor) -> Tensor:
    """In [0, 1]."""
    return stored.float() / 255


def own(cell: Cell) -> dict[str, float]:
    """Seconds of an epoch of ours; its first weights and gradients go to the cell's file."""
    from aebench import registry, training
    from aebench.data import Budget, Description
    from aebench.inputs import Inputs
    from aebench.variants.base import Batch

    network = NETWORKS[cell["network"]]
    properties = registry.datasets()[network.data].properties | {"maximum": 255}
    data = Description(name=network.data, **properties)
    entry, settings = registry.variants()[cell["variant"]], SETTINGS[cell["variant"]]
    inputs = Inputs(images(cell).numpy(), data)
    variant = training.build(entry, data, settings, 0, "cpu")
    if not Path(cell["file"]).exists():
        first = Batch(inputs.first(cell["batch"]).all(), Generator().manual_seed(1))
        parts = [variant.encoder, variant.decoder, variant]  # the codebook is what remains
        weights = list(dict.fromkeys(w for part in parts for w in part.parameters()))
        gradients = torch.autograd.grad(sum(variant.loss(first, 0).values()), weights)  # type: ignore[arg-type]
        np.savez(cell["file"], *(tensor.detach().numpy() for tensor in [*weights, *gradients]))
    training.train(variant, inputs, Budget(WARM_UP, cell["batch"], LEARNING_RATE), 0)
    done = training.train(variant, inputs, Budget(network.steps, cell["batch"], LEARNING_RATE), 0)
    found = {"cpu": done.cpu_seconds, "wall": done.seconds}
    return found | products(cell, variant.encoder, variant.decoder)


def layers(network: str, outputs: int) -> tuple[nn.Sequential, nn.Sequential]:
    """Encoder to ``outputs`` numbers and decoder, as anybody writes them."""
    latent = NETWORKS[network].latents
    if network == "mlp":
        encoder = [nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU()]
        decoder = [nn.Linear(latent, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU()]
        decoder += [nn.Linear(512, 784), nn.Unflatten(1, (1, 28, 28))]
        return nn.Sequential(*encoder, nn.Linear(512, outputs)), nn.Sequential(*decoder)
    encoder, channels = [], 1
    for width, size, padding in ((32, 4, 1), (32, 4, 1), (64, 2, 0), (64, 2, 0)):
        encoder += [nn.Conv2d(channels, width, size, 2, padding), nn.ReLU()]
        channels = width
    encoder += [nn.Flatten(), nn.Linear(1024, 256), nn.ReLU(), nn.Linear(256, outputs)]
    decoder = [nn.Linear(latent, 256), nn.ReLU(), nn.Linear(256, 1024), nn.Unflatten(1, (64, 4, 4))]
    for width in (64, 32, 32, 1):
        decoder += [nn.ReLU(), nn.ConvTranspose2d(channels, width, 4, 2, 1)]
        channels = width
    return nn.Sequential(*encoder), nn.Sequential(*decoder)


def peer_model(cell: Cell) -> Any:
    """pythae's model with the cell's networks and loss."""
    from pythae import models
    from pythae.models.base.base_utils import ModelOutput
    from pythae.models.nn import BaseDecoder, BaseEncoder

    name, (_, side, latent, _) = cell["variant"], NETWORKS[cell["network"]]
    gaussian = name in ("vae", "beta-vae", "iwae")
    inner, outer = layers(cell["network"], 2 * latent if gaussian else latent)
    if gaussian:
        outer.append(nn.Sigmoid())

    class Encoder(BaseEncoder):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layers = inner

        def forward(self, x: Tensor) -> Any:
            outputs = self.layers(x)
            if gaussian:
                mu, log_covariance = outputs.chunk(2, 1)
                return ModelOutput(embedding=mu, log_covariance=log_covariance)
            if name == "vq-vae":  # its vectors lie along the second dimension
                outputs = outputs.unflatten(1, (-1, 1, VECTOR)).permute(0, 3, 1, 2)
            return ModelOutput(embedding=outputs)

    class Decoder(BaseDecoder):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.layers = outer

        def forward(self, z: Tensor) -> Any:
            if name == "vq-vae":
                z = z.permute(0, 2, 3, 1).flatten(1)
            return ModelOutput(reconstruction=self.layers(z))

    sizes: dict[str, Any] = {"input_dim": (1, side, side), "latent_dim": latent}
    networks = {"encoder": Encoder(), "decoder": Decoder()}
    if name == "ae":
        return models.AE(models.AEConfig(**sizes), **networks)
    if name == "vq-vae":  # its terms are means over a code's numbers, the paper's are sums
        factors = {
            "commitment_loss_factor": COMMITMENT * latent,
            "quantization_loss_factor": float(latent),
        }
        config = models.VQVAEConfig(**sizes, **factors, num_embeddings=CODEBOOK)
        return models.VQVAE(config, **networks)
    sizes["reconstruction_loss"] = "bce"
    if name == "vae":
        return models.VAE(models.VAEConfig(**sizes), **networks)
    if name == "iwae":
        config = models.IWAEConfig(**sizes, number_samples=SETTINGS[name]["k"])
        return models.IWAE(config, **networks)
    return models.BetaVAE(models.BetaVAEConfig(**sizes, beta=SETTINGS[name]["beta"]), **networks)


def peer(cell: Cell, optimiser: dict[str, Any]) -> dict[str, float]:
    """The same of pythae's trainer; raises `ValueError` where its gradient is another."""
    from pythae.data.datasets import BaseDataset
    from pythae.trainers import BaseTrainer, BaseTrainerConfig
    from pythae.trainers.training_callbacks import TrainingCallback

    stored = floats(images(cell))
    model = peer_model(cell)
    deviation = start_alike(model, cell, stored[: cell["batch"]])
    times: list[tuple[float, float]] = []

    class Clock(TrainingCallback):  # type: ignore[misc]
        def on_epoch_begin(self, *arguments: Any, **named: Any) -> None:
            times.append((time.process_time(), time.perf_counter()))

        def on_train_end(self, *arguments: Any, **named: Any) -> None:
            pass

        def on_epoch_end(self, *arguments: Any, **named: Any) -> None:
            times.append((time.process_time(), time.perf_counter()))

    with tempfile.TemporaryDirectory() as folder:
        config = BaseTrainerConfig(
            output_dir=folder,
            num_epochs=2,
            per_device_train_batch_size=cell["batch"],
            learning_rate=LEARNING_RATE,
            optimizer_params=optimiser or None,
            no_cuda=True,
        )
        dataset = BaseDataset(stored, torch.ones(len(stored)))
        BaseTrainer(model, dataset, training_config=config, callbacks=[Clock()]).train()
    (cpu, wall), (cpu_end, wall_end) = times[2:4]
    found = {"cpu": cpu_end - cpu, "wall": wall_end - wall, "deviation": deviation}
    return found | products(cell, model.encoder.layers, model.decoder.layers)


def products(cell: Cell, encoder: nn.Module, decoder: nn.Module) -> dict[str, float]:
    """CPU seconds that an epoch's matrix products and convolutions take by themselves, and that as
    many operations take at the machine's peak.
    """
    network = NETWORKS[cell["network"]]
    codes = cell["batch"] * SETTINGS[cell["variant"]].get("k", 1)
    x = torch.rand(cell["batch"], 1, network.side, network.side)
    seconds = operations = 0.0
    for part, rows, is_data in (
        (encoder, x, True),
        (decoder, torch.rand(codes, network.latents), False),
    ):
        for layer in part.children():
            if any(True for _ in layer.parameters()):
                seconds += alone(layer, rows, is_data)
                operations += (4 if is_data else 6) * multiplications(layer, rows)
                is_data = False  # whatever follows has a gradient
            rows = layer(rows).detach()
    at_peak = operations * seconds_per_operation()
    return {"products": seconds * network.steps, "peak": at_peak * network.steps}


def alone(layer: nn.Module, rows: Tensor, is_data: bool) -> float:
    """CPU seconds of a layer's forward and backward, the fastest of five; data has no gradient."""
    rows = rows.clone().requires_grad_(not is_data)
    wanted = [*layer.parameters()] if is_data else [*layer.parameters(), rows]
    gradient = torch.randn_like(layer(rows))

    def both() -> None:
        torch.autograd.grad(layer(rows), wanted, gradient)

    return fastest(both)


def multiplications(layer: Any, rows: Tensor) -> int:
    """Of one forward pass."""
    outputs = rows if isinstance(layer, nn.ConvTranspose2d) else layer(rows)
    return int(len(rows) * layer.weight.numel() * outputs[0, 0].numel())


def seconds_per_operation() -> float:
    """Of a product of matrices 1024×1024, the machine's peak for what it matters here."""
    square = torch.rand(1024, 1024)
    return fastest(lambda: torch.mm(square, square)) / (2 * 1024**3)


def fastest(function: Callable[[], object]) -> float:
    """CPU seconds of the fastest of five calls."""
    times = []
    for _ in range(5):
        started = time.process_time()
        function()
        times.append(time.process_time() - started)
    return min(times)


def start_alike(model: Any, cell: Cell, first: Tensor) -> float:
    """Give ``model`` our first weights; how far its gradient on the ``first`` batch is from ours,
    of its norm. Raises `ValueError` beyond `TOLERANCE`.
    """
    from pythae.data.datasets import DatasetOutput

    parts = [model.encoder, model.decoder, model]
    weights = list(dict.fromkeys(w for part in parts for w in part.parameters()))
    with np.load(cell["file"]) as file:
        stored = [torch.from_numpy(file[name]) for name in file.files]
    with torch.no_grad():
        for weight, value in zip(weights, stored[: len(weights)], strict=True):
            weight.copy_(value)
    torch.manual_seed(1)
    gradients = torch.autograd.grad(model(DatasetOutput(data=first)).loss, weights)
    ours = torch.cat([gradient.flatten() for gradient in stored[len(weights) :]])
    theirs = torch.cat([gradient.flatten() for gradient in gradients])
    deviation = float((theirs - ours).norm() / ours.norm())
    if not deviation < TOLERANCE:
        raise ValueError(f"{cell}: the gradients differ by {deviation:.2g} of their norm")
    return deviation


def work(role: str, optimiser: dict[str, Any]) -> None:
    """Answer each cell on standard input with a line of numbers."""
    torch.set_num_threads(1)
    for line in sys.stdin:
        cell: Cell = json.loads(line)
        found = own(cell) if role == "own" else peer(cell, optimiser)
        print(json.dumps(found), flush=True)


def started(python: str, role: str, fused: bool) -> "subprocess.Popen[str]":
    """A process that does `work`, with one thread."""
    command = [python, "-m", "benchmarks.pythae", "--role", role, *["--fused"] * fused]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def asked(process: "subprocess.Popen[str]", cell: Cell) -> dict[str, float]:
    assert process.stdin and process.stdout
    print(json.dumps(cell), file=process.stdin, flush=True)
    for line in process.stdout:
        if line.startswith("{"):
            return dict(json.loads(line))
    raise SystemExit(f"{cell}: {process.args} ended")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="Python of an environment with pythae")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--variants", nargs="+", default=list(SETTINGS))
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS))
    parser.add_argument("--fused", action="store_true", help="the peer's Adam is fused too")
    parser.add_argument("--role", choices=["own", "peer"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.role:
        work(chosen.role, {"fused": True} if chosen.fused else {})
        return
    if not chosen.peer:
        parser.error("--peer is needed")
    with (
        tempfile.TemporaryDirectory() as folder,
        started(sys.executable, "own", False) as ours,
        started(chosen.peer, "peer", chosen.fused) as theirs,
    ):
        for network, name in product(chosen.networks, chosen.variants):
            file = str(Path(folder, f"{network}-{name}.npz"))
            cell = Cell(variant=name, network=network, batch=chosen.batch, file=file)
            rounds = [(asked(ours, cell), asked(theirs, cell)) for _ in range(chosen.rounds)]
            report(cell, rounds)


def report(cell: Cell, rounds: list[tuple[dict[str, float], dict[str, float]]]) -> None:
    """Print the medians of a cell."""

    def of(side: int, key: str) -> float:
        return median(pair[side][key] for pair in rounds)

    count = NETWORKS[cell["network"]].steps * cell["batch"]
    parts = [f"{cell['network']:12s}{cell['variant']:9s}"]
    for clock in ("cpu", "wall"):
        ratios = [pair[1][clock] / pair[0][clock] for pair in rounds]
        parts.append(
            f"{count / of(0, clock):6.0f} against {count / of(1, clock):6.0f} images/{clock} s, "
            f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}); "
        )
    shares = [of(side, "products") / of(side, "cpu") for side in (0, 1)]
    parts.append(
        f"products {shares[0]:.0%} of a step, the peer's {shares[1]:.0%}, at peak "
        f"{of(0, 'peak') / of(0, 'cpu'):.0%}; most {of(1, 'cpu') / of(0, 'products'):.2f}; "
        f"gradients agree to {of(1, 'deviation'):.0e}"
    )
    print("".join(parts), flush=True)


if __name__ == "__main__":
    main()
