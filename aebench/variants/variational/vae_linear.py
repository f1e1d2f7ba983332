"""Linear VAE: encoder and decoder are affine maps; at its optimum it is probabilistic PCA.

    p(x|z) = N(W z + b, σ² I),  q(z|x) = N(V x + c, D),  L = E_q[-log p(x|z)] + KL(q(z|x) ‖ p(z))

D is diagonal and the same for all x. The bound has no local optima that the likelihood has not,
and is tight at the global one, where W's columns are principal directions. Brings its own two
layers, whatever the data set's backbone. Left out: the bound's expectation in closed form. Lucas et
al., NeurIPS 2019, section 4; Dai et al., JMLR 2018.
"""

import torch
from torch import Tensor, nn

from aebench.bottlenecks.gaussian import Gaussian
from aebench.nn import mlp
from aebench.objectives.likelihoods import Gaussian as FixedGaussian
from aebench.objectives.shared_gaussian import SharedGaussian, SharedVariance
from aebench.registry import variant
from aebench.variants.variational.vae import VAE

VARIANCES = ("optimal", "shared")


@variant(
    "vae-linear",
    title="Linear VAE",
    family="variational",
    paper="Lucas et al. 2019",
    equation="p(x|z) = N(Wz + b, σ²I),  q(z|x) = N(Vx + c, D)",
)
class LinearVAE(VAE):
    variance: str = "optimal"
    """σ²: each batch's optimum, or ``shared``, one learned parameter."""

    def build(self) -> None:
        if self.variance not in VARIANCES:
            raise ValueError(f"variance '{self.variance}', accepted: {', '.join(VARIANCES)}")
        self.encoder = mlp.encoder(self.data.shape, [], self.latent_dimension)
        self.log_variance = nn.Parameter(torch.zeros(self.latent_dimension))
        self.decoder = mlp.decoder(self.latent_dimension, [], self.data.shape)
        self.shared_variance = SharedVariance(learned=self.variance == "shared")
        self.observation = SharedGaussian(FixedGaussian(), self.shared_variance)

    def posterior(self, inputs: Tensor) -> Gaussian:
        mu = self.encoder(inputs)
        return Gaussian(mu, self.log_variance.expand_as(mu))
