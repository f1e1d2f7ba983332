"""WAE-MMD: the codes of a batch match draws from the prior in the mean of a kernel's features.

    L = ‖x - G(Q(x))‖² + λ MMD(q(z), p(z)),  p(z) = N(0, I)

Deterministic encoder; unbiased estimate of the MMD from as many draws from the prior as the batch
has samples, with the inverse multiquadratic kernel summed over seven scales, as in the authors'
code. λ is that of the paper's MNIST. The squared error sums over all dimensions; the authors'
code multiplies it by 0.05. Tolstikhin et al., ICLR 2018, algorithm 2.
"""

import torch

from aebench.objectives.likelihoods import squared_error
from aebench.objectives.maximum_mean_discrepancy import maximum_mean_discrepancy, named
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, StandardNormalPrior


@variant(
    "wae-mmd",
    title="Wasserstein autoencoder (MMD)",
    family="variational",
    paper="Tolstikhin et al. 2018",
    equation="L = ‖x − G(Q(x))‖² + λ MMD(q(z), p(z))",
)
class WAEMMD(StandardNormalPrior):
    discrepancy_weight: float = 10.0
    """λ."""
    kernel: str = "imq"
    """imq or gaussian."""

    def build(self) -> None:
        super().build()
        self.similarity = named(self.kernel)

    def loss(self, batch: Batch, step: int) -> Loss:
        codes = self.encode(batch.inputs)
        prior = torch.empty_like(codes).normal_(generator=batch.generator)
        discrepancy = maximum_mean_discrepancy(codes, prior, self.similarity)
        return {
            "squared_error": squared_error(self.decode(codes), batch.inputs).mean(),
            "discrepancy": self.discrepancy_weight * discrepancy,
        }
