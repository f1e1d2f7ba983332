"""PIWAE: the decoder learns from the tightest bound that the codes give, the encoder from the mean
of looser ones, whose gradients for it are less noisy.

    encoder  L = -1/M Σ_m log 1/K Σ_k w_mk
    decoder  L = -log 1/MK Σ_m Σ_k w_mk

Both from the same MK codes; neither reaches the other's parameters. The history has both bounds,
the sum of which is minimised. Rainforth et al., ICML 2018, section 5.
"""

from torch.func import functional_call

from aebench.objectives.bounds import importance_bound
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.variational.miwae import MIWAE


@variant(
    "piwae",
    title="Partially importance-weighted autoencoder",
    family="variational",
    paper="Rainforth et al. 2018",
    equation="encoder: −1/M Σ_m log 1/K Σ_k w_mk; decoder: −log 1/MK Σ_mk w_mk",
)
class PIWAE(MIWAE):
    def loss(self, batch: Batch, step: int) -> Loss:
        codes, log_ratios = self.draws(batch.inputs, self.m * self.k, batch.generator)
        constants = {name: p.detach() for name, p in self.decoder.named_parameters()}
        through_codes = functional_call(self.decoder, constants, (codes,))
        of_encoder = log_ratios + self.log_likelihoods(through_codes, batch.inputs)
        from_codes = self.decoder(codes.detach())
        of_decoder = log_ratios.detach() + self.log_likelihoods(from_codes, batch.inputs)
        return {
            "encoder": -importance_bound(of_encoder.view(-1, self.m, self.k)).mean(),
            "decoder": -importance_bound(of_decoder).mean(),
        }
