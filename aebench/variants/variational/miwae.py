"""MIWAE: the mean of M importance-weighted bounds with K codes each, between a VAE's steady
gradients for the encoder and an IWAE's tight bound.

    L = -1/M Σ_m log 1/K Σ_k w_mk

M = 1 is the IWAE; K = 1 the VAE, whose divergence is then estimated from M codes. Rainforth et al.,
ICML 2018, section 5.
"""

from aebench.objectives.bounds import importance_bound
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.iwae import IWAE


@variant(
    "miwae",
    title="Multiply importance-weighted autoencoder",
    family="variational",
    paper="Rainforth et al. 2018",
    equation="L = −1/M Σ_m log 1/K Σ_k w_mk",
)
class MIWAE(IWAE):
    m: int = 8
    """M, bounds per sample."""
    k: int = 8
    """K, codes per bound."""

    def build(self) -> None:
        if self.m < 1:
            raise ValueError(f"m = {self.m}, accepted: 1 or more")
        super().build()

    def loss(self, batch: Batch, step: int) -> Loss:
        log_weights, _ = self.log_weights(batch.inputs, self.m * self.k, batch.generator)
        return {"bound": -importance_bound(log_weights.view(-1, self.m, self.k)).mean()}
