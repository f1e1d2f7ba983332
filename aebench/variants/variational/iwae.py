"""Importance-weighted autoencoder: a tighter bound of the evidence, from K codes per sample.

    L = -E_{z_k ~ q(z|x)}[log 1/K Σ_k w_k],  w_k = p(x, z_k) / q(z_k|x)

The gradient weighs each code's by its share of Σ w, so that the best explanation counts most. All
K codes go through the decoder in one batch. Left out: the paper's second stochastic layer. Burda et
al., ICLR 2016, equations 8 and 14.
"""

from torch import Generator, Tensor

from aebench.bottlenecks.gaussian import Gaussian
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

    def log_weights(
        self, inputs: Tensor, count: int, generator: Generator
    ) -> tuple[Tensor, Tensor]:
        codes, log_ratios = self.draws(inputs, count, generator)
        log_likelihoods = self.log_likelihoods(self.decoder(codes), inputs)
        return log_ratios + log_likelihoods, log_likelihoods

    def draws(self, inputs: Tensor, count: int, generator: Generator) -> tuple[Tensor, Tensor]:
        """``count`` codes z ~ q(z|x) of each sample, (B · count, L) with those of one sample next
        to each other, and log p(z) - log q(z|x), (B, count).
        """
        posterior = Gaussian(*(p.repeat_interleave(count, 0) for p in self.posterior(inputs)))
        prior = Gaussian(*(p.new_zeros(()) for p in posterior))
        codes = posterior.sample(generator)
        log_ratios = (prior.log_density(codes) - posterior.log_density(codes)).sum(1)
        return codes, log_ratios.view(-1, count)

    def log_likelihoods(self, outputs: Tensor, inputs: Tensor) -> Tensor:
        """log p(x|z) of ``inputs`` (B, *shape) from outputs for `draws`, (B, count)."""
        count = len(outputs) // len(inputs)
        negative_logs = self.observation.negative_log(outputs, inputs.repeat_interleave(count, 0))
        return -negative_logs.view(-1, count)
