"""Images per second of the training loop, as a multiple of a bare PyTorch loop.

    python -m benchmarks.training

The peer is the tightest loop we can write for the same network, loss and optimiser: layers called
by hand, data in memory in the same order, fused Adam, nothing recorded. Both run in turn in one
process on MNIST-shaped random images; the median of the rounds' ratios is printed. 784-512-512-16,
batch 128, one thread.
"""

import time
from collections.abc import Callable
from statistics import median

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aebench import registry, training
from aebench.data import Budget, Description
from aebench.inputs import Inputs

STEPS, ROUNDS = 200, 5
BUDGET = Budget(STEPS, 128, 1e-3)


def description() -> Description:
    """MNIST with the benchmark's network."""
    backbone = {"name": "mlp", "hidden": [512, 512], "latent_dimension": 16}
    return Description(
        name="mnist", **registry.datasets()["mnist"].properties | {"backbone": backbone}
    )


def bare_vae(images: Tensor) -> None:
    """A VAE: Bernoulli likelihood, one reparameterised draw, KL in closed form."""
    encoder = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 32)
    )
    decoder = nn.Sequential(
        nn.Linear(16, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 784)
    )

    def loss(x: Tensor) -> Tensor:
        mu, log_variance = encoder(x).chunk(2, 1)
        z = torch.addcmul(mu, (0.5 * log_variance).exp(), torch.randn_like(mu))
        reconstruction = F.binary_cross_entropy_with_logits(decoder(z), x, reduction="sum")
        divergence = 0.5 * (mu.square() + log_variance.exp() - 1 - log_variance).sum()
        return (reconstruction + divergence) / len(x)

    bare_loop(images.flatten(1), [*encoder.parameters(), *decoder.parameters()], loss)


def bare_vq_vae(images: Tensor) -> None:
    """A VQ-VAE: 8 vectors of 2 numbers, 512 codebook entries, straight through."""
    encoder = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 16)
    )
    decoder = nn.Sequential(
        nn.Linear(16, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 784)
    )
    codebook = nn.Parameter((2 * torch.rand(512, 2) - 1) / 512)

    def loss(x: Tensor) -> Tensor:
        z = encoder(x).view(-1, 2)
        with torch.no_grad():
            nearest = torch.addmm(codebook.square().sum(1), z, codebook.t(), alpha=-2).argmin(1)
        quantized = F.embedding(nearest, codebook)
        codebook_loss = F.mse_loss(quantized, z.detach(), reduction="sum")
        commitment = 0.25 * F.mse_loss(z, quantized.detach(), reduction="sum")
        through = (z + (quantized - z).detach()).view(-1, 16)
        reconstruction = F.binary_cross_entropy_with_logits(decoder(through), x, reduction="sum")
        return (reconstruction + codebook_loss + commitment) / len(x)

    bare_loop(images.flatten(1), [*encoder.parameters(), *decoder.parameters(), codebook], loss)


def bare_loop(x: Tensor, parameters: list[Tensor], loss: Callable[[Tensor], Tensor]) -> None:
    """Fused Adam over shuffled batches, nothing else."""
    optimiser = torch.optim.Adam(parameters, lr=BUDGET.learning_rate, fused=True)
    order = torch.randperm(len(x))
    for step in range(STEPS):
        start = step * BUDGET.batch_size % (len(x) - BUDGET.batch_size)
        optimiser.zero_grad()
        loss(x[order[start : start + BUDGET.batch_size]]).backward()  # type: ignore[no-untyped-call]
        optimiser.step()


def ours(name: str, images: Tensor) -> None:
    """The benchmark's own loop."""
    variant = training.build(registry.variants()[name], description(), {}, 0, "cpu")
    training.train(variant, Inputs(images.numpy(), description()), BUDGET, seed=0)


def seconds(function: Callable[..., None], *arguments: object) -> float:
    """CPU seconds of one call (one thread: wall seconds of an idle machine)."""
    started = time.process_time()
    function(*arguments)
    return time.process_time() - started


def main() -> None:
    """Print images per second and the ratio for each variant."""
    torch.set_num_threads(1)
    images = torch.rand(20000, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    count = STEPS * BUDGET.batch_size
    for name, peer in (("vae", bare_vae), ("vq-vae", bare_vq_vae)):
        seconds(peer, images), seconds(ours, name, images)  # warm up
        rounds = [(seconds(peer, images), seconds(ours, name, images)) for _ in range(ROUNDS)]
        bare, own = (median(times) for times in zip(*rounds, strict=True))
        ratio = median(peer_time / own_time for peer_time, own_time in rounds)
        print(
            f"{name:7} ours {count / own:7.0f} images/s   bare loop {count / bare:7.0f} images/s   "
            f"ratio {ratio:.3f} ({ROUNDS} rounds)"
        )


if __name__ == "__main__":
    main()
