"""The masked autoencoder: what it sees, hides and puts back."""

import pytest
import torch
from torch import Tensor

from aebench.data import Description
from aebench.nn.transformer import positions
from tests.conftest import batch_of, build, describe


def test_patches_are_put_back_where_they_were(description: Description, images: Tensor) -> None:
    variant = build("mae", description)
    patches = variant.patched(images)
    assert patches.shape == (len(images), 16, 4)
    assert torch.equal(patches[0, 1], images[0, :, :2, 2:4].flatten())
    assert torch.equal(variant.unpatched(patches), images)


def test_three_quarters_are_hidden_and_each_patch_is_one_or_the_other(
    description: Description,
) -> None:
    masking = build("mae", description).masking(10, torch.Generator().manual_seed(0))
    assert masking.seen.shape == (10, 4) and masking.hidden.shape == (10, 12)
    assert torch.equal(masking.order.sort(1).values, torch.arange(16).expand(10, -1))
    assert len({tuple(row.tolist()) for row in masking.seen}) > 5


def test_hidden_pixels_cannot_reach_the_prediction(
    description: Description, images: Tensor
) -> None:
    variant = build("mae", description)
    patches = variant.patched(images)
    masking = variant.masking(len(images), torch.Generator().manual_seed(0))
    rows = masking.hidden[:, :, None].expand(-1, -1, 4)
    garbled = patches.scatter(1, rows, torch.rand(*rows.shape))
    assert torch.equal(variant.predicted(patches, masking), variant.predicted(garbled, masking))


def test_the_loss_is_of_hidden_pixels_alone(description: Description, images: Tensor) -> None:
    variant = build("mae", description)
    loss = variant.loss(batch_of(images, seed=3), 0)["masked_squared_error"]
    rebuilt = variant.reconstruct(images, torch.Generator().manual_seed(3))
    torch.testing.assert_close(loss, (rebuilt - images).square().flatten(1).sum(1).mean())


def test_visible_patches_are_left_as_they_were(description: Description, images: Tensor) -> None:
    variant = build("mae", description)
    rebuilt = variant.patched(variant.reconstruct(images, torch.Generator().manual_seed(3)))
    same = (rebuilt == variant.patched(images)).all(2)
    assert (same.sum(1) >= 4).all()


def test_the_encoder_is_blind_to_the_order_of_tokens_but_not_to_their_places(
    description: Description, images: Tensor
) -> None:
    variant = build("mae", description)
    patches = variant.patched(images[:5])
    order = torch.arange(16).expand(5, -1)
    turned = order.flip(1)
    torch.testing.assert_close(
        variant.tokens(patches, order).flip(1), variant.tokens(patches, turned)
    )
    assert not torch.allclose(variant.encode(images[:5]), variant.encode(images[:5].flip(3)))


def test_every_place_has_its_own_position() -> None:
    table = positions(8, 32)
    assert table.shape == (64, 32)
    assert (torch.cdist(table, table) + 9 * torch.eye(64)).min() > 0.1
    with pytest.raises(ValueError, match="4 must divide"):
        positions(8, 30)


@pytest.mark.parametrize(("name", "patch"), [("mnist", 4), ("rooms", 8), ("natural", 4)])
def test_images_of_other_sizes_have_at_most_eight_patches_along_a_side(
    name: str, patch: int
) -> None:
    assert build("mae", describe(name)).patch == patch
