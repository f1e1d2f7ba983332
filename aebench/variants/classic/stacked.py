"""Stacked autoencoder: trained greedily, one layer of the encoder with the decoder's layer that
faces it at a time, then fine-tuned as a whole.

    stage 1     L = -log p(x | g_1(f_1(x)))
    stage k     L = ‖h_{k-1} - g_k(f_k(h_{k-1}))‖²,  h_k = f_k(h_{k-1})
    at the end  L = -log p(x | g_1(… g_n(f_n(… f_1(x)))))

Each stage trains on the last one's outputs and leaves all other layers as they are. Networks are
the data set's; ``greedy`` is the share of the budget that the stages divide evenly. The papers
stack sigmoid layers, compared by cross-entropy; layers here are the backbone's, their outputs
unbounded, and so compared by squared distance. Bengio et al., NeurIPS 2006; Vincent et al., JMLR
2010.
"""

import torch

from aebench.nn.blocks import blocks
from aebench.objectives.likelihoods import squared_error
from aebench.registry import variant
from aebench.variants.base import Batch, Loss
from aebench.variants.classic.ae import Autoencoder


@variant(
    "stacked",
    title="Stacked autoencoder",
    family="classic",
    paper="Bengio et al. 2006; Vincent et al. 2010",
    equation="L_k = ‖h_{k−1} − g_k(f_k(h_{k−1}))‖² for each layer k, then L = −log p(x | f(x))",
)
class StackedAutoencoder(Autoencoder):
    greedy: float = 0.5
    """Share of the budget that the stages take together."""

    def build(self) -> None:
        super().build()
        there, back = blocks(self.encoder), blocks(self.decoder)[::-1]
        # as a tuple, not registered a second time: they share the networks' layers
        self.stages = tuple(zip(there, back, strict=True))

    def stage(self, step: int) -> int:
        """The stage of a step, from 0; as many as there are layers stands for fine-tuning."""
        greedy_steps = int(self.greedy * self.total_steps)
        count = len(self.stages)
        return step * count // greedy_steps if step < greedy_steps else count

    def loss(self, batch: Batch, step: int) -> Loss:
        stage = self.stage(step)
        if stage == len(self.stages):
            return super().loss(batch, step)
        hidden = batch.inputs
        with torch.no_grad():
            for trained, _ in self.stages[:stage]:
                hidden = trained(hidden)
        encoder, decoder = self.stages[stage]
        outputs = decoder(encoder(hidden))
        distance = self.observation.negative_log if stage == 0 else squared_error
        return {"reconstruction": distance(outputs, hidden).mean()}
