"""Variational autoencoder: the encoder gives a distribution over codes, held close to the prior.

    L = E_q[-log p(x|z)] + KL(q(z|x) ‖ p(z)),  p(z) = N(0, I)

One reparameterised draw per sample. Kingma & Welling, ICLR 2014.
"""

import torch
from torch import Generator, Tensor

from aebench.bottlenecks.gaussian import Gaussian
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, StandardNormalPrior


@variant(
    "vae",
    title="Variational autoencoder",
    family="variational",
    paper="Kingma & Welling 2014",
    equation="L = E_q[−log p(x|z)] + KL(q(z|x) ‖ p(z))",
)
class VAE(StandardNormalPrior):
    likelihood: str = ""
    """bernoulli, gaussian, learned-gaussian or discretised-logistic; empty: the data set's."""
    observation_variance: float = 1.0

    def build(self) -> None:
        self.encoder = self.make_encoder(2 * self.latent_dimension)
        self.decoder = self.make_decoder()

    def posterior(self, inputs: Tensor) -> Gaussian:
        """q(z|x) of each sample."""
        return Gaussian.of(self.encoder(inputs))

    def divergence(self, posterior: Gaussian) -> Tensor:
        """What holds the posterior to the prior, (B,) in nats."""
        return posterior.divergence()

    def penalties(self, posterior: Gaussian, codes: Tensor) -> Loss:
        """Further terms, of a batch's posteriors and one code drawn from each: none."""
        return {}

    def loss(self, batch: Batch, step: int) -> Loss:
        posterior = self.posterior(batch.inputs)
        codes = posterior.sample(batch.generator)
        return {
            "reconstruction": self.reconstruction(codes, batch.inputs),
            "divergence": self.divergence(posterior).mean(),
            **self.penalties(posterior, codes),
        }

    def log_weights(
        self, inputs: Tensor, count: int, generator: Generator
    ) -> tuple[Tensor, Tensor]:
        posterior = self.posterior(inputs)
        prior = Gaussian(*map(torch.zeros_like, posterior))
        weights, likelihoods = [], []
        for _ in range(count):
            codes = posterior.sample(generator)
            likelihoods.append(-self.observation.negative_log(self.decoder(codes), inputs))
            divergence = posterior.log_density(codes) - prior.log_density(codes)
            weights.append(likelihoods[-1] - divergence.sum(1))
        return torch.stack(weights, dim=1), torch.stack(likelihoods, dim=1)

    def encode(self, inputs: Tensor) -> Tensor:
        return self.posterior(inputs).mu
