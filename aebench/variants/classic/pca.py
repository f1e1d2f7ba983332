"""Principal component analysis: the best linear autoencoder, in closed form.

    z = W (x - μ),  x̂ = Wᵀ z + μ,  W the leading eigenvectors of the covariance

Samples come from the Gaussian that probabilistic PCA fits to the codes, z ~ N(0, Λ), without its
isotropic pixel noise. Pearson 1901; Tipping & Bishop, JRSS B 1999.
"""

import torch
from torch import Generator, Tensor

from aebench.objectives.likelihoods import squared_error
from aebench.registry import variant
from aebench.variants.base import Loss, Variant

EXACT_UP_TO = 1024
"""Dimensions up to which the whole spectrum is computed; above, Lanczos finds its head."""


@variant(
    "pca",
    title="Principal component analysis",
    family="classic",
    paper="Pearson 1901; Tipping & Bishop 1999",
    equation="z = W(x − μ),  x̂ = Wᵀz + μ",
)
class PCA(Variant):
    mean: Tensor
    components: Tensor
    variance: Tensor

    def build(self) -> None:
        dimensions, latent = self.data.dimensions, self.latent_dimension
        self.register_buffer("mean", torch.zeros(dimensions))
        self.register_buffer("components", torch.zeros(latent, dimensions))
        self.register_buffer("variance", torch.zeros(latent))

    def fit(self, inputs: Tensor) -> Loss:
        from sklearn.decomposition import PCA as ScikitPCA

        solver = "covariance_eigh" if self.data.dimensions <= EXACT_UP_TO else "arpack"
        fitted = ScikitPCA(self.latent_dimension, svd_solver=solver, random_state=0)
        fitted.fit(inputs.flatten(1).cpu().numpy())
        self.mean.copy_(torch.from_numpy(fitted.mean_))
        self.components.copy_(torch.tensor(fitted.components_.copy()))
        self.variance.copy_(torch.from_numpy(fitted.explained_variance_))
        reconstructions = self.decode(self.encode(inputs))
        return {"squared_error": squared_error(reconstructions, inputs).mean()}

    def encode(self, inputs: Tensor) -> Tensor:
        return (inputs.flatten(1) - self.mean) @ self.components.t()

    def decode(self, codes: Tensor) -> Tensor:
        pixels = codes @ self.components + self.mean
        return pixels.view(-1, *self.data.shape)

    def prior_codes(self, count: int, generator: Generator) -> Tensor:
        noise = torch.randn(count, len(self.variance), generator=generator, device=self.mean.device)
        return noise * self.variance.sqrt()
