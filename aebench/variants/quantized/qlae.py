"""QLAE: every number of the code is one of a few values of its own, learned codebook, and weights
decay strongly: parsimony and order that unsupervised disentanglement profits from.

    L = -log p(x|z_q) + D λ_q mean_j (sg[z_j] - z_q,j)² + D λ_c mean_j (z_j - sg[z_q,j])²

D, the dimensions of the data, keeps the authors' weighing: their first term is a mean over pixels,
here a sum. The weights of encoder and decoder decay (AdamW), biases and codebooks do not. Not
taken over: the authors' style-modulated decoder (every variant has the data set's network) and
their code of twice as many numbers as there are factors. Hsu et al., NeurIPS 2023, equation 5.
"""

from torch import Tensor

from aebench.bottlenecks.latent_quantizer import LatentQuantizer
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


@variant(
    "qlae",
    title="Quantized-latent autoencoder",
    family="quantized",
    paper="Hsu et al. 2023",
    equation="L = −log p(x|z_q) + D λ_q ‖sg[z] − z_q‖²/L + D λ_c ‖z − sg[z_q]‖²/L",
)
class QLAE(Variant):
    codebook_size: int = 10
    """Values of each number of the code."""
    quantization: float = 0.01
    commitment: float = 0.01
    weight_decay: float = 0.1

    def build(self) -> None:
        super().build()
        self.quantizer = LatentQuantizer(self.latent_dimension, self.codebook_size)

    def loss(self, batch: Batch, step: int) -> Loss:
        codes = self.encoder(batch.inputs)
        quantized, _, quantization_loss, commitment_loss = self.quantizer(codes)
        return {
            "reconstruction": self.reconstruction(quantized, batch.inputs),
            "quantization": self.data.dimensions * self.quantization * quantization_loss.mean(),
            "commitment": self.data.dimensions * self.commitment * commitment_loss.mean(),
        }

    def encode(self, inputs: Tensor) -> Tensor:
        return self.quantizer.values(self.indices(inputs))

    def indices(self, inputs: Tensor) -> Tensor:
        return self.quantizer.indices(self.encoder(inputs))
