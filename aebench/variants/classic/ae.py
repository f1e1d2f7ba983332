"""Autoencoder: encode to a narrow code, decode, and minimise what was lost on the way.

    L = -log p(x | z),  z = f(x)

Rumelhart, Hinton & Williams 1986; Hinton & Salakhutdinov, Science 2006.
"""

from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


@variant(
    "ae",
    title="Autoencoder",
    family="classic",
    paper="Rumelhart, Hinton & Williams 1986",
    equation="L = −log p(x | f(x))",
)
class Autoencoder(Variant):
    def loss(self, batch: Batch, step: int) -> Loss:
        return {"reconstruction": self.reconstruction(self.encode(batch.inputs), batch.inputs)}
