"""What a latent variable model says of the data's likelihood, and where its parts go.

All values are in nats per sample unless said otherwise.
"""

from aebench.metrics.likelihood.bounds import (
    bits_per_dimension,
    elbo,
    importance_bound,
    iwae_bound,
    reconstruction_log_likelihood,
)
from aebench.metrics.likelihood.decomposition import kl_decomposition
from aebench.metrics.likelihood.diagnostics import collapsed_dimensions, prior_hole
from aebench.metrics.likelihood.gradients import encoder_gradient_signal_to_noise

__all__ = [
    "bits_per_dimension",
    "collapsed_dimensions",
    "elbo",
    "encoder_gradient_signal_to_noise",
    "importance_bound",
    "iwae_bound",
    "kl_decomposition",
    "prior_hole",
    "reconstruction_log_likelihood",
]
