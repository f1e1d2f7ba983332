"""RAE-GP: instead of noise on the code, a small Jacobian of the decoder makes it smooth; a density
is fitted to the codes afterwards.

    L = -log p(x|z) + β ½‖z‖² + λ ‖J_D(z)‖²_F,  z = f(x),  J_D = ∂x̂ / ∂z

‖J‖²_F = E‖Jᵀv‖² for v ~ N(0, I) is estimated from one v per sample. (The gradient of a sum over x̂,
which some codes take, cancels where pixels grow and fade together.) λ is RAE-L2's; the authors'
code weighs the gradient of ‖x̂‖² instead. Ghosh et al., ICLR 2020, equation 10.
"""

import torch
from torch import Generator, Tensor

from aebench.registry import variant
from aebench.variants.variational.rae_l2 import RAEL2


@variant(
    "rae-gp",
    title="Regularised autoencoder (gradient penalty)",
    family="variational",
    paper="Ghosh et al. 2020",
    equation="L = −log p(x|z) + β ½‖z‖² + λ ‖∂x̂/∂z‖²",
)
class RAEGP(RAEL2):
    compilable = False

    def roughness(self, codes: Tensor, outputs: Tensor, generator: Generator) -> Tensor:
        reconstructions = self.observation.mean(outputs)
        directions = torch.empty_like(reconstructions).normal_(generator=generator)
        projected = (reconstructions * directions).sum()
        (gradients,) = torch.autograd.grad(projected, codes, create_graph=True)
        return gradients.square().sum(1).mean()
