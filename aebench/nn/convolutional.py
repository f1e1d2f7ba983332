"""The convolutions that disentanglement_lib gives every variant, for square images.

On 64×64: 4×4 convolutions with 32, 32 and 2×2 with 64, 64 channels, all of stride 2, then one
hidden layer; back through two hidden layers and 4×4 transposed convolutions with 64, 32, 32
channels. Other sides have as many 32-channel layers as lead to 4×4. Locatello et al. 2019, app. F.
"""

from itertools import pairwise

from torch import nn

from aebench.nn.mlp import ACTIVATIONS, perceptron

NARROW, WIDE = 32, 64
LAST_SIDE = 4


def encoder(
    shape: list[int], hidden: list[int], outputs: int, activation: str = "relu"
) -> nn.Module:
    """(B, *shape) to (B, outputs); ``hidden`` are the widths after the convolutions.

    Raises `ValueError` for images whose side is not 16, 32, 64, …
    """
    between, channels = ACTIVATIONS[activation], shape[0]
    layers: list[nn.Module] = []
    for _ in range(_halvings(shape) - 2):
        layers += [nn.Conv2d(channels, NARROW, 4, 2, 1), between()]
        channels = NARROW
    for _ in range(2):
        layers += [nn.Conv2d(channels, WIDE, 2, 2), between()]
        channels = WIDE
    widths = [WIDE * LAST_SIDE**2, *hidden, outputs]
    return nn.Sequential(*layers, nn.Flatten(), *perceptron(widths, between))


def decoder(
    inputs: int, hidden: list[int], shape: list[int], activation: str = "relu"
) -> nn.Module:
    """(B, inputs) to the likelihood's parameters (B, *shape).

    Raises `ValueError` for images whose side is not 16, 32, 64, …
    """
    between, halvings = ACTIVATIONS[activation], _halvings(shape)
    channels = [WIDE, WIDE, *[NARROW] * (halvings - 2), shape[0]]
    layers: list[nn.Module] = []
    for narrower, wider in pairwise(channels):
        layers += [between(), nn.ConvTranspose2d(narrower, wider, 4, 2, 1)]
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
