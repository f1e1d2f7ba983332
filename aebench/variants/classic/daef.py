"""DAEF: a deep autoencoder without iterations, from sums that the owners of parts of the data can
exchange instead of the data.

    code           z = σ(Uᵀ x),  U the leading left singular vectors of all data
    hidden layers  h_l = σ(Vᵀ h_{l-1}),  V from an ELM autoencoder: σ(V σ(Ωᵀ h_{l-1} + ω)) ≈ h_{l-1}
    output         x̂ = W h_n + b

V, W and b by `ridge` (ROLANN), Ω and ω random with Glorot's deviation and 1. Every layer is made of
all ``partitions`` before the next one is begun, so their number changes nothing but rounding.

Known here are the abstract and the authors' public code and example: inputs are standardised (their
moments are sums, too), the narrowest layer comes first, both ridges are 0.9; the paper's text was
not at hand. Differences from that code: it trains the deeper layers of each partition on its own
outputs before it aggregates, which is not exact; it leaves out b when it predicts; its codes
saturate beyond some tens of inputs, where U is scaled here so that no score's deviation exceeds
``spread``. Code length and hidden widths are the data set's, as plain layers on any backbone. A
hidden layer costs one Gram matrix for every unit of the layer before. Novoa-Paradela,
Fontenla-Romero & Guijarro-Berdiñas, Pattern Recognition 2023, arXiv:2206.05136.
"""

from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn

from aebench.nn.mlp import perceptron
from aebench.objectives.closed_form import leading_directions, ridge
from aebench.objectives.likelihoods import squared_error
from aebench.registry import variant
from aebench.variants.base import Loss, Variant

SATURATED = 1e-7
"""How near to 0 and 1 a unit's output is taken to be when it is inverted."""


@variant(
    "daef",
    title="Deep autoencoder for federated learning",
    family="classic",
    paper="Novoa-Paradela et al. 2023",
    equation="z = σ(Uᵀx),  h_l = σ(Vᵀh_{l−1}),  x̂ = Wh + b,  each in closed form",
)
class DAEF(Variant):
    partitions: int = 8
    hidden_ridge: float = 0.9
    output_ridge: float = 0.9
    spread: float = 4.0
    """Greatest standard deviation of a score Uᵀx."""

    def build(self) -> None:
        dimensions, shape = self.data.dimensions, self.data.shape
        widths = [self.latent_dimension, *self.backbone.hidden[::-1], dimensions]
        first = nn.Linear(dimensions, self.latent_dimension)
        self.encoder = nn.Sequential(nn.Flatten(), first, nn.Sigmoid())
        self.decoder = nn.Sequential(*perceptron(widths, nn.Sigmoid), nn.Unflatten(1, shape))
        self.requires_grad_(False)

    def fit(self, inputs: Tensor) -> Loss:
        copies = inputs.flatten(1).to(torch.float64, copy=True).chunk(self.partitions)
        mean, deviation = _standardise(copies)
        directions = leading_directions(copies, self.latent_dimension)
        directions *= min(1.0, self.spread / _deviation(copies, directions[:, 0]))
        (first,) = _linear(self.encoder)
        _set(first, directions.t() / deviation, -(mean / deviation) @ directions)
        hidden = [torch.sigmoid(rows @ directions) for rows in copies]
        *layers, last = _linear(self.decoder)
        for number, layer in enumerate(layers):
            weight = self.hidden_weight(hidden, layer.out_features, number)
            _set(layer, weight, torch.zeros_like(weight[:, 0]))
            hidden = [torch.sigmoid(rows @ weight.t()) for rows in hidden]
        solved = ridge(hidden, copies, self.output_ridge, logistic=False)
        _set(last, solved[:, 1:] * deviation[:, None], solved[:, 0] * deviation + mean)
        return {"squared_error": squared_error(self.decode(self.encode(inputs)), inputs).mean()}

    def hidden_weight(self, inputs: Sequence[Tensor], units: int, number: int) -> Tensor:
        """Vᵀ (units, d) of hidden layer ``number`` for its ``inputs`` (n, d) of each partition."""
        generator, width = Generator().manual_seed(number), inputs[0].shape[1]
        drawn = torch.randn(width + 1, units, generator=generator).to(inputs[0])
        random, offset = drawn[:-1] * (2 / (width + units)) ** 0.5, drawn[-1]
        features = [torch.sigmoid(rows @ random + offset) for rows in inputs]
        targets = [rows.clamp(SATURATED, 1 - SATURATED) for rows in inputs]
        # the ELM autoencoder's own biases have no place in the transposed layer
        return ridge(features, targets, self.hidden_ridge, logistic=True)[:, 1:].t()

    def decode(self, codes: Tensor) -> Tensor:
        reconstructions: Tensor = self.decoder(codes)
        return reconstructions


def _standardise(partitions: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Standardise in place; return mean and deviation (d,), 1 where a number never varies."""
    count = sum(map(len, partitions))
    mean = torch.stack([rows.sum(0) for rows in partitions]).sum(0) / count
    squares = [(rows - mean).square().sum(0) for rows in partitions]
    deviation = (torch.stack(squares).sum(0) / count).sqrt()
    # what rounding leaves of a constant is no variation
    deviation[deviation <= 1e-9 * mean.abs()] = 1.0
    for rows in partitions:
        rows.sub_(mean).div_(deviation)
    return mean, deviation


def _deviation(partitions: Sequence[Tensor], direction: Tensor) -> float:
    """Standard deviation of the standardised data along ``direction`` (d,)."""
    squares = torch.stack([(rows @ direction).square().sum() for rows in partitions])
    return float((squares.sum() / sum(map(len, partitions))).sqrt())


def _linear(network: nn.Module) -> list[nn.Linear]:
    return [layer for layer in network.modules() if isinstance(layer, nn.Linear)]


@torch.no_grad()
def _set(layer: nn.Linear, weight: Tensor, bias: Tensor) -> None:
    layer.weight.copy_(weight)
    layer.bias.copy_(bias)
