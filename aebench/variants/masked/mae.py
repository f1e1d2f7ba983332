"""Masked autoencoder: most of an image's patches are hidden, and predicted from the few that are
seen.

    L = ‖x_masked - x̂_masked‖²,  x̂ = decoder(encoder(x_visible), mask tokens)

The encoder, a transformer, works on the visible quarter of the patches alone; a narrow, shallow one
decodes them together with a learned token in each hidden place. Brings its own architecture. The
paper's is for 224×224 photographs in patches of 16; here a side has at most eight patches, of two
pixels at least, and width and depth are set to cost about what the other variants do. The loss is
summed over the hidden pixels, not their mean, and takes pixels as they are (the paper also
normalises each patch). The code is the mean of the encoder's tokens with nothing hidden; it cannot
be decoded, so reconstructions are the paper's: hidden patches predicted, visible ones as they were.
He et al., CVPR 2022.
"""

from typing import NamedTuple

import torch
from torch import Generator, Tensor, nn

from aebench.nn.transformer import blocks, positions
from aebench.registry import variant
from aebench.variants.base import Batch, Loss, Variant


class Masking(NamedTuple):
    """Which patches of each image are seen: ``order`` int64 (B, P), the seen ones first."""

    order: Tensor
    visible: int

    @property
    def seen(self) -> Tensor:
        """(B, visible)."""
        return self.order[:, : self.visible]

    @property
    def hidden(self) -> Tensor:
        """(B, P - visible)."""
        return self.order[:, self.visible :]


@variant(
    "mae",
    title="Masked autoencoder",
    family="masked",
    paper="He et al. 2022",
    equation="L = ‖x_masked − x̂_masked‖²",
    needs=("images",),
)
class MAE(Variant):
    masked: float = 0.75
    """Share of patches hidden."""
    width: int = 64
    depth: int = 4
    heads: int = 4
    decoder_width: int = 32
    decoder_depth: int = 1

    places: Tensor
    decoder_places: Tensor

    def build(self) -> None:
        channels, side, _ = self.data.shape
        self.patches = max(d for d in range(1, 9) if side % d == 0 and side >= 2 * d)
        self.patch = side // self.patches
        numbers = channels * self.patch**2  # of one patch
        self.latent_dimension = self.width
        self.embedding = nn.Linear(numbers, self.width)
        self.encoder = blocks(self.depth, self.width, self.heads)
        self.narrowing = nn.Linear(self.width, self.decoder_width)
        self.mask_token = nn.Parameter(0.02 * torch.randn(self.decoder_width))
        self.decoder = blocks(self.decoder_depth, self.decoder_width, self.heads)
        self.pixels = nn.Linear(self.decoder_width, numbers)
        self.register_buffer("places", positions(self.patches, self.width), persistent=False)
        self.register_buffer(
            "decoder_places", positions(self.patches, self.decoder_width), persistent=False
        )

    def masking(self, count: int, generator: Generator) -> Masking:
        """A random masking of ``count`` images."""
        total = self.patches**2
        keys = torch.empty(count, total, device=generator.device).uniform_(generator=generator)
        return Masking(keys.argsort(dim=1), max(1, round((1 - self.masked) * total)))

    def patched(self, images: Tensor) -> Tensor:
        """(B, C, H, W) to patches (B, P, C·patch²), row by row."""
        b, c, _, _ = images.shape
        grid = images.view(b, c, self.patches, self.patch, self.patches, self.patch)
        return grid.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2)

    def unpatched(self, patches: Tensor) -> Tensor:
        """The inverse of `patched`."""
        c, h, w = self.data.shape
        grid = patches.view(-1, self.patches, self.patches, c, self.patch, self.patch)
        return grid.permute(0, 3, 1, 4, 2, 5).reshape(-1, c, h, w)

    def tokens(self, patches: Tensor, order: Tensor) -> Tensor:
        """Encoded tokens (B, V, width) of the patches (B, P, ·) that ``order`` (B, V) names."""
        embedded = self.embedding(_at(patches, order)) + self.places[order]
        encoded: Tensor = self.encoder(embedded)
        return encoded

    def predicted(self, patches: Tensor, masking: Masking) -> Tensor:
        """What the decoder makes of the hidden patches, (B, hidden, C·patch²)."""
        visible = self.narrowing(self.tokens(patches, masking.seen))
        mask_tokens = self.mask_token.expand(*masking.hidden.shape, -1)
        # in the order of the masking: positions tell the decoder where each token belongs
        together = torch.cat([visible, mask_tokens], dim=1) + self.decoder_places[masking.order]
        of_hidden: Tensor = self.pixels(self.decoder(together)[:, masking.visible :])
        return of_hidden

    def loss(self, batch: Batch, step: int) -> Loss:
        patches = self.patched(batch.inputs)
        masking = self.masking(len(patches), batch.generator)
        error = self.predicted(patches, masking) - _at(patches, masking.hidden)
        return {"masked_squared_error": error.square().sum((1, 2)).mean()}

    def encode(self, inputs: Tensor) -> Tensor:
        patches = self.patched(inputs)
        everything = torch.arange(self.patches**2, device=inputs.device).expand(len(inputs), -1)
        return self.tokens(patches, everything).mean(1)

    def reconstruct(self, inputs: Tensor, generator: Generator) -> Tensor:
        patches = self.patched(inputs)
        masking = self.masking(len(patches), generator)
        rows = masking.hidden[:, :, None].expand(-1, -1, patches.shape[2])
        return self.unpatched(patches.scatter(1, rows, self.predicted(patches, masking)))


def _at(patches: Tensor, order: Tensor) -> Tensor:
    """Patches (B, P, d) in the places ``order`` (B, V): (B, V, d)."""
    return patches.gather(1, order[:, :, None].expand(-1, -1, patches.shape[2]))
