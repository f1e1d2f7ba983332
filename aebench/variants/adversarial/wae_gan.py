"""WAE-GAN: an adversary on codes makes their aggregate distribution match the prior.

    model      L = ‖x - G(Q(x))‖² - λ log D(Q(x))
    adversary  L = -λ [log D(z) + log(1 - D(Q(x)))],  z ~ N(0, I)

Deterministic encoder; the adversary is four hidden layers of 512 ReLU units with its own, slower
Adam, as in the paper's MNIST experiment. Tolstikhin et al., ICLR 2018, algorithm 1.
"""

import torch
from torch import nn
from torch.nn.functional import softplus

from aebench.nn.mlp import perceptron
from aebench.objectives.likelihoods import squared_error
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, StandardNormalPrior


@variant(
    "wae-gan",
    title="Wasserstein autoencoder (adversarial)",
    family="adversarial",
    paper="Tolstikhin et al. 2018",
    equation="L = ‖x − G(Q(x))‖² − λ log D(Q(x))",
)
class WAEGAN(StandardNormalPrior):
    adversary_weight: float = 10.0
    adversary_learning_rate: float = 0.5
    adversary_beta1: float = 0.5
    adversary_beta2: float = 0.999

    def build(self) -> None:
        super().build()
        self.adversary = nn.Sequential(*perceptron([self.latent_dimension, 512, 512, 512, 512, 1]))

    def loss(self, batch: Batch, step: int) -> Loss:
        codes = self.encode(batch.inputs)
        reconstructions = self.decode(codes)
        return {
            "squared_error": squared_error(reconstructions, batch.inputs).mean(),
            # -log D = softplus(-logit)
            "adversary": self.adversary_weight * softplus(-self.adversary(codes)).mean(),
        }

    def adversary_loss(self, batch: Batch, step: int) -> Loss:
        with torch.no_grad():
            codes = self.encode(batch.inputs)
        prior = torch.empty_like(codes).normal_(generator=batch.generator)
        on_prior, on_codes = softplus(-self.adversary(prior)), softplus(self.adversary(codes))
        return {"discrimination": self.adversary_weight * (on_prior + on_codes).mean()}
