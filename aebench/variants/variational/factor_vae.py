"""FactorVAE: an adversary that tells codes from codes with shuffled numbers measures their total
correlation, and the model lowers it.

    model      L = E_q[-log p(x|z)] + KL(q(z|x) ‖ p(z)) + γ E_q(z)[log D(z) - log(1 - D(z))]
    adversary  L = -½ (E_q(z)[log D(z)] + E_q̄(z)[log(1 - D(z))])

q̄(z): every number of the code permuted over the batch on its own. The adversary is six hidden
layers of 1,000 leaky ReLU units, its Adam with β = (0.5, 0.9), at the model's learning rate (1e-4
both in the paper). As in disentanglement_lib the permuted codes are of the same batch, where the
paper draws a second one. Kim & Mnih, ICML 2018, algorithm 2.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from aebench.bottlenecks.gaussian import Gaussian
from aebench.nn.mlp import perceptron
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.vae import VAE


@variant(
    "factor-vae",
    title="FactorVAE",
    family="variational",
    paper="Kim & Mnih 2018",
    equation="L = ELBO + γ E_q(z)[log D(z) − log(1 − D(z))]",
)
class FactorVAE(VAE):
    gamma: float = 35.0
    adversary_learning_rate: float = 1.0
    adversary_beta1: float = 0.5
    adversary_beta2: float = 0.9

    def build(self) -> None:
        super().build()
        widths = [self.latent_dimension, *[1000] * 6, 1]
        self.adversary = nn.Sequential(*perceptron(widths, lambda: nn.LeakyReLU(0.2)))

    def penalties(self, posterior: Gaussian, codes: Tensor) -> Loss:
        # the adversary's logit is log D - log(1 - D)
        return {"total_correlation": self.gamma * self.adversary(codes).mean()}

    def adversary_loss(self, batch: Batch, step: int) -> Loss:
        with torch.no_grad():
            codes = self.posterior(batch.inputs).sample(batch.generator)
        on_codes = softplus(-self.adversary(codes))
        on_permuted = softplus(self.adversary(permuted(codes, batch.generator)))
        return {"discrimination": 0.5 * (on_codes + on_permuted).mean()}


def permuted(codes: Tensor, generator: torch.Generator) -> Tensor:
    """Each column of ``codes`` (B, L) in a random order of its own: algorithm 1."""
    keys = torch.empty_like(codes).uniform_(generator=generator)
    return codes.gather(0, keys.argsort(0))
