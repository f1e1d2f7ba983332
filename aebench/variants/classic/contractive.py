"""Contractive autoencoder: codes that change little with the input, where the data are.

    L = -log p(x | f(x)) + λ ‖∂f(x)/∂x‖²_F

The norm is exact. ``scope`` says of what: ``whole`` the Jacobian of the encoder from input to code;
``layers`` the sum of every layer's own, from its inputs to its outputs: the penalty of a stack of
contractive layers, which the paper trains one after another, here all at once.

A decoder with weights of its own can undo a shrunken code, for which the penalty is less. The paper
therefore ties weights (``tied``); the default keeps the data set's decoder, and so is the plain
autoencoder at λ = 0. The paper chooses λ on validation data; 0.1 is that of the tutorial code of
its authors' laboratory. Rifai et al., ICML 2011, equation 7.
"""

from aebench.nn.mirror import Mirror
from aebench.objectives.contraction import jacobian_norm, layer_jacobian_norms
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.classic.ae import Autoencoder


@variant(
    "contractive",
    title="Contractive autoencoder",
    family="classic",
    paper="Rifai et al. 2011",
    equation="L = −log p(x | f(x)) + λ ‖∂f(x)/∂x‖²",
)
class ContractiveAutoencoder(Autoencoder):
    contraction: float = 0.1
    """λ."""
    scope: str = "whole"
    """whole or layers."""
    tied: bool = False
    compilable = False

    def build(self) -> None:
        if self.scope not in ("whole", "layers"):
            raise ValueError(f"contractive: scope '{self.scope}', accepted: whole, layers")
        super().build()
        if self.tied:
            self.decoder = Mirror(self.encoder, self.data.shape)

    def loss(self, batch: Batch, step: int) -> Loss:
        inputs = batch.inputs.detach().requires_grad_()
        codes = self.encode(inputs)
        if self.scope == "whole":
            norms = jacobian_norm(codes, inputs)
        else:
            norms = layer_jacobian_norms(self.encoder, batch.inputs)
        return {
            "reconstruction": self.reconstruction(codes, batch.inputs),
            "contraction": self.contraction * norms.mean(),
        }
