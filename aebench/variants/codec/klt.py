"""Block KLT: the linear floor of codecs. Principal components of 8×8 blocks, one step for all.

    q = round(B (x - μ) / Δ),  x̂ = μ + Δ Bᵀ q,  B the eigenvectors of the blocks' covariance

A block holds all channels. Each coefficient has a histogram of the training blocks as its table.
The inverse transform adds integers only, in numbers that floating point holds exactly, so a stream
gives the same image on every machine. Karhunen 1947; Goyal, IEEE Signal Processing Magazine 2001.
"""

import math

import numpy as np
import torch
from torch import Tensor

from aebench.coding.container import BadStream
from aebench.coding.range_coder import Decoder, Encoder
from aebench.coding.tables import Tables
from aebench.data import Array
from aebench.nn.codec_transforms import from_tiles, tiles
from aebench.objectives.likelihoods import squared_error
from aebench.registry import variant
from aebench.variants.base import Loss
from aebench.variants.codec.base import EntropyModelledCodec

LEVELS = 255
"""Steps are in units of an 8-bit image's."""
BINARY_PLACES = 16
"""Of the inverse transform's integers."""
WIDTH = 1024
"""Symbols of a table at most; values further out are escaped."""
BLOCKS = 2**16
"""Training blocks used at most, of images evenly spread."""


@variant(
    "klt",
    title="Block KLT",
    family="codec",
    paper="Karhunen 1947; Goyal 2001",
    equation="q = round(B(x − μ)/Δ),  x̂ = μ + ΔBᵀq",
    needs=("images",),
)
class BlockKLT(EntropyModelledCodec):
    codec = "klt"
    step: float = 16.0
    """Δ: the quality; distortion grows with it."""
    block: int = 8
    """Pixels along a block's side."""

    mean: Tensor
    components: Tensor
    frequencies: Tensor
    sizes: Tensor
    lowest: Tensor

    def build(self) -> None:
        channels, height, width = self.data.shape
        self.coefficients = channels * self.block**2
        blocks = math.ceil(height / self.block) * math.ceil(width / self.block)
        self.latent_dimension = self.hidden_units = blocks * self.coefficients
        size = (self.coefficients,)
        self.register_buffer("mean", torch.zeros(size, dtype=torch.float64))
        self.register_buffer("components", torch.zeros(size * 2, dtype=torch.float64))
        self.register_buffer("frequencies", torch.zeros((*size, WIDTH), dtype=torch.int32))
        self.register_buffer("sizes", torch.zeros(size, dtype=torch.int32))
        self.register_buffer("lowest", torch.zeros(size, dtype=torch.int32))

    def fit(self, inputs: Tensor) -> Loss:
        """Fit transform and tables to blocks of ``inputs`` (n, *shape); terms are the squared
        error, and the rate in nats per image.
        """
        per_image = self.latent_dimension // self.coefficients
        spread = inputs[:: max(1, math.ceil(len(inputs) * per_image / BLOCKS))]
        blocks = self.blocks(spread)
        self.mean.copy_(blocks.mean(0))
        centred = blocks - self.mean
        variances, vectors = torch.linalg.eigh(centred.t() @ centred)
        self.components.copy_(_signed(vectors.t().flip(0)))
        symbols = self.symbols(spread)
        tables = Tables.from_values(*_by_coefficient(symbols), self.coefficients, WIDTH)
        for buffer, array in zip(self.table_buffers(), tables.arrays, strict=True):
            buffer.copy_(torch.from_numpy(array))
        bits = tables.bits(*_by_coefficient(symbols)).sum() / len(spread)
        error = squared_error(self.approximated(spread).to(inputs), spread)
        return {"squared_error": error.mean(), "rate": torch.tensor(bits * math.log(2))}

    def table_buffers(self) -> tuple[Tensor, Tensor, Tensor]:
        """The three arrays of `Tables`."""
        return self.frequencies, self.sizes, self.lowest

    def tables(self) -> Tables:
        """The table of each coefficient. Raises `ValueError` before they are fitted."""
        if not self.sizes.any():
            raise ValueError("klt: the tables are not fitted yet")
        frequencies, sizes, lowest = (buffer.cpu().numpy() for buffer in self.table_buffers())
        return Tables(frequencies, sizes, lowest)

    def blocks(self, inputs: Tensor) -> Tensor:
        """Blocks float64 (blocks, coefficients) of ``inputs`` (n, c, h, w) in [0, 1], in units of
        an 8-bit image's; the last row and column of pixels are repeated to whole blocks.
        """
        flat: Tensor = tiles(inputs.double() * LEVELS, self.block, self.block).flatten(1)
        return flat

    def symbols(self, inputs: Tensor) -> Tensor:
        """q, float64 (blocks, coefficients), of ``inputs`` (n, c, h, w)."""
        return ((self.blocks(inputs) - self.mean) @ self.components.t() / self.step).round()

    def images(self, symbols: Tensor, shape: tuple[int, ...]) -> Tensor:
        """The images float64 ``shape`` (n, c, h, w) of integers q (blocks, coefficients)."""
        _, channels, height, width = shape
        one = 1 << BINARY_PLACES
        # integers of 36 bits at most, exact in whatever order they are added up
        pixels = symbols @ (self.components * (self.step * one)).round()
        pixels = (pixels + (self.mean * one).round()) / (one * LEVELS)
        found = pixels.view(-1, channels, self.block, self.block)
        images: Tensor = from_tiles(found, height, width).clamp(0, 1)
        return images

    def encode(self, inputs: Tensor) -> Tensor:
        return self.symbols(inputs).to(inputs).view(len(inputs), -1)

    def decode(self, codes: Tensor) -> Tensor:
        symbols = codes.double().view(-1, self.coefficients)
        return self.images(symbols, (len(codes), *self.data.shape)).to(codes)

    def approximated(self, inputs: Tensor) -> Tensor:
        return self.images(self.symbols(inputs), tuple(inputs.shape))

    def bits_of(self, inputs: Tensor) -> Tensor:
        bits = torch.from_numpy(self.tables().bits(*_by_coefficient(self.symbols(inputs))))
        return bits.view(self.coefficients, len(inputs), -1).sum((0, 2))

    def payload(self, inputs: Tensor) -> bytes:
        encoder = Encoder()
        encoder.encode(*_by_coefficient(self.symbols(inputs)), self.tables())
        return encoder.payload()

    def restored(self, payload: bytes, shape: tuple[int, int, int, int]) -> Tensor:
        count, _, height, width = shape
        blocks = count * math.ceil(height / self.block) * math.ceil(width / self.block)
        decoder = Decoder(payload)
        values = decoder.decode(_indices(self.coefficients, blocks), self.tables())
        decoder.finish()
        # no block of pixels is further from the mean than this, in any direction
        if len(values) and np.abs(values).max() > LEVELS * self.coefficients / self.step + 1:
            raise BadStream("a coefficient larger than any image's")
        symbols = torch.from_numpy(values).double().view(self.coefficients, blocks).t()
        return self.images(symbols, shape)


def _signed(components: Tensor) -> Tensor:
    """Rows with their largest entry positive: what eigenvectors leave open."""
    largest = components.abs().argmax(1, keepdim=True)
    return components * components.gather(1, largest).sign()


def _by_coefficient(symbols: Tensor) -> tuple[Array, Array]:
    """q (blocks, coefficients) as one array, coefficient after coefficient, and the table of
    each.
    """
    blocks, coefficients = symbols.shape
    values = symbols.t().reshape(-1).cpu().numpy().astype(np.int64)
    return values, _indices(coefficients, blocks)


def _indices(coefficients: int, blocks: int) -> Array:
    return np.repeat(np.arange(coefficients, dtype=np.uint16), blocks)
