"""A small classifier of a data set's images, trained once and shared by all variants: its features
are what generated samples are judged by.

Inception's weights, behind the FID, cannot be had offline, and say little of digits or sprites; a
network that knows the data set's own labels (or, where it has none, its factors) stands in. It is
always trained and applied on the CPU, so that runs on all hardware share one feature space. Values
over it compare within one data set of this benchmark and with nothing published.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor, nn

from aebench.data import Array, Description
from aebench.files import read_json, reading, write_json, write_tensors
from aebench.inputs import Inputs

FEATURES = 64
CHANNELS = (32, 64, 64)
SIDE = 16
"""Pixels, about, that the first layer leaves of the shorter side."""
STEPS, EPOCHS, BATCH, LEARNING_RATE = 1000, 20, 64, 1e-2
"""Steps are at most so many, and at most so many passes over the training images."""
EMBEDDED = 2000
"""Images whose features are kept at most, real or generated: the first ones."""
EVALUATED = 500
"""Images in a batch where nothing is trained."""


class Classifier(nn.Module):
    """Convolutions to `FEATURES` numbers, and a softmax head for each known property of an image.

    ``shape`` is (channels, height, width) of an image, ``sizes`` each head's number of values.
    """

    def __init__(self, shape: list[int], sizes: list[int]) -> None:
        super().__init__()
        self.sizes = sizes
        channels, *sides = shape
        self.stride = max(1, round(min(sides) / SIDE))
        layers: list[nn.Module] = []
        for width, kernel, stride in zip(
            CHANNELS, (self.stride + 2, 3, 3), (self.stride, 2, 2), strict=True
        ):
            layers.append(nn.Conv2d(channels, width, kernel, stride, padding=1, bias=False))
            layers += [nn.BatchNorm2d(width), nn.ReLU()]
            channels, sides = width, [(side + 2 - kernel) // stride + 1 for side in sides]
        layers += [nn.Flatten(), nn.Linear(channels * sides[0] * sides[1], FEATURES, bias=False)]
        # normalised: no feature outweighs another in a distance, and kernels see a known scale
        layers += [nn.BatchNorm1d(FEATURES, affine=False), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        self.heads = nn.Linear(FEATURES, sum(sizes))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster on CPUs

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Logits (B, values) of each head for ``images`` (B, *shape)."""
        logits: Tensor = self.heads(self.features(images))
        return torch.split(logits, self.sizes, dim=1)

    @property
    def architecture(self) -> str:
        """The network in words."""
        first, widths = self.stride + 2, ", ".join(map(str, CHANNELS))
        return (
            f"convolutions of {first}×{first}, 3×3, 3×3 with {widths} channels and strides "
            f"{self.stride}, 2, 2, a layer to {FEATURES} features, each with batch normalisation "
            f"and ReLU, and a softmax for each of {len(self.sizes)} properties"
        )


def targets(data: Mapping[str, Array], split: str) -> Array:
    """What is to be told of each image of a split: its label, int64 (n, 1), or, in a data set
    without labels, its factors, (n, k).
    """
    labels = data.get(f"{split}_labels")
    return data[f"{split}_factors"] if labels is None else labels[:, None]


def names(description: Description) -> list[str]:
    """Each head's name, in the order of the columns of `targets`."""
    return ["label"] if description.classes else list(description.factors)


def train(inputs: Inputs, known: Array, shape: list[int], seed: int = 0) -> Classifier:
    """Fit to ``inputs`` (n, *shape) and the values ``known`` int64 (n, k) of their k properties.

    Minimises the sum of the heads' cross-entropies by AdamW under a one-cycle learning rate. The
    same bytes for the same arguments.
    """
    torch.use_deterministic_algorithms(True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classifier = Classifier(shape, (known.max(0) + 1).tolist())
    steps = max(2, min(STEPS, EPOCHS * len(inputs) // BATCH))
    optimiser = torch.optim.AdamW(classifier.parameters(), fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
    order, values = Generator().manual_seed(seed), torch.from_numpy(known)
    for step in range(steps):
        rows = torch.randint(len(inputs), (BATCH,), generator=order)
        logits = classifier(inputs.drawn(rows, step))
        each = zip(logits, values[rows].unbind(1), strict=True)
        loss = torch.stack([nn.functional.cross_entropy(*head) for head in each]).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return classifier.eval()


@torch.no_grad()
def accuracies(classifier: Classifier, inputs: Inputs, known: Array) -> list[float]:
    """Share of images whose value each head gets right, k numbers in [0, 1]."""
    told = [
        torch.stack([logits.argmax(1) for logits in classifier(images)], dim=1)
        for images in inputs.batches(EVALUATED)
    ]
    right: Array = torch.cat(told).numpy() == known
    return [float(share) for share in right.mean(0)]


@torch.no_grad()
def embed(classifier: Classifier, batches: Iterable[Tensor]) -> Array:
    """Features float32 (n, 64) of batches of images (B, *shape) with values in [0, 1]."""
    return np.concatenate([classifier.features(images.cpu()).numpy() for images in batches])


def noise(shape: list[int], seed: int = 0) -> Iterator[Tensor]:
    """`EMBEDDED` images of uniform noise in batches (B, *shape): the worst of samples."""
    generator = Generator().manual_seed(seed)
    for _ in range(EMBEDDED // EVALUATED):
        yield torch.rand(EVALUATED, *shape, generator=generator)


def save(folder: Path, classifier: Classifier, facts: Mapping[str, object]) -> None:
    """Write ``classifier.safetensors``, and ``classifier.json`` with ``facts`` and its design."""
    state = {name: tensor.numpy() for name, tensor in classifier.state_dict().items()}
    write_tensors(folder / "classifier.safetensors", state)
    parameters = sum(parameter.numel() for parameter in classifier.parameters())
    design = {"architecture": classifier.architecture, "parameters": parameters}
    sizes = {"sizes": classifier.sizes, "features": FEATURES}
    write_json(folder / "classifier.json", {**facts, **design, **sizes})


def load(folder: Path) -> Classifier:
    """Read what `save` wrote; ``classifier.json`` must give the images' ``shape``."""
    from safetensors.torch import load_file

    facts = read_json(folder / "classifier.json")
    classifier = Classifier(facts["shape"], facts["sizes"])
    path = folder / "classifier.safetensors"
    with reading(path):
        classifier.load_state_dict(load_file(path))
    return classifier.eval()
