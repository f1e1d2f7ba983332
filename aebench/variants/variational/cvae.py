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
from torch import Generator, Tensor, nn
from torch.nn.functional import one_hot

from aebench.bottlenecks.gaussian import Gaussian
from aebench.nn.mlp import perceptron
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


@variant(
    "cvae",
    title="Conditional VAE",
    family="variational",
    paper="Sohn et al. 2015",
    equation="L = E_q[−log p(x|z,y)] + KL(q(z|x,y) ‖ p(z))",
    needs=("labels",),
)
class ConditionalVAE(Variant):
    likelihood: str = ""
    """bernoulli, gaussian, learned-gaussian or discretised-logistic; empty: the data set's."""
    observation_variance: float = 1.0

    def build(self) -> None:
        self.continuous, self.classes = self.latent_dimension - 1, self.data.classes
        width = self.backbone.hidden[-1]
        self.encoder = self.make_encoder(width)
        widths = [width + self.classes, width, 2 * self.continuous]
        self.conditional = nn.Sequential(*perceptron(widths))
        self.decoder = self.make_decoder(self.continuous + self.classes)

    def loss(self, batch: Batch, step: int) -> Loss:
        if batch.labels is None:
            raise ValueError("cvae: the batch has no labels")
        posterior = self.conditioned(self.features(batch.inputs), batch.labels)
        codes = self.joined(posterior.sample(batch.generator), batch.labels)
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

    def joined(self, numbers: Tensor, labels: Tensor) -> Tensor:
        """``numbers`` (B, N) beside classes int64 (B,), one-hot: (B, N + classes)."""
        return torch.cat([numbers, one_hot(labels, self.classes)], dim=1)

    def class_logits(self, inputs: Tensor) -> Tensor:
        """The bound on log p(x, y) for each y, (B, classes) in nats."""
        return self.bounds(inputs)[0]

    def bounds(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """For every class, the bound (B, classes) and the mean of q(z|x,y) (B, classes, L - 1)."""
        features = self.features(inputs)
        bounds, means = [], []
        for label in range(self.classes):
            labels = torch.full((len(inputs),), label, device=inputs.device)
            posterior = self.conditioned(features, labels)
            outputs = self.decoder(self.joined(posterior.mu, labels))
            surprise = self.observation.negative_log(outputs, inputs)
            bounds.append(-surprise - posterior.divergence() - math.log(self.classes))
            means.append(posterior.mu)
        return torch.stack(bounds, dim=1), torch.stack(means, dim=1)

    def encode(self, inputs: Tensor) -> Tensor:
        bounds, means = self.bounds(inputs)
        best = bounds.argmax(1)
        mu = means[torch.arange(len(best), device=best.device), best]
        return torch.cat([mu, best[:, None]], dim=1)

    def decode(self, codes: Tensor) -> Tensor:
        labels = codes[:, -1].round().clamp(0, self.classes - 1).long()
        return super().decode(self.joined(codes[:, :-1], labels))

    def prior_codes(self, count: int, generator: Generator) -> Tensor:
        """Draw ``count`` codes, (count, L), the class uniformly."""
        device = generator.device
        z = torch.randn((count, self.continuous), generator=generator, device=device)
        labels = torch.randint(self.classes, (count, 1), generator=generator, device=device)
        return torch.cat([z, labels], dim=1)
