"""How short a discrete code is and how well it uses its codebook."""

import numpy as np

from aebench.data import Array
from aebench.registry import metric


@metric(
    better="lower",
    unit="bits per dimension",
    value_range="[0, ∞)",
    source="fixed-length code of log2 K bits per index",
    reads=("indices", "codebook_size", "dimensions"),
)
def code_bits_per_dimension(indices: Array, codebook_size: int, dimensions: int) -> float:
    """Bits that the indices (n, positions) take with a fixed-length code, per data dimension.

    A rate of the code as it stands: no entropy coder is run and no file is written.
    """
    return float(indices.shape[1] * np.log2(int(codebook_size)) / dimensions)


@metric(
    better="higher",
    unit="entries",
    value_range="[1, codebook size]",
    source="van den Oord et al. 2017",
    reads=("indices", "codebook_size"),
)
def codebook_perplexity(indices: Array, codebook_size: int) -> float:
    """exp of the entropy (nats) of how often each entry is used, over test images and positions.

    Equal use of all K entries gives K, one entry alone gives 1. Raises `ValueError` for an index
    outside [0, K).
    """
    if indices.min() < 0 or indices.max() >= codebook_size:
        raise ValueError(
            f"indices from {indices.min()} to {indices.max()}, codebook of {codebook_size}"
        )
    shares = np.bincount(indices.ravel(), minlength=int(codebook_size)) / indices.size
    used = shares[shares > 0]
    return float(np.exp(-(used * np.log(used)).sum()))
