"""A Gaussian likelihood with one variance for all numbers of all samples, itself learned.

``learned``: σ is a parameter. Otherwise σ² is the mean squared error of the batch at hand, where
its likelihood has its maximum; no gradient passes through it, as none would remain. Rybkin et al.,
ICML 2021, section 4.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aebench.objectives.likelihoods import LOG_2PI, Likelihood, MeanParametrised, squared_error

LEAST_LOG_DEVIATION = -6.0
"""The authors' bound of log σ. Theirs is soft for optimal σ too, and moves it by some percent."""
REMEMBERED = 100
"""Batches whose mean squared errors are averaged for use outside training."""


class SharedVariance(nn.Module):
    """σ²: of the batch while training, of the last `REMEMBERED` batches or so in evaluation."""

    log_deviation: Tensor
    batches: Tensor

    def __init__(self, learned: bool) -> None:
        super().__init__()
        self.learned = learned
        if learned:
            self.log_deviation = nn.Parameter(torch.zeros(()))
        else:
            self.register_buffer("log_deviation", torch.zeros(()))
            self.register_buffer("batches", torch.zeros(()))

    def forward(self, mean_squared_error: Tensor) -> Tensor:
        """log σ for a batch with this ``mean_squared_error``, a scalar as the other."""
        if self.learned:
            return LEAST_LOG_DEVIATION + F.softplus(self.log_deviation - LEAST_LOG_DEVIATION)
        if not self.training:
            return self.log_deviation.clamp(min=LEAST_LOG_DEVIATION)
        error = mean_squared_error.detach()
        self.remember(error)
        return (0.5 * error.log()).clamp(min=LEAST_LOG_DEVIATION)

    def remember(self, error: Tensor) -> None:
        """Take a batch's mean squared error into the average, at first one of all batches."""
        self.batches.add_(1).clamp_(max=REMEMBERED)
        average = (2 * self.log_deviation).exp()
        self.log_deviation.copy_(0.5 * average.lerp(error, 1 / self.batches).log())


class SharedGaussian:
    """N(link(outputs), σ²): ``link`` is the likelihood that makes means of a decoder's outputs."""

    parameters = 1

    def __init__(self, link: Likelihood, variance: SharedVariance) -> None:
        self.link, self.variance = link, variance

    def negative_log(self, outputs: Tensor, inputs: Tensor) -> Tensor:
        """-log p(x|z), (B,) in nats."""
        dimensions = inputs[0].numel()
        squares = squared_error(self.mean(outputs), inputs)
        log_deviation: Tensor = self.variance(squares.mean() / dimensions)
        scaled = squares * (-2 * log_deviation).exp()
        return 0.5 * scaled + dimensions * (log_deviation + 0.5 * LOG_2PI)

    def mean(self, outputs: Tensor) -> Tensor:
        """E[x|z], (B, *shape)."""
        return self.link.mean(outputs)

    def outputs_of(self, mean: Tensor) -> Tensor:
        """The outputs whose mean is ``mean``, where the link can say."""
        assert isinstance(self.link, MeanParametrised)
        return self.link.outputs_of(mean)
