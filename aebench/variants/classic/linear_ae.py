"""Linear autoencoder: principal component analysis by gradient descent.

    L = ‖x - x̂‖²,  z = A x + a,  x̂ = B z + b

At the optimum B spans the leading principal components, in no particular basis. Both networks are
one linear layer, whatever the data set's backbone, and outputs are the reconstruction itself,
whatever its likelihood. Bourlard & Kamp, Biological Cybernetics 1988; Baldi & Hornik, Neural
Networks 1989.
"""

from torch import Tensor, nn

from aebench.objectives.likelihoods import squared_error
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


@variant(
    "linear-ae",
    title="Linear autoencoder",
    family="classic",
    paper="Bourlard & Kamp 1988; Baldi & Hornik 1989",
    equation="L = ‖x − x̂‖²,  z = Ax + a,  x̂ = Bz + b",
)
class LinearAutoencoder(Variant):
    def build(self) -> None:
        dimensions, shape = self.data.dimensions, self.data.shape
        self.encoder = nn.Sequential(nn.Flatten(), nn.Linear(dimensions, self.latent_dimension))
        self.decoder = nn.Sequential(
            nn.Linear(self.latent_dimension, dimensions), nn.Unflatten(1, shape)
        )

    def loss(self, batch: Batch, step: int) -> Loss:
        reconstructions = self.decode(self.encode(batch.inputs))
        return {"squared_error": squared_error(reconstructions, batch.inputs).mean()}

    def decode(self, codes: Tensor) -> Tensor:
        reconstructions: Tensor = self.decoder(codes)
        return reconstructions
