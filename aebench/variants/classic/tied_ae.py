"""Tied autoencoder: the decoder's weights are the encoder's, transposed; only biases are its own.

    L = -log p(x | z),  h = ReLU(W x + b),  x̂ = Wᵀ h + c, and so through every layer

The decoder mirrors the data set's encoder: on an MLP it has the shape of the data set's decoder, on
the convolutional backbone it goes back through the encoder's own kernels (2×2 in the two innermost
layers), where the data set's decoder has 4×4 throughout. Half the weights. Vincent et al., ICML
2008, section 2.2.
"""

from aebench.nn.mirror import Mirror
from aebench.registry import variant
from aebench.variants.classic.ae import Autoencoder


@variant(
    "tied-ae",
    title="Tied autoencoder",
    family="classic",
    paper="Vincent et al. 2008",
    equation="L = −log p(x | x̂),  h = ReLU(Wx + b),  x̂ = Wᵀh + c",
)
class TiedAutoencoder(Autoencoder):
    def build(self) -> None:
        if self.observation.parameters != 1:
            raise ValueError("tied-ae: a likelihood of one parameter for each number is needed")
        self.encoder = self.make_encoder(self.latent_dimension)
        self.decoder = Mirror(self.encoder, self.data.shape)
