"""Supervised autoencoder: one code is decoded and classified, by a linear map each.

    L = λ_c CE(y, softmax(W z + b)) + λ_r ‖x - x̂‖²

Reconstruction regularises the classifier. Encoder and decoder are the data set's, the paper's a
single linear layer or ReLU layers; the weights are those of `prototype`, whose prototypes it does
without. Le, Patterson & White, NeurIPS 2018, equation 1.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from aebench.objectives.likelihoods import squared_error
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


@variant(
    "supervised-ae",
    title="Supervised autoencoder",
    family="classic",
    paper="Le et al. 2018",
    equation="L = λ_c CE(y, softmax(W z + b)) + λ_r ‖x − x̂‖²",
    needs=("labels",),
)
class SupervisedAutoencoder(Variant):
    classification: float = 20.0
    """λ_c."""
    reconstruction_weight: float = 1.0
    """λ_r."""

    def build(self) -> None:
        super().build()
        self.head = nn.Linear(self.latent_dimension, self.data.classes)

    def loss(self, batch: Batch, step: int) -> Loss:
        codes = self.encode(batch.inputs)
        errors = squared_error(self.decode(codes), batch.inputs)
        error_of_labels = F.cross_entropy(self.head(codes), batch.known_labels)
        return {
            "classification": self.classification * error_of_labels,
            "reconstruction": self.reconstruction_weight * errors.mean(),
        }

    def class_logits(self, inputs: Tensor) -> Tensor:
        logits: Tensor = self.head(self.encode(inputs))
        return logits
