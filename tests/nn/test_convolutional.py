"""The convolutional backbone's first and last layer are plain convolutions, only faster."""

import torch
from torch import Generator, Tensor, nn

from aebench.nn.convolutional import FromImage, ToImage


def gradients(layer: nn.Module, inputs: Tensor) -> list[Tensor]:
    """The layer's outputs, and gradients of a fixed weighting of them."""
    inputs = inputs.clone().requires_grad_()
    outputs = layer(inputs)
    weighting = torch.arange(outputs.numel()).view(outputs.shape).cos()
    return [
        outputs,
        *torch.autograd.grad((outputs * weighting).sum(), [inputs, *layer.parameters()]),
    ]


def assert_alike(layer: nn.Module, plain: nn.Module, inputs: Tensor) -> None:
    plain.load_state_dict(layer.state_dict())
    for found, expected in zip(gradients(layer, inputs), gradients(plain, inputs), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_from_image_is_a_convolution() -> None:
    for channels in (1, 3):
        images = torch.rand(5, channels, 16, 16, generator=Generator().manual_seed(0))
        assert_alike(FromImage(channels, 8, 4, 2, 1), nn.Conv2d(channels, 8, 4, 2, 1), images)


def test_to_image_is_a_transposed_convolution() -> None:
    for channels in (1, 3):
        maps = torch.rand(5, 8, 16, 16, generator=Generator().manual_seed(0))
        assert_alike(ToImage(8, channels, 4, 2, 1), nn.ConvTranspose2d(8, channels, 4, 2, 1), maps)


def test_to_image_leaves_onednn_as_it_was() -> None:
    for enabled in (True, False):
        with torch.backends.mkldnn.flags(enabled, allow_tf32=None):
            ToImage(8, 1, 4, 2, 1)(torch.rand(2, 8, 4, 4))
            assert bool(torch.backends.mkldnn.enabled) is enabled
