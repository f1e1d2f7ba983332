"""Conditional VAE: encoder and decoder are told the class, so the code need not say it.

    L = E_q[-log p(x|z,y)] + KL(q(z|x,y) ‖ p(z)),  p(z) = N(0, I),  p(y) uniform

The class joins the decoder's input and, through one more hidden layer, the data set's encoder's
output. The data set's code length L is kept: L - 1 continuous numbers and, last, the class. Where
a sample is encoded its class is not known: it is the one whose bound on log p(x, y) is highest, by
Bayes' rule, the reconstruction taken at the posterior's mean. Sohn et al., NeurIPS 2015, with the
label as condition as in M2 of Kingma et al., NeurIPS 2014, equation 6.
"""

import math

import torch
from torch import Tensor, nn

from aebench.bottlenecks.gaussian import Gaussian
from aebench.nn.mlp import perceptron
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.with_category import WithCategory


@variant(
    "cvae",
    title="Conditional VAE",
    family="variational",
    paper="Sohn et al. 2015",
    equation="L = E_q[−log p(x|z,y)] + KL(q(z|x,y) ‖ p(z))",
    needs=("labels",),
)
class ConditionalVAE(WithCategory):
    likelihood: str = ""
    """bernoulli, gaussian, learned-gaussian or discretised-logistic; empty: the data set's."""
    observation_variance: float = 1.0

    def build(self) -> None:
        self.continuous, self.categories = self.latent_dimension - 1, self.data.classes
        width = self.backbone.hidden[-1]
        self.encoder = self.make_encoder(width)
        widths = [width + self.categories, width, 2 * self.continuous]
        self.conditional = nn.Sequential(*perceptron(widths))
        self.decoder = self.make_decoder(self.continuous + self.categories)

    def loss(self, batch: Batch, step: int) -> Loss:
        labels = batch.known_labels
        posterior = self.conditioned(self.features(batch.inputs), labels)
        codes = self.joined(posterior.sample(batch.generator), labels)
        return {
            "reconstruction": self.reconstruction(codes, batch.inputs),
            "divergence": posterior.divergence().mean(),
        }

    def features(self, inputs: Tensor) -> Tensor:
        """What the encoder says of the sample alone, (B, width)."""
        return torch.relu(self.encoder(inputs))

    def conditioned(self, features: Tensor, labels: Tensor) -> Gaussian:
        """q(z|x,y) of each sample with its class int64 (B,)."""
        return Gaussian.of(self.conditional(self.joined(features, labels)))

    def class_logits(self, inputs: Tensor) -> Tensor:
        """The bound on log p(x, y) for each y, (B, classes) in nats."""
        return self.bounds(inputs)[0]

    def bounds(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """For every class, the bound (B, classes) and the mean of q(z|x,y) (B, classes, L - 1)."""
        features = self.features(inputs)
        bounds, means = [], []
        for label in range(self.categories):
            labels = torch.full((len(inputs),), label, device=inputs.device)
            posterior = self.conditioned(features, labels)
            outputs = self.decoder(self.joined(posterior.mu, labels))
            surprise = self.observation.negative_log(outputs, inputs)
            bounds.append(-surprise - posterior.divergence() - math.log(self.categories))
            means.append(posterior.mu)
        return torch.stack(bounds, dim=1), torch.stack(means, dim=1)

    def encode(self, inputs: Tensor) -> Tensor:
        bounds, means = self.bounds(inputs)
        best = bounds.argmax(1)
        mu = means[torch.arange(len(best), device=best.device), best]
        return torch.cat([mu, best[:, None]], dim=1)
