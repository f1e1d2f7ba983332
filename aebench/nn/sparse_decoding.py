"""Products with the few active of many features: nothing is computed for those that are not.

Which features are active in each sample is a `Pattern`; their values stand beside it in one flat
row. Two differentiable products do all that a sparse autoencoder needs: `pre_activations`, of each
sample with the weights of its active features, and `decoded`, the sum of their directions. Each is
the gradient of the other; gradients of the matrices sum over a feature's samples.

    v_n = x_b · w_j + c_j,    x̂_b = Σ_n v_n d_j    for every active (b, j), the n-th

Off the CPU both are dense products, which are fast there (not measured against sparse ones yet).
"""

import warnings
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Pattern:
    """Active features of B samples, one sample after the other: those of sample b are
    ``features[offsets[b]:offsets[b + 1]]``.

    ``offsets`` int64 (B + 1,), ``features`` int64 (n,), each in [0, ``width``).
    """

    offsets: Tensor
    features: Tensor
    width: int

    @staticmethod
    def of_rows(features: Tensor, width: int) -> "Pattern":
        """As many in each sample: ``features`` int64 (B, k)."""
        count, k = features.shape
        offsets = torch.arange(0, count * k + 1, k, device=features.device)
        return Pattern(offsets, features.flatten(), width)

    @staticmethod
    def of_mask(kept: Tensor) -> "Pattern":
        """Those where ``kept``, bool (B, width), is true, in rising order."""
        return Pattern(_offsets(kept.sum(1)), kept.nonzero(as_tuple=True)[1], kept.shape[1])

    @cached_property
    def rows(self) -> Tensor:
        """The sample of each active feature, int64 (n,)."""
        samples = torch.arange(len(self.offsets) - 1, device=self.offsets.device)
        return samples.repeat_interleave(self.offsets.diff(), output_size=len(self.features))

    def split(self, groups: Tensor, count: int) -> "Pattern":
        """Each sample cut into ``count`` parts, as samples of their own, (B·count): the part of
        each active feature is ``groups`` int64 (n,), which rise within a sample.
        """
        parts = torch.bincount(self.rows * count + groups, minlength=count * self.samples)
        return Pattern(_offsets(parts), self.features, self.width)

    @property
    def samples(self) -> int:
        """B."""
        return len(self.offsets) - 1

    @cached_property
    def by_feature(self) -> tuple[Tensor, Tensor, Tensor]:
        """The same, one feature after the other: the order (n,) of entries, the sample of each
        (n,), and where each feature's start (width + 1,).
        """
        order = self.features.argsort(stable=True)
        counts = torch.bincount(self.features, minlength=self.width)
        return order, self.rows[order], _offsets(counts)

    def dense(self, values: Tensor) -> Tensor:
        """``values`` (n,) in a matrix of zeros, (B, width)."""
        zeros = values.new_zeros(self.samples, self.width)
        return zeros.index_put((self.rows, self.features), values)


def sparse_on(device: torch.device) -> bool:
    """Whether sparse products are known to be faster than dense ones on ``device``.

    On one core of a CPU: 3.7 times with 32 of 4,096 features of 384 dimensions in batches of 2,048,
    as fast with 8 of 256 of 64 in batches of 256. Where losses are compiled they are dense.
    """
    return device.type == "cpu" and not torch.compiler.is_compiling()


def pre_activations(inputs: Tensor, weight: Tensor, bias: Tensor, pattern: Pattern) -> Tensor:
    """v (n,) of ``inputs`` (B, d), ``weight`` (F, d) and ``bias`` (F,), where active."""
    if sparse_on(inputs.device):
        products: Tensor = _Sampled.apply(inputs, weight, bias, pattern)  # type: ignore[no-untyped-call]
        return products
    return F.linear(inputs, weight, bias)[pattern.rows, pattern.features]


def decoded(values: Tensor, pattern: Pattern, dictionary: Tensor) -> Tensor:
    """x̂ (B, d) of ``values`` (n,) along the rows of ``dictionary`` (F, d)."""
    if sparse_on(values.device):
        sums: Tensor = _Decoded.apply(values, dictionary, pattern)  # type: ignore[no-untyped-call]
        return sums
    return pattern.dense(values) @ dictionary


def decoded_in_parts(
    values: Tensor, pattern: Pattern, groups: Tensor, count: int, dictionary: Tensor
) -> Tensor:
    """Of the active features in the first, the first two, ... of ``count`` groups: (B, count, d).

    ``groups`` int64 (n,) are those of the active features, rising within a sample.
    """
    parts = decoded(values, pattern.split(groups, count), dictionary)
    added = parts.view(pattern.samples, count, -1).unbind(1)
    return torch.stack(list(accumulate(added)), dim=1)


class _Sampled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor, pattern: Pattern) -> Tensor:
        ctx.save_for_backward(inputs, weight)
        ctx.pattern = pattern
        return _sampled(inputs, weight, pattern) + bias[pattern.features]

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        inputs, weight = ctx.saved_tensors
        pattern: Pattern = ctx.pattern
        of_inputs = _summed(gradient, pattern, weight) if ctx.needs_input_grad[0] else None
        of_bias = gradient.new_zeros(pattern.width).index_add_(0, pattern.features, gradient)
        return of_inputs, _summed_by_feature(gradient, pattern, inputs), of_bias, None


class _Decoded(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, dictionary: Tensor, pattern: Pattern) -> Tensor:
        ctx.save_for_backward(values, dictionary)
        ctx.pattern = pattern
        return _summed(values, pattern, dictionary)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        values, dictionary = ctx.saved_tensors
        of_values = _sampled(gradient, dictionary, ctx.pattern)
        return of_values, _summed_by_feature(values, ctx.pattern, gradient), None


def _summed(values: Tensor, pattern: Pattern, rows: Tensor) -> Tensor:
    """Σ v_n rows_j over each sample's active features: (B, d) of ``rows`` (F, d)."""
    return _bags(pattern.features, rows, pattern.offsets, values)


def _summed_by_feature(values: Tensor, pattern: Pattern, rows: Tensor) -> Tensor:
    """Σ v_n rows_b over the samples where each feature is active: (F, d) of ``rows`` (B, d)."""
    order, samples, offsets = pattern.by_feature
    return _bags(samples, rows, offsets, values[order])


def _bags(numbers: Tensor, rows: Tensor, offsets: Tensor, values: Tensor) -> Tensor:
    kind = torch.promote_types(rows.dtype, values.dtype)  # autocast rounds one of them
    with torch.no_grad():
        return F.embedding_bag(
            numbers,
            rows.detach().to(kind).contiguous(),  # or more is computed than the sums
            offsets,
            mode="sum",
            per_sample_weights=values.detach().to(kind),
            include_last_offset=True,
        )


def _sampled(left: Tensor, right: Tensor, pattern: Pattern) -> Tensor:
    """left_b · right_j where active: (n,) of ``left`` (B, d) and ``right`` (F, d)."""
    with torch.no_grad(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        places = torch.sparse_csr_tensor(
            pattern.offsets,
            pattern.features,
            left.new_zeros(len(pattern.features)),
            (pattern.samples, pattern.width),
            check_invariants=False,
        )
        products = torch.sparse.sampled_addmm(places, left.contiguous(), right.t(), beta=0.0)
        found: Tensor = products.values()
    return found


def _offsets(counts: Tensor) -> Tensor:
    """Where each of the runs of ``counts`` (n,) starts, and the last ends: (n + 1,)."""
    return F.pad(counts.cumsum(0), (1, 0))
