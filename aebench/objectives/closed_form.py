"""Layers in closed form from sums over partitions of the data, as their owners could exchange them.

What a partition tells of its data A are Gram matrices A Aᵀ = U S² Uᵀ, the same knowledge as the
papers' U S; those of the whole are the sums of the partitions', so partitioning changes nothing but
rounding. A partition is float64 (n, d).
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from aebench.data import Array

EXACT_UP_TO = 1024
"""Dimensions up to which the Gram matrix is decomposed; above, Lanczos finds its head."""


def leading_directions(partitions: Sequence[Tensor], count: int) -> Tensor:
    """The ``count`` leading left singular vectors of all partitions side by side, (d, count).

    The distributed SVD of DAEF's encoder. In falling order, the largest number of each positive.
    Above `EXACT_UP_TO` dimensions the partitions answer repeated products instead of giving their
    Gram matrices.
    """
    dimensions = partitions[0].shape[1]
    if dimensions <= EXACT_UP_TO:
        gram = torch.stack([rows.t() @ rows for rows in partitions]).sum(0)
        directions = torch.linalg.eigh(gram).eigenvectors[:, -count:].flip(1)
    else:
        directions = _lanczos(partitions, count)
    largest = directions.gather(0, directions.abs().argmax(0, keepdim=True))
    directed: Tensor = directions * largest.sign()
    return directed


def _lanczos(partitions: Sequence[Tensor], count: int) -> Tensor:
    from scipy.sparse.linalg import LinearOperator, eigsh

    first, dimensions = partitions[0], partitions[0].shape[1]

    def product(vector: Array) -> Array:
        tensor = torch.from_numpy(vector.ravel()).to(first)
        products = torch.stack([rows.t() @ (rows @ tensor) for rows in partitions])
        summed: Array = products.sum(0).cpu().numpy()
        return summed

    operator = LinearOperator((dimensions, dimensions), matvec=product, dtype=np.float64)
    start = np.random.default_rng(0).standard_normal(dimensions)
    values, vectors = eigsh(operator, count, v0=start)
    return torch.from_numpy(vectors[:, np.argsort(values)[::-1]].copy()).to(first)


def ridge(
    inputs: Sequence[Tensor], targets: Sequence[Tensor], weight: float, logistic: bool
) -> Tensor:
    """ROLANN: a layer from ``inputs`` (n, d) to ``targets`` (n, m), partition by partition, as a
    matrix (m, 1 + d), the first column its biases.

    Each row solves (X F² Xᵀ + λ I) w = X F² f⁻¹(y), X the inputs below a row of ones, f the
    identity or, with ``logistic``, the logistic function, F the diagonal of f'(f⁻¹(y)): squared
    error before f, weighed by the slope of f. Biases are shrunk as the rest is. Targets of a
    logistic layer must lie strictly between 0 and 1. Fontenla-Romero et al., IWANN 2021.
    """
    columns = [torch.cat([torch.ones_like(rows[:, :1]), rows], dim=1) for rows in inputs]
    size, outputs = columns[0].shape[1], targets[0].shape[1]
    penalty = weight * torch.eye(size, dtype=columns[0].dtype, device=columns[0].device)
    if not logistic:
        pairs = list(zip(columns, targets, strict=True))
        gram = torch.stack([x.t() @ x for x, _ in pairs]).sum(0)
        moments = torch.stack([x.t() @ y for x, y in pairs]).sum(0)
        solved: Tensor = torch.linalg.solve(gram + penalty, moments)
        return solved.t()
    rows = []
    for j in range(outputs):
        gram, moment = torch.zeros_like(penalty), torch.zeros_like(penalty[0])
        for x, y in zip(columns, targets, strict=True):
            slope = y[:, j] * (1 - y[:, j])  # f' at f⁻¹(y)
            weighted = x * slope[:, None]
            gram = gram + weighted.t() @ weighted
            moment = moment + weighted.t() @ (slope * torch.logit(y[:, j]))
        rows.append(torch.linalg.solve(gram + penalty, moment))
    return torch.stack(rows)
