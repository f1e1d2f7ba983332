"""σ-VAE: the variance of the likelihood is not chosen but found, and with it the balance between
reconstruction and divergence.

    L = E_q[-log N(x; x̂(z), σ² I)] + KL(q(z|x) ‖ p(z)),  σ² = mean of (x - x̂)²

``variance`` says which σ: ``optimal``, this mean over the batch and all numbers, in evaluation over
the last training batches; ``shared``, one learned parameter. x̂ is the mean under the data set's
likelihood. Rybkin et al., ICML 2021, section 4.

``fixed-posterior`` is another paper's σ-VAE, which keeps the variance of codes from collapsing:
z = μ(x) + σ ε with one σ ~ N(0, C) for each sample, not learned. The likelihood is the data set's.
In evaluation q(z|x) = N(μ(x), C I), which has the same moments. The divergence is that of this
Gaussian, ½‖μ‖² and a constant; the authors weigh ‖μ‖² by hand, beside perceptual and adversarial
terms that are left out. Sun et al., Multimodal Latent Language Modeling with Next-Token Diffusion,
2024, section 2.3.
"""

import math

import torch
from torch import Tensor

from aebench.bottlenecks.gaussian import Gaussian
from aebench.objectives.likelihoods import MeanParametrised
from aebench.objectives.shared_gaussian import SharedGaussian, SharedVariance
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.vae import VAE

VARIANCES = ("optimal", "shared", "fixed-posterior")


@variant(
    "sigma-vae",
    title="σ-VAE",
    family="variational",
    paper="Rybkin et al. 2021; Sun et al. 2024",
    equation="L = E_q[−log N(x; x̂(z), σ²I)] + KL(q(z|x) ‖ p(z)),  σ² = MSE(x, x̂)",
    likelihood="gaussian",
)
class SigmaVAE(VAE):
    variance: str = "optimal"
    """optimal, shared or fixed-posterior."""
    posterior_deviation: float = 0.75
    """Of ``fixed-posterior``: σ is drawn with deviation √C = this / 0.8, which makes this E|σ|."""

    def build(self) -> None:
        if self.variance not in VARIANCES:
            raise ValueError(f"variance '{self.variance}', accepted: {', '.join(VARIANCES)}")
        if self.variance == "fixed-posterior":
            self.encoder = self.make_encoder(self.latent_dimension)
            self.decoder = self.make_decoder()
            return
        if not isinstance(self.observation, MeanParametrised):
            name = self.likelihood or self.data.likelihood
            raise ValueError(f"likelihood '{name}', accepted: bernoulli, gaussian")
        super().build()
        self.shared_variance = SharedVariance(learned=self.variance == "shared")
        self.observation = SharedGaussian(self.observation, self.shared_variance)

    def posterior(self, inputs: Tensor) -> Gaussian:
        if self.variance != "fixed-posterior":
            return super().posterior(inputs)
        mu = self.encoder(inputs)
        return Gaussian(mu, torch.full_like(mu, 2 * math.log(self.posterior_deviation / 0.8)))

    def loss(self, batch: Batch, step: int) -> Loss:
        if self.variance != "fixed-posterior":
            return super().loss(batch, step)
        posterior = self.posterior(batch.inputs)
        # σ = factor √C, the same for all numbers of a code
        factor = torch.empty_like(posterior.mu[:, :1]).normal_(generator=batch.generator)
        codes = posterior.mu + factor * (posterior.sample(batch.generator) - posterior.mu)
        return {
            "reconstruction": self.reconstruction(codes, batch.inputs),
            "divergence": self.divergence(posterior).mean(),
        }
