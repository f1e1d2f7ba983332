"""Variational autoencoder: the encoder gives a distribution over codes, held close to the prior.

    L = E_q[-log p(x|z)] + KL(q(z|x) ‖ p(z)),  p(z) = N(0, I)

One reparameterised draw per sample. Kingma & Welling, ICLR 2014.
"""

from torch import Tensor

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
    def build(self) -> None:
        self.encoder = self.make_encoder(2 * self.latent_dimension)
        self.decoder = self.make_decoder()

    def posterior(self, images: Tensor) -> Gaussian:
        """q(z|x) of each image."""
        return Gaussian.of(self.encoder(images))

    def divergence(self, posterior: Gaussian) -> Tensor:
        """What holds the posterior to the prior, (B,) in nats."""
        return posterior.divergence()

    def loss(self, batch: Batch, step: int) -> Loss:
        posterior = self.posterior(batch.images)
        codes = posterior.sample(batch.generator)
        return {
            "reconstruction": self.reconstruction(codes, batch.images),
            "divergence": self.divergence(posterior).mean(),
        }

    def encode(self, images: Tensor) -> Tensor:
        return self.posterior(images).mu
