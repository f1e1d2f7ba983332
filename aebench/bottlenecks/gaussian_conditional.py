"""Integers whose probabilities are a Gaussian's, each with its own mean and standard deviation.

    p(v | μ, σ) = Φ((v - μ + ½)/σ) - Φ((v - μ - ½)/σ)

Also the density of a latent plus uniform noise of width one, so that with a posterior
U(z - ½, z + ½) the divergence KL(q ‖ p) is in expectation -log p of the noisy latent, and at test
time the length of the rounded one in the file. Ballé et al., ICLR 2018; Duan et al., WACV 2023.
"""

import math
from functools import cache

import torch
from torch import Tensor

from aebench.bottlenecks.channel_tables import integers
from aebench.coding.gaussian import (
    LARGEST,
    SMALLEST,
    gaussian_tables,
    scale_indices,
)
from aebench.coding.range_coder import Decoder, Encoder
from aebench.coding.tables import Tables
from aebench.data import Array
from aebench.nn.lower_bound import lower_bound

SMALLEST_MASS = 1e-9


def scales_of(log_scales: Tensor) -> Tensor:
    """σ, of that shape, from 0.11 to 256: the levels that there are tables for."""
    least, most = math.log(SMALLEST), math.log(LARGEST)
    return lower_bound(log_scales, least).clamp(max=most).exp()


def log_mass(deviations: Tensor, scales: Tensor) -> Tensor:
    """log p of integers or noisy latents that are ``deviations`` v - μ from their means, with
    standard deviations ``scales`` of that shape; in nats, of that shape.
    """
    distance = deviations.abs()  # by symmetry the lower tail, where a difference keeps its digits
    above, below = (0.5 - distance) / scales, (-0.5 - distance) / scales
    mass = torch.special.ndtr(above) - torch.special.ndtr(below)
    return lower_bound(mass, SMALLEST_MASS).log()


def bits(symbols: Tensor, scales: Tensor) -> Tensor:
    """-log2 p of integers ``symbols`` (B, …) that are v - μ, (B,); of one outside its table, where
    the Gaussian has no digits left, what its escape costs.
    """
    values, indices = integers(symbols), _indices(scales)
    coded = torch.from_numpy(tables().bits(values, indices)).view(symbols.shape)
    escaped = tables().escaped(tables().symbols(values, indices), indices)
    known = -log_mass(symbols, scales) / math.log(2)
    outside = torch.from_numpy(escaped).view(symbols.shape)
    return torch.where(outside, coded, known.double()).flatten(1).sum(1)


@cache
def tables() -> Tables:
    """The tables of `aebench.coding.gaussian`, made once."""
    return gaussian_tables()


def write(encoder: Encoder, symbols: Tensor, scales: Tensor) -> None:
    """Append integers ``symbols`` v - μ, each with the table nearest to its σ of that shape."""
    encoder.encode(integers(symbols), _indices(scales), tables())


def read(decoder: Decoder, scales: Tensor) -> Tensor:
    """Take symbols, float64 of the shape of ``scales``, which must be bit-identical to those that
    they were written with, but for what lies within half a level. Raises `BadStream`.
    """
    values = decoder.decode(_indices(scales), tables())
    return torch.from_numpy(values).double().view(scales.shape)


def _indices(scales: Tensor) -> Array:
    return scale_indices(scales.flatten().numpy())
