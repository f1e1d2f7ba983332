"""β-VAE with controlled capacity: the divergence is held to a target that grows with training.

    L = E_q[-log p(x|z)] + γ |KL(q(z|x) ‖ p(z)) - C|,  C grows linearly from 0 to C_max

The divergence in the modulus is the batch's mean. C reaches C_max after a third of the budget, as
in disentanglement_lib's study (100,000 of 300,000 steps). Burgess et al. 2018, equation 8.
"""

from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.vae import VAE


@variant(
    "beta-vae-capacity",
    title="β-VAE with controlled capacity",
    family="variational",
    paper="Burgess et al. 2018",
    equation="L = E_q[−log p(x|z)] + γ |KL(q(z|x) ‖ p(z)) − C|",
)
class BetaVAECapacity(VAE):
    gamma: float = 1000.0
    capacity: float = 25.0
    """C_max, in nats."""
    growth: float = 0.3333
    """Share of the budget over which C grows."""

    def loss(self, batch: Batch, step: int) -> Loss:
        terms = super().loss(batch, step)
        return terms | {"divergence": self.gamma * (terms["divergence"] - self.target(step)).abs()}

    def target(self, step: int) -> float:
        """C at a step, in nats."""
        return self.capacity * min(1.0, step / (self.growth * self.total_steps))
