"""How far two samples are apart in the mean of a kernel's features: zero, in expectation, exactly
for samples of one distribution. Gretton et al., JMLR 2012.
"""

from collections.abc import Callable

import torch
from torch import Tensor

SCALES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

Kernel = Callable[[Tensor, int], Tensor]
"""Of squared distances between codes, any shape, and the codes' length."""


def inverse_multiquadratic(squares: Tensor, dimension: int) -> Tensor:
    """Σ_s C_s / (C_s + ‖x - y‖²), C_s = 2 L s: 2 L is the mean squared distance under N(0, I), s
    one of `SCALES`. Tolstikhin et al. 2018, section 4, scales as in the authors' code.
    """
    constants = [2 * dimension * scale for scale in SCALES]
    return torch.stack([constant / (constant + squares) for constant in constants]).sum(0)


def gaussian(squares: Tensor, dimension: int) -> Tensor:
    """exp(-‖x - y‖² / L²), as in the code of Zhao et al. 2017."""
    return (-squares / dimension**2).exp()


KERNELS: dict[str, Kernel] = {"imq": inverse_multiquadratic, "gaussian": gaussian}


def named(kernel: str) -> Kernel:
    """The kernel of a name; raises `ValueError` for another than those of `KERNELS`."""
    if kernel not in KERNELS:
        raise ValueError(f"kernel '{kernel}', accepted: {', '.join(KERNELS)}")
    return KERNELS[kernel]


def maximum_mean_discrepancy(x: Tensor, y: Tensor, kernel: Kernel) -> Tensor:
    """E[k(x, x')] + E[k(y, y')] - 2 E[k(x, y)] of ``x`` (n, L) and ``y`` (m, L), each of at least
    two rows: a scalar. Unbiased, as no row is paired with itself; so it can be negative.
    """
    dimension = x.shape[1]

    def between(a: Tensor, b: Tensor) -> Tensor:
        return kernel((a[:, None] - b).square().sum(2), dimension)

    def within(a: Tensor) -> Tensor:
        similarities = between(a, a)
        return (similarities.sum() - similarities.diagonal().sum()) / (len(a) * (len(a) - 1))

    return within(x) + within(y) - 2 * between(x, y).mean()
