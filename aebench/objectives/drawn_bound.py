"""Importance weights of a model from codes that it drew and decoded in one batch."""

from torch import Tensor

from aebench.objectives.likelihoods import Likelihood


def drawn_bound(
    log_ratios: Tensor, observation: Likelihood, outputs: Tensor, inputs: Tensor
) -> tuple[Tensor, Tensor]:
    """log p(x,z) - log q(z|x), and its part log p(x|z): each (B, count), in nats.

    ``outputs`` are the decoder's for B · count codes, those of one of ``inputs`` (B, *shape) next
    to each other, ``log_ratios`` (B · count,) these codes' log p(z) - log q(z|x).
    """
    repeated = inputs.repeat_interleave(len(outputs) // len(inputs), dim=0)
    log_likelihoods = -observation.negative_log(outputs, repeated)
    shape = (len(inputs), -1)
    return (log_ratios + log_likelihoods).view(shape), log_likelihoods.view(shape)
