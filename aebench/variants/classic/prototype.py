"""Prototype network: classifies by the distances of a code to learned prototypes, which can be
decoded and looked at.

    L = λ_c CE(y, softmax(W p(z))) + λ_r ‖x - x̂‖² + λ_1 R_1 + λ_2 R_2,  p_j(z) = ‖z - p_j‖²
    R_1 = mean_j min_i ‖z_i - p_j‖²,  R_2 = mean_i min_j ‖z_i - p_j‖²

R_1 draws every prototype to some sample's code of the batch, R_2 every code to some prototype. The
weights, and the uniform start of W and prototypes, are those of the authors' code for MNIST; its
elastic deformations of training images are left out. Networks and length of the codes are the data
set's, where the authors have 40 numbers behind four convolutions. Li et al., AAAI 2018.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aebench.objectives.likelihoods import squared_error
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


@variant(
    "prototype",
    title="Prototype network",
    family="classic",
    paper="Li et al. 2018",
    equation="L = λ_c CE + λ_r ‖x − x̂‖² + λ_1 ⟨min_i ‖z_i − p_j‖²⟩_j + λ_2 ⟨min_j ‖z_i − p_j‖²⟩_i",
    needs=("labels",),
)
class PrototypeNetwork(Variant):
    prototype_count: int = 15
    classification: float = 20.0
    """λ_c."""
    reconstruction_weight: float = 1.0
    """λ_r."""
    prototypes_to_codes: float = 1.0
    """λ_1."""
    codes_to_prototypes: float = 1.0
    """λ_2."""

    def build(self) -> None:
        super().build()
        self.prototype_codes = nn.Parameter(torch.rand(self.prototype_count, self.latent_dimension))
        self.weights = nn.Parameter(torch.rand(self.data.classes, self.prototype_count))

    def distances(self, codes: Tensor) -> Tensor:
        """Squared distance of each code (B, L) to each prototype, (B, prototypes)."""
        return (codes[:, None] - self.prototype_codes).square().sum(2)

    def loss(self, batch: Batch, step: int) -> Loss:
        codes = self.encode(batch.inputs)
        distances = self.distances(codes)
        errors = squared_error(self.decode(codes), batch.inputs)
        logits = F.linear(distances, self.weights)
        return {
            "classification": self.classification * F.cross_entropy(logits, batch.known_labels),
            "reconstruction": self.reconstruction_weight * errors.mean(),
            "prototypes_to_codes": self.prototypes_to_codes * distances.amin(0).mean(),
            "codes_to_prototypes": self.codes_to_prototypes * distances.amin(1).mean(),
        }

    def class_logits(self, inputs: Tensor) -> Tensor:
        return F.linear(self.distances(self.encode(inputs)), self.weights)

    def prototypes(self) -> Tensor:
        """The prototypes decoded, (prototypes, *shape)."""
        return self.decode(self.prototype_codes)
