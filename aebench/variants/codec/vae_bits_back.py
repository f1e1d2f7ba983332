"""VAE as a lossless codec: bits-back coding with asymmetric numeral systems.

    L = E_q[-log p(x|z)] + KL(q(z|x) ‖ p(z)),  net bits of a file = L / ln 2, nearly

To write x, z ~ q(z|x) is *popped* off the stack that the files so far are, then x is pushed with
p(x|z) and z with p(z): the decoder gets the bits back that choosing z took. The first image needs
bits to begin with, which the stream holds too. Each number of z is a multiple of 2⁻¹² from -8 to 8:
the paper's intervals of equal probability are too wide for codes of photographs, which lie far out
with deviations of less than 0.001. Images of another size than the data set's are tiles of that
size. Binary data have a Bernoulli likelihood, others a discretised logistic one. Both sides compute
all distributions from floating-point outputs: a stream is for the machine, and the libraries, that
it was written with; `BadStream` says where they differ.
Townsend, Bird & Barber, ICLR 2019.
"""

import copy
import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, Tensor

from aebench.coding.ans import TAILS, WORD_BYTES, Stack
from aebench.coding.container import BadStream
from aebench.coding.frequencies import PRECISION, frequencies_of
from aebench.data import Array
from aebench.nn.codec_transforms import from_tiles, tiles
from aebench.objectives import likelihoods
from aebench.registry import variant
from aebench.variants.codec.base import EntropyModelledCodec, reproducibly
from aebench.variants.variational.vae import VAE

STEP = 2.0**-12
"""Between the values of a code's numbers."""
DRAWS = 8
"""Of each image's code, to estimate its bound."""
AT_ONCE = 64
"""Images bounded at once."""
WORD_BITS = 8 * WORD_BYTES


class Bits(NamedTuple):
    """``net``, what was added to the stack, and ``initial``, what it was begun with."""

    net: int
    initial: int


@variant(
    "vae-bits-back",
    title="VAE, bits back",
    family="codec",
    paper="Townsend et al. 2019",
    equation="L = E_q[−log p(x|z)] + KL(q(z|x) ‖ p(z)), written in L / ln 2 bits",
    needs=("images",),
)
class VAEBitsBack(EntropyModelledCodec, VAE):
    """Lossless. Raises `ValueError` for a likelihood that does not give integers probabilities."""

    codec = "vae-bits-back"
    chunk_pixels = 2**63
    """All images are on one stack."""

    def build(self) -> None:
        # of redrawn data, the test images are drawn too: 0 and the maximum alone
        binary = self.data.maximum < 2 or self.data.redrawn
        fitting = "bernoulli" if binary else "discretised-logistic"
        self.levels = 2 if binary else self.data.maximum + 1
        if self.likelihood not in ("", fitting):
            raise ValueError(f"{self.codec}: likelihood '{self.likelihood}', accepted: {fitting}")
        self.observation = likelihoods.make(fitting, self.data)
        super().build()

    def payload(self, inputs: Tensor) -> bytes:
        return self.stacked(inputs)[0].payload()

    def bits_back(self, images: Tensor) -> Bits:
        """What the payload of ``images`` uint8 (n, c, h, w) consists of."""
        model = self.on_cpu()
        with reproducibly():
            stack, initial = model.stacked(model.floats(images.cpu()))
        return Bits(stack.bits - initial, initial)

    def stacked(self, inputs: Tensor) -> tuple[Stack, int]:
        """``inputs`` (B, c, h, w) on a stack, the last on top, and the bits that it was begun with:
        as many as the first code can take.
        """
        inputs = self.tiles(inputs)
        symbols, coder = self.symbols(inputs), _Distributions(self)
        stack = _initial(math.ceil(self.latent_dimension * PRECISION / WORD_BITS) + 1)
        initial = stack.bits
        if not torch.equal(self.values(symbols), inputs):
            raise ValueError(f"{self.codec}: values that are none of the data's {self.levels}")
        for image, values in zip(inputs, symbols.flatten(1).numpy(), strict=True):
            code = stack.pop_gaussians(*coder.posterior(image))
            stack.push_rows(values, coder.likelihood(code))
            stack.push_gaussians(code, *coder.prior)
        return stack, initial

    def restored(self, payload: bytes, shape: tuple[int, int, int, int]) -> Tensor:
        stack, coder = Stack.from_payload(payload), _Distributions(self)
        images = self.tiles(torch.zeros(shape))
        for number in reversed(range(len(images))):
            code = stack.pop_gaussians(*coder.prior)
            values = torch.from_numpy(stack.pop_rows(coder.likelihood(code)))
            images[number] = self.values(values.view(images.shape[1:]))
            try:
                stack.push_gaussians(code, *coder.posterior(images[number]))
            except ValueError as error:
                raise BadStream(f"a code that its image has not: {error}") from None
        left = stack.words()
        if not np.array_equal(left, _initial(len(left)).words()):
            raise BadStream("the initial bits are not what is left: written on another machine?")
        return from_tiles(images, *shape[2:])

    def approximated(self, inputs: Tensor) -> Tensor:
        return inputs

    def bits_of(self, inputs: Tensor) -> Tensor:
        """The negative bound of ``inputs`` (B, c, h, w), each by `DRAWS` codes, (B,): what their
        net bits are in expectation.
        """
        generator = Generator().manual_seed(0)
        parts = self.tiles(inputs).split(AT_ONCE)
        weights = [self.log_weights(part, DRAWS, generator)[0] for part in parts]
        bits = -torch.cat(weights).mean(1) / math.log(2)
        return bits.view(len(inputs), -1).sum(1)

    def tiles(self, images: Tensor) -> Tensor:
        """``images`` (B, c, h, w) cut to the data set's size."""
        return tiles(images, *self.data.shape[1:])

    def symbols(self, inputs: Tensor) -> Tensor:
        """Floats in [0, 1] as integers below ``levels``: those of the likelihood's tables."""
        highest = self.levels - 1
        return (inputs * highest).round().clamp(0, highest).to(torch.uint8)

    def values(self, symbols: Tensor) -> Tensor:
        """Back from `symbols`."""
        return symbols.float() / (self.levels - 1)


class _Distributions:
    """Of one image: means and deviations of prior and posterior in steps, (L,) each, and integer
    frequencies of the likelihood, in double precision.
    """

    def __init__(self, model: VAEBitsBack) -> None:
        self.model = copy.deepcopy(model).double()
        self.prior = np.zeros(model.latent_dimension), np.full(model.latent_dimension, 1 / STEP)

    def posterior(self, image: Tensor) -> tuple[Array, Array]:
        """Of ``image`` (c, h, w)."""
        mu, log_variance = (part[0].numpy() for part in self.model.posterior(image[None].double()))
        deviation = np.exp(0.5 * log_variance).clip(max=1)
        # what is drawn must be within the prior's tails
        farthest = np.maximum(TAILS * (1 - deviation) - 4 * STEP, 0)
        return mu.clip(-farthest, farthest) / STEP, deviation / STEP

    def likelihood(self, code: Array) -> Array:
        """Of each number's values, (numbers, levels), given a ``code`` (L,) in steps."""
        outputs = self.model.decoder(torch.from_numpy(code * STEP)[None])
        if self.model.levels == 2:
            on = torch.sigmoid(outputs).flatten().numpy()
            return frequencies_of(np.stack([1 - on, on], axis=1))
        return frequencies_of(
            level_probabilities(outputs, self.model.levels)[0].flatten(0, -2).numpy()
        )


def level_probabilities(outputs: Tensor, levels: int) -> Tensor:
    """Of each integer by a discretised logistic's ``outputs`` (B, 2c, h, w), (B, c, h, w, levels):
    `aebench.objectives.likelihoods.DiscretisedLogistic`.
    """
    half_step = 0.5 / (levels - 1)
    location, log_scale = (part[..., None] for part in outputs.chunk(2, dim=1))
    inverse_scale = (-log_scale.clamp(min=math.log(half_step) - 7)).exp()
    between = torch.arange(1, levels, dtype=outputs.dtype) / (levels - 1) - half_step
    below = torch.sigmoid((between - location) * inverse_scale)
    ends = torch.zeros_like(location), torch.ones_like(location)
    return torch.cat([ends[0], below, ends[1]], dim=-1).diff(dim=-1)


def _initial(words: int) -> Stack:
    """Always the same random bits, so that a decoder can tell whether it got them back."""
    return Stack.random(words, np.random.default_rng(0))
