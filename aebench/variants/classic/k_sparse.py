"""k-sparse autoencoder: one linear hidden layer of which only the k highest units are kept.

    h = W x + b,  z = h on supp_k(h), else 0,  x̂ = Wᵀ z + c,  L = ‖x - x̂‖²

The paper is an architecture: the code is a vector of ``hidden_units`` numbers, nearly all of them
0, whatever the data set's backbone and code length. ``encode`` keeps the α k highest, as the paper
does to classify; ``decode`` the k highest of these, as in training. The paper chooses α on
validation data; 3 is what Project AGI's implementation of it has at k = 25. For small k the paper
starts with a larger one and lowers it linearly over half of training: ``initial_k``. Makhzani &
Frey, ICLR 2014, arXiv:1312.5663.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aebench.objectives.likelihoods import squared_error
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


@variant(
    "k-sparse",
    title="k-sparse autoencoder",
    family="classic",
    paper="Makhzani & Frey 2014",
    equation="L = ‖x − Wᵀz − c‖²,  z = the k highest of h = Wx + b",
)
class KSparseAutoencoder(Variant):
    encoder: nn.Linear
    hidden_units: int = 1000
    k: int = 25
    alpha: float = 3.0
    """How many times k units are kept in a code."""
    initial_k: int = 0
    """Units kept at first, where more than k."""
    tied: bool = True

    def build(self) -> None:
        if not 0 < self.k <= round(self.alpha * self.k) <= self.hidden_units:
            raise ValueError(
                f"k-sparse: k {self.k} and alpha {self.alpha} of {self.hidden_units} hidden units"
            )
        self.latent_dimension, dimensions = self.hidden_units, self.data.dimensions
        self.encoder = nn.Linear(dimensions, self.hidden_units)
        self.offset = nn.Parameter(torch.zeros(dimensions))
        if not self.tied:
            self.dictionary = nn.Parameter(self.encoder.weight.detach().clone())

    def hidden(self, inputs: Tensor) -> Tensor:
        """h, (B, hidden_units)."""
        hidden: Tensor = self.encoder(inputs.flatten(1))
        return hidden

    def active(self, step: int) -> int:
        """Units that are kept at a training step."""
        remaining = max(0.0, 1 - 2 * step / self.total_steps)
        return self.k + round(remaining * max(0, self.initial_k - self.k))

    def linear(self, codes: Tensor) -> Tensor:
        """x̂, (B, *shape)."""
        weight = self.encoder.weight if self.tied else self.dictionary
        return F.linear(codes, weight.t(), self.offset).view(-1, *self.data.shape)

    def loss(self, batch: Batch, step: int) -> Loss:
        codes = highest(self.hidden(batch.inputs), self.active(step))
        return {"squared_error": squared_error(self.linear(codes), batch.inputs).mean()}

    def encode(self, inputs: Tensor) -> Tensor:
        return highest(self.hidden(inputs), round(self.alpha * self.k))

    def decode(self, codes: Tensor) -> Tensor:
        # a unit that was not kept is not a candidate, even where kept ones are negative
        candidates = codes.masked_fill(codes == 0, -torch.inf)
        kept = highest(candidates, self.k)
        return self.linear(kept.masked_fill(kept == -torch.inf, 0))


def highest(hidden: Tensor, k: int) -> Tensor:
    """``hidden`` (B, units) with all but the ``k`` highest of each row set to 0."""
    values, units = hidden.topk(k, dim=1)
    return torch.zeros_like(hidden).scatter(1, units, values)
