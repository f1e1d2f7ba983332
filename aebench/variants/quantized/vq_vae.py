"""VQ-VAE: the code is a short list of entries of a learned codebook.

    L = -log p(x|z_q) + ‖sg[z_e] - e‖² + γ ‖z_e - sg[e]‖²

The encoder's vector is cut into vectors of ``code_dimension`` numbers, each replaced by its nearest
codebook entry; gradients pass straight through. The paper's learned prior over the entries is not
part of this variant, so it draws no samples. van den Oord et al., NeurIPS 2017.
"""

from torch import Tensor

from aebench.bottlenecks.vector_quantizer import VectorQuantizer
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


@variant(
    "vq-vae",
    title="VQ-VAE",
    family="quantized",
    paper="van den Oord et al. 2017",
    equation="L = −log p(x|z_q) + ‖sg[z_e] − e‖² + γ‖z_e − sg[e]‖²",
)
class VQVAE(Variant):
    codebook_size: int = 512
    code_dimension: int = 2
    commitment: float = 0.25

    def build(self) -> None:
        super().build()
        if self.latent_dimension % self.code_dimension:
            raise ValueError(
                f"code_dimension {self.code_dimension} does not divide the "
                f"latent dimension {self.latent_dimension} of {self.data.name}"
            )
        self.quantizer = VectorQuantizer(self.codebook_size, self.code_dimension)

    def vectors(self, inputs: Tensor) -> Tensor:
        """The encoder's output cut into vectors, (B, positions, code_dimension)."""
        vectors: Tensor = self.encoder(inputs).unflatten(1, (-1, self.code_dimension))
        return vectors

    def loss(self, batch: Batch, step: int) -> Loss:
        quantized, _, codebook_loss, commitment_loss = self.quantizer(self.vectors(batch.inputs))
        return {
            "reconstruction": self.reconstruction(quantized.flatten(1), batch.inputs),
            "codebook": codebook_loss.mean(),
            "commitment": self.commitment * commitment_loss.mean(),
        }

    def encode(self, inputs: Tensor) -> Tensor:
        return self.quantizer.codebook[self.indices(inputs)].flatten(1)

    def indices(self, inputs: Tensor) -> Tensor:
        return self.quantizer.indices(self.vectors(inputs))
