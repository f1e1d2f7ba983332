"""Importance-weighted autoencoder: a tighter bound of the evidence, from K codes per sample.

    L = -E_{z_k ~ q(z|x)}[log 1/K Σ_k w_k],  w_k = p(x, z_k) / q(z_k|x)

The gradient weighs each code's by its share of Σ w, so that the best explanation counts most. All
K codes go through the decoder in one batch. Left out: the paper's second stochastic layer. Burda et
al., ICLR 2016, equations 8 and 14.
"""

from aebench.objectives.bounds import importance_bound
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.vae import VAE


@variant(
    "iwae",
    title="Importance-weighted autoencoder",
    family="variational",
    paper="Burda et al. 2016",
    equation="L = −E_q[log 1/K Σ_k p(x, z_k) / q(z_k|x)]",
)
class IWAE(VAE):
    k: int = 5
    """K, codes per sample."""

    def build(self) -> None:
        if self.k < 1:
            raise ValueError(f"k = {self.k}, accepted: 1 or more")
        super().build()

    def loss(self, batch: Batch, step: int) -> Loss:
        log_weights, _ = self.log_weights(batch.inputs, self.k, batch.generator)
        return {"bound": -importance_bound(log_weights).mean()}
