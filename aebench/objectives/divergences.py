"""Divergences between distributions over codes: nats per sample, summed over the code."""

from torch import Tensor


def gaussian_kl(mu: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mu, exp(log_variance)) ‖ N(0, I)): (B, L) twice to (B,). Kingma & Welling, app. B."""
    return 0.5 * (mu.square() + log_variance.exp() - 1 - log_variance).sum(1)
