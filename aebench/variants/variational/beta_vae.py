"""β-VAE: a VAE whose divergence from the prior weighs β times as much.

    L = E_q[-log p(x|z)] + β KL(q(z|x) ‖ p(z))

Higgins et al., ICLR 2017.
"""

from torch import Tensor

from aebench.bottlenecks.gaussian import Gaussian
from aebench.registry import variant
from aebench.variants.variational.vae import VAE


@variant(
    "beta-vae",
    title="β-VAE",
    family="variational",
    paper="Higgins et al. 2017",
    equation="L = E_q[−log p(x|z)] + β KL(q(z|x) ‖ p(z))",
)
class BetaVAE(VAE):
    beta: float = 4.0

    def divergence(self, posterior: Gaussian) -> Tensor:
        return self.beta * super().divergence(posterior)
