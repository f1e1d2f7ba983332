"""How fast `factorized-prior` trains, compresses and decompresses, as a multiple of CompressAI's.

    python -m benchmarks.codec

Both have the same weights: N = 32, M = 48, GDN, four halvings, the paper's density (the peer's
default has a layer more), trained here for a moment on crops of photographs and copied, so that
they write the same symbols. Timed in turn, in one process with one thread: a training step on 16
crops of 64×64 (the peer's with fused Adam too, without its auxiliary loss), and
compression and decompression of a 512×512 photograph and of 64 crops. CPU seconds, medians of the
rounds' ratios. Ours goes from uint8 to uint8 with header and checksum, the peer's from floats to
strings and back.

CompressAI needs an environment of its own, as it replaces torch and numpy where it is installed
with its dependencies. One that borrows this one's:

    uv venv peer
    echo <this environment's site-packages> > peer/lib/python3.11/site-packages/borrowed.pth
    uv pip install --python peer/bin/python --no-deps compressai torchvision==0.28.0 \
        torch-geometric requests urllib3 charset-normalizer idna certifi pytorch-msssim einops \
        tqdm tomli xxhash aiohttp aiosignal aiohappyeyeballs attrs frozenlist multidict propcache \
        yarl fsspec psutil pyparsing
    OMP_NUM_THREADS=1 peer/bin/python -m benchmarks.codec
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from aebench import registry, training
from aebench.data import Budget, Description
from aebench.datasets.natural import photograph
from aebench.inputs import Inputs
from aebench.variants.base import Batch

SIDE, BATCH, CROPS, ROUNDS = 64, 16, 64, 7
BUDGET = Budget(300, BATCH, 1e-3)
SETTINGS = {"channels": 32, "latent_channels": 48, "downsamplings": 4, "transform": "gdn"}


def crops(name: str, count: int, seed: int) -> Tensor:
    """Crops uint8 (count, 3, 64, 64) of a photograph."""
    pixels = torch.from_numpy(photograph(name)).permute(2, 0, 1)
    random = np.random.default_rng(seed)
    places = random.integers(0, [pixels.shape[1] - SIDE, pixels.shape[2] - SIDE], (count, 2))
    found: list[Tensor] = [pixels[:, y : y + SIDE, x : x + SIDE] for y, x in places.tolist()]
    return torch.stack(found)


def ours() -> Any:
    """Trained for a moment, with tables."""
    properties = registry.datasets()["natural"].properties | {"shape": [3, SIDE, SIDE]}
    data = Description(name="natural", **properties)
    variant: Any = training.build(registry.variants()["factorized-prior"], data, SETTINGS, 0, "cpu")
    training.train(variant, Inputs(crops("coffee.png", 2000, 0).numpy(), data), BUDGET, seed=0)
    variant.fit_prior(torch.empty(0), 0)
    return variant.eval()


def peer_of(variant: Any) -> Any:
    """CompressAI's model with the same weights and tables of its own."""
    shim: Any = torch.library.Library("torchvision", "DEF")  # its compiled part is CUDA's
    for name in ("nms", "qnms"):
        shim.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    from compressai.entropy_models import EntropyBottleneck  # type: ignore[import-not-found]
    from compressai.models import FactorizedPrior  # type: ignore[import-not-found]

    latent_channels = SETTINGS["latent_channels"]
    peer: Any = FactorizedPrior(SETTINGS["channels"], latent_channels)
    peer.entropy_bottleneck = EntropyBottleneck(latent_channels, filters=(3, 3, 3))  # the paper's
    names = {"weight": "weight", "bias": "bias", "root_beta": "beta", "root_gamma": "gamma"}
    state = peer.state_dict()
    for ours_name, theirs in (("encoder", "g_a"), ("decoder", "g_s")):
        for key, value in getattr(variant, ours_name).state_dict().items():
            layer, parameter = key.split(".")
            state[f"{theirs}.{int(layer) - 1}.{names[parameter]}"] = value
    for kind in ("matrices", "biases", "factors"):
        for number, value in enumerate(getattr(variant.entropy_model, kind)):
            state[f"entropy_bottleneck.{kind}.{number}"] = value.detach()
    peer.load_state_dict(state)
    peer.update(force=True, update_quantiles=True)
    return peer.eval()


def training_step(variant: Any, batch: Tensor) -> Callable[[], object]:
    """One of ours, as the training loop takes it."""
    player = training._players(variant, BUDGET)[0]
    generator = Generator().manual_seed(0)
    return lambda: training._turn(player, Batch(batch, generator), 0)


def peer_step(peer: Any, batch: Tensor) -> Callable[[], None]:
    """The same step of the peer's."""
    own = [value for name, value in peer.named_parameters() if not name.endswith("quantiles")]
    optimiser = torch.optim.Adam(own, 1e-3, fused=True)

    def step() -> None:
        torch.use_deterministic_algorithms(False)  # which it does not promise, and which take time
        optimiser.zero_grad()
        output = peer(batch)
        rate = -output["likelihoods"]["y"].log2().sum() / (len(batch) * SIDE**2)
        error = torch.nn.functional.mse_loss(output["x_hat"], batch)
        (rate + 0.013 * 255**2 * error).backward()
        torch.nn.utils.clip_grad_norm_(own, 1.0)
        optimiser.step()
        torch.use_deterministic_algorithms(True)

    return step


def seconds(function: Callable[[], object], repeats: int) -> float:
    """CPU seconds of one call, of ``repeats``."""
    started = time.process_time()
    for _ in range(repeats):
        function()
    return (time.process_time() - started) / repeats


def compare(
    what: str, own: Callable[[], object], other: Callable[[], object], repeats: int
) -> None:
    """Print the ratio of the other's seconds to ours."""
    seconds(own, 2), seconds(other, 2)  # warm up
    rounds = [(seconds(own, repeats), seconds(other, repeats)) for _ in range(ROUNDS)]
    ratio = median(other_time / own_time for own_time, other_time in rounds)
    own_time, other_time = (1e3 * median(times) for times in zip(*rounds, strict=True))
    print(f"{what:28} ours {own_time:6.1f} ms   peer {other_time:6.1f} ms   ratio {ratio:.2f}")


@torch.no_grad()
def compare_coding(what: str, variant: Any, peer: Any, images: Tensor) -> None:
    """Print both sizes and the ratios of compression and decompression."""
    floats, (height, width) = images / 255, images.shape[2:]
    stream, written = variant.compress(images), peer.compress(floats)
    strings = sum(len(string) for string in written["strings"][0])
    same = variant.decompress(stream).float() / 255 - peer.decompress(**written)["x_hat"]
    pixels = len(images) * height * width
    print(
        f"{what}: ours {8 * len(stream) / pixels:.3f} bpp with header, peer "
        f"{8 * strings / pixels:.3f} without; reconstructions differ by "
        f"{255 * same.abs().mean().item():.2f} of 255 in the mean"
    )
    compare("  compress", lambda: variant.compress(images), lambda: peer.compress(floats), 3)
    compare(
        "  decompress", lambda: variant.decompress(stream), lambda: peer.decompress(**written), 3
    )


def main() -> None:
    """Print sizes, seconds and ratios."""
    torch.set_num_threads(1)
    variant = ours()
    peer = peer_of(variant)
    astronaut = torch.from_numpy(photograph("astronaut.png")).permute(2, 0, 1)[None].contiguous()
    compare_coding("astronaut, 512×512", variant, peer, astronaut)
    compare_coding("64 crops, 64×64", variant, peer, crops("astronaut.png", CROPS, 1))
    batch = crops("flower.jpg", BATCH, 2) / 255
    variant.train(), peer.train()
    compare("training step, 16 × 64×64", training_step(variant, batch), peer_step(peer, batch), 5)


if __name__ == "__main__":
    main()
