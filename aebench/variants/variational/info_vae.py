"""InfoVAE: the aggregate posterior is held to the prior beside, or instead of, each sample's.

    L = E_q[-log p(x|z)] + (1 - α) KL(q(z|x) ‖ p(z)) + (α + λ - 1) MMD(q(z), p(z))

α is how much of the information between data and code the objective gives back; α = 0, λ = 1 is
the VAE, α = 1 a WAE-MMD with random encoder. The MMD is estimated without bias from one code per
sample and as many draws from the prior; the authors' code counts each code's similarity to itself
as well. Defaults are those of the paper's MNIST, where λ brings the MMD to the size of the first
term; a λ that large makes smaller images' codes collapse. Zhao et al. 2017, equation 6.
"""

import torch

from aebench.objectives.maximum_mean_discrepancy import maximum_mean_discrepancy, named
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.vae import VAE


@variant(
    "info-vae",
    title="InfoVAE",
    family="variational",
    paper="Zhao et al. 2017",
    equation="L = E_q[−log p(x|z)] + (1 − α) KL(q(z|x) ‖ p(z)) + (α + λ − 1) MMD(q(z), p(z))",
)
class InfoVAE(VAE):
    alpha: float = 0.0
    scale: float = 1000.0
    """λ."""
    kernel: str = "gaussian"
    """gaussian or imq."""

    def build(self) -> None:
        super().build()
        self.similarity = named(self.kernel)

    def loss(self, batch: Batch, step: int) -> Loss:
        posterior = self.posterior(batch.inputs)
        codes = posterior.sample(batch.generator)
        prior = torch.empty_like(codes).normal_(generator=batch.generator)
        discrepancy = maximum_mean_discrepancy(codes, prior, self.similarity)
        return {
            "reconstruction": self.reconstruction(codes, batch.inputs),
            "divergence": (1 - self.alpha) * self.divergence(posterior).mean(),
            "discrepancy": (self.alpha + self.scale - 1) * discrepancy,
        }
