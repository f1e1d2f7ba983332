"""RAE-L2: instead of noise on the code, decay of the decoder's weights makes it smooth; a density
is fitted to the codes afterwards.

    L = -log p(x|z) + β ½‖z‖² + λ ‖θ_D‖²,  z = f(x)

θ_D are the decoder's weights without biases. Samples come from a mixture of ten Gaussians with
full covariances, fitted to the codes of all training samples. Defaults are the authors' for MNIST
(1e-4 and 1e-7 beside means over 1,024 pixels and 16 code numbers) in this equation's sums. Their
first term is ‖x - x̂‖², the Gaussian likelihood of variance ½; here it is the data set's. Ghosh et
al., ICLR 2020, equations 7 to 9.
"""

from torch import Generator, Tensor

from aebench.bottlenecks.gaussian_mixture import GaussianMixture
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


@variant(
    "rae-l2",
    title="Regularised autoencoder (weight decay)",
    family="variational",
    paper="Ghosh et al. 2020",
    equation="L = −log p(x|z) + β ½‖z‖² + λ ‖θ_D‖²",
)
class RAEL2(Variant):
    likelihood: str = ""
    """bernoulli, gaussian, learned-gaussian or discretised-logistic; empty: the data set's."""
    observation_variance: float = 1.0
    beta: float = 0.01
    decoder_weight: float = 1e-4
    """λ."""
    components: int = 10
    """Of the mixture."""

    def build(self) -> None:
        super().build()
        self.mixture = GaussianMixture(self.components, self.latent_dimension)

    def loss(self, batch: Batch, step: int) -> Loss:
        codes = self.encode(batch.inputs)
        outputs = self.decoder(codes)
        roughness = self.roughness(codes, outputs, batch.generator)
        return {
            "reconstruction": self.observation.negative_log(outputs, batch.inputs).mean(),
            "code_norm": self.beta * 0.5 * codes.square().sum(1).mean(),
            "roughness": self.decoder_weight * roughness,
        }

    def roughness(self, codes: Tensor, outputs: Tensor, generator: Generator) -> Tensor:
        """What keeps the decoder smooth, a scalar; ``outputs`` are the decoder's of ``codes``."""
        weights = [p for p in self.decoder.parameters() if p.dim() > 1]
        return sum((weight.square().sum() for weight in weights), start=codes.new_zeros(()))

    def fit_prior(self, codes: Tensor, seed: int) -> None:
        self.mixture.fit(codes, seed)

    def prior_codes(self, count: int, generator: Generator) -> Tensor:
        return self.mixture.sample(count, generator)
