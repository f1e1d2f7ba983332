"""The stack for bits-back coding: what is pushed last is popped first, and popping symbols with any
distributions from any stack can be undone by pushing them.

Constriction's asymmetric numeral systems on integer tables. Duda 2013; bits-back: Townsend et al.,
ICLR 2019.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from aebench.coding.container import BadStream
from aebench.coding.frequencies import categorical_rows
from aebench.data import Array

WORD_BYTES = 4
TAILS = 8.0
"""Deviations at which Gaussians are cut."""


class Stack:
    """A stack of bits, begun with ``initial`` uint32 words (its top last), which bits-back needs to
    pop from and gets back at the end. Tables must have no escapes: all that is popped is a value.

    Where the stack runs out, what is popped is no longer random, though pushing still undoes it: a
    caller looks at ``bits`` first.
    """

    def __init__(self, initial: Array | None = None) -> None:
        from constriction import stream

        below = np.zeros(0, np.uint32) if initial is None else np.asarray(initial, np.uint32)
        # constriction asks for a last word other than 0
        self.coder = stream.stack.AnsCoder(np.append(below, np.uint32(1)))

    @classmethod
    def random(cls, words: int, generator: np.random.Generator) -> Stack:
        """A stack of that many random words."""
        return cls(generator.integers(0, 2**32, words, np.uint32))

    @property
    def bits(self) -> int:
        """Bits on the stack, the initial ones included."""
        return int(self.coder.num_valid_bits())

    def push_rows(self, symbols: Array, frequencies: Array) -> None:
        """Push ``symbols`` (m,), each with its own row of ``frequencies`` (m, K), sums 2²⁴."""
        pushed = np.ascontiguousarray(symbols, np.int32)
        self.coder.encode_reverse(pushed, *categorical_rows(frequencies))

    def pop_rows(self, frequencies: Array) -> Array:
        """The topmost symbols, int64 (m,), each with its own row of ``frequencies`` (m, K)."""
        symbols: Array = self.coder.decode(*categorical_rows(frequencies)).astype(np.int64)
        return symbols

    def push_gaussians(self, symbols: Array, means: Array, deviations: Array) -> None:
        """Push integers ``symbols`` (m,), each with the probability that a Gaussian of its own, cut
        at `TAILS` deviations, gives the interval of length 1 around it. Raises `ValueError` for
        one that lies beyond.
        """
        models = list(map(_gaussian, means, deviations))
        for symbol, (centre, reach, model) in zip(symbols[::-1], models[::-1], strict=True):
            if abs(symbol - centre) > reach:
                raise ValueError(f"{symbol} is not from {centre - reach} to {centre + reach}")
            self.coder.encode_reverse(int(symbol) - centre, model)

    def pop_gaussians(self, means: Array, deviations: Array) -> Array:
        """The topmost integers, int64 (m,), of these Gaussians."""
        models = map(_gaussian, means, deviations)
        symbols = [centre + self.coder.decode(model) for centre, _, model in models]
        return np.array(symbols, np.int64)

    def payload(self) -> bytes:
        """All words, the initial ones included."""
        return bytes(self.coder.get_compressed().astype(">u4").tobytes())

    @classmethod
    def from_payload(cls, payload: bytes) -> Stack:
        """The stack that `payload` wrote; raises `BadStream` for what no stack writes."""
        from constriction import stream

        words = np.frombuffer(payload[: len(payload) // WORD_BYTES * WORD_BYTES], ">u4")
        if len(payload) % WORD_BYTES or not len(words) or not words[-1]:
            raise BadStream(f"a stack of {len(payload)} bytes: whole words, the last not 0")
        stack = cls()
        stack.coder = stream.stack.AnsCoder(words.astype(np.uint32))
        return stack

    def words(self) -> Array:
        """What is left, uint32 words: the initial ones once all that was pushed is popped."""
        return np.asarray(self.coder.get_compressed()[:-1], np.uint32)


def _gaussian(mean: float, deviation: float) -> tuple[int, int, Any]:
    """The middle symbol, how far others lie from it at most, and the model of the difference.

    Each of these has a probability of 2⁻²⁴ at least: were they all that a code can be, what is
    popped would now and then lie where the Gaussian never is.
    """
    from constriction import stream

    centre, reach = round(mean), math.ceil(TAILS * deviation) + 1
    return centre, reach, stream.model.QuantizedGaussian(-reach, reach, mean - centre, deviation)
