"""The convolutions that disentanglement_lib gives every variant, for square images.

On 64×64: 4×4 convolutions with 32, 32 and 2×2 with 64, 64 channels, all of stride 2, then one
hidden layer; back through two hidden layers and 4×4 transposed convolutions with 64, 32, 32
channels. Other sides have as many 32-channel layers as lead to 4×4. Locatello et al. 2019, app. F.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from aebench.nn.mlp import ACTIVATIONS, perceptron

NARROW, WIDE = 32, 64
LAST_SIDE = 4


class FromImage(nn.Conv2d):
    """A convolution whose maps lie pixel by pixel in a CPU's memory, as do those that are made of
    them: oneDNN is sooner done with these.
    """

    def forward(self, images: Tensor) -> Tensor:
        """(B, c, h, w) to (B, d, h/2, w/2)."""
        if images.device.type == "cpu":
            images = images.clone(memory_format=torch.channels_last)
        return super().forward(images)


class ToImage(nn.ConvTranspose2d):
    """A transposed convolution to the few channels of an image: oneDNN takes up to four times as
    long for it as a plain matrix product does.
    """

    def forward(self, maps: Tensor, output_size: list[int] | None = None) -> Tensor:
        """(B, c, h, w) to (B, d, 2h, 2w)."""
        product = {"enabled": False, "deterministic": None, "allow_tf32": None}
        with torch.backends.mkldnn.flags(**product, fp32_precision=None):
            return super().forward(maps, output_size)


def encoder(
    shape: list[int], hidden: list[int], outputs: int, activation: str = "relu"
) -> nn.Module:
    """(B, *shape) to (B, outputs); ``hidden`` are the widths after the convolutions.

    Raises `ValueError` for images whose side is not 16, 32, 64, …
    """
    between, channels = ACTIVATIONS[activation], shape[0]
    layers: list[nn.Module] = []
    sizes = [(NARROW, 4, 1)] * (_halvings(shape) - 2) + [(WIDE, 2, 0)] * 2
    for width, size, padding in sizes:
        kind = nn.Conv2d if layers else FromImage
        layers += [kind(channels, width, size, 2, padding), between()]
        channels = width
    widths = [WIDE * LAST_SIDE**2, *hidden, outputs]
    return nn.Sequential(*layers, nn.Flatten(), *perceptron(widths, between))


def decoder(
    inputs: int, hidden: list[int], shape: list[int], activation: str = "relu"
) -> nn.Module:
    """(B, inputs) to the likelihood's parameters (B, *shape).

    Raises `ValueError` for images whose side is not 16, 32, 64, …
    """
    between, halvings = ACTIVATIONS[activation], _halvings(shape)
    channels = [WIDE, WIDE, *[NARROW] * (halvings - 2)]
    layers: list[nn.Module] = []
    for more, fewer in pairwise(channels):
        layers += [between(), nn.ConvTranspose2d(more, fewer, 4, 2, 1)]
    layers += [between(), ToImage(channels[-1], shape[0], 4, 2, 1)]
    widths = [inputs, *hidden[::-1], WIDE * LAST_SIDE**2]
    unflatten = nn.Unflatten(1, (WIDE, LAST_SIDE, LAST_SIDE))
    return nn.Sequential(*perceptron(widths, between), unflatten, *layers)


def _halvings(shape: list[int]) -> int:
    """How often the side is halved on the way to `LAST_SIDE`."""
    _, height, width = shape
    halvings = (height // LAST_SIDE).bit_length() - 1
    if height != width or halvings < 2 or LAST_SIDE << halvings != height:
        raise ValueError(f"convolutional: images of {height}×{width}, accepted: 16×16, 32×32, …")
    return halvings
