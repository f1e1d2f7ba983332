"""CIWAE: a convex combination of a VAE's bound and an IWAE's.

    L = -β 1/K Σ_k log w_k - (1 - β) log 1/K Σ_k w_k

Both from the same K codes, the first therefore without the divergence's closed form. β = 0 is the
IWAE, β = 1 the VAE with K codes. The default β is the better of the two that the paper tabulates.
Rainforth et al., ICML 2018, section 5.
"""

from aebench.objectives.bounds import importance_bound
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.iwae import IWAE


@variant(
    "ciwae",
    title="Combination importance-weighted autoencoder",
    family="variational",
    paper="Rainforth et al. 2018",
    equation="L = −β 1/K Σ_k log w_k − (1 − β) log 1/K Σ_k w_k",
)
class CIWAE(IWAE):
    beta: float = 0.05
    k: int = 64

    def build(self) -> None:
        if not 0 <= self.beta <= 1:
            raise ValueError(f"beta = {self.beta}, accepted: from 0 to 1")
        super().build()

    def loss(self, batch: Batch, step: int) -> Loss:
        log_weights, _ = self.log_weights(batch.inputs, self.k, batch.generator)
        return {
            "elbo": -self.beta * log_weights.mean(),
            "bound": -(1 - self.beta) * importance_bound(log_weights).mean(),
        }
