"""How much of an encoder's gradient is signal: the other side of tight bounds."""

import numpy as np

from aebench.data import Array
from aebench.registry import metric


@metric(
    better="higher",
    unit="",
    value_range="[0, ∞]",
    source="Rainforth et al. 2018, section 3",
    reads=("encoder_gradients",),
)
def encoder_gradient_signal_to_noise(gradients: Array) -> float:
    """|mean| / standard deviation of a parameter's gradient over draws of the loss's noise, the
    median over the encoder's parameters: of the trained model, on one batch.

    ``gradients`` (draws, parameters). The median, as a few parameters that hardly vary would decide
    a mean; those without any gradient are left out. Infinite where most never vary, as the loss
    draws nothing. Pure noise has .67 / √draws. It grows with the root of the batch size: compared
    on one data set. Raises `ValueError` for fewer than two draws, values that are not finite and
    gradients of zeros.
    """
    if gradients.ndim != 2 or len(gradients) < 2:
        raise ValueError(f"gradients are {gradients.shape}, expected two or more (draws, numbers)")
    if not np.isfinite(gradients).all():
        raise ValueError("gradients are not finite")
    drawn = gradients.astype(np.float64)
    there = (drawn != 0).any(axis=0)
    if not there.any():
        raise ValueError("no parameter has a gradient")
    signal, noise = np.abs(drawn.mean(axis=0))[there], drawn.std(axis=0, ddof=1)[there]
    with np.errstate(divide="ignore"):
        return float(np.median(signal / noise))
