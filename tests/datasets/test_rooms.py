"""Rooms: each factor does what its name says, geometry obeys perspective, colours are exact."""

import colorsys
from pathlib import Path

import numpy as np
import pytest

from aebench import registry
from aebench.data import Array
from aebench.datasets import rooms_scene
from aebench.datasets.rooms import FACTOR_SIZES, SKY_COLOUR, render, rooms

CUBE, CYLINDER, SPHERE, CAPSULE = range(4)
FLOOR, WALL, OBJECT, SCALE, SHAPE, ORIENTATION = range(6)
MIDDLE = 7


def image(*factors: int) -> Array:
    """One room, int (3, 64, 64)."""
    pixels: Array = render(np.array([factors]))[0].astype(int)
    return pixels


def shows(factor: int, scale: int = 4, shape: int = SPHERE, orientation: int = MIDDLE) -> Array:
    """The pixels (64, 64) that change with the hue of the floor, wall or object."""
    hues = [0, 0, 0]
    before = image(*hues, scale, shape, orientation)
    hues[factor] = 5
    changed: Array = (image(*hues, scale, shape, orientation) != before).any(axis=0)
    return changed


def drawn(count: int, seed: int) -> Array:
    generator = np.random.default_rng(seed)
    return np.stack([generator.integers(0, size, count) for size in FACTOR_SIZES], axis=1)


def test_rooms_are_8_bit_colour_images() -> None:
    images = render(drawn(20, seed=0))
    assert images.shape == (20, 3, 64, 64) and images.dtype == np.uint8
    assert images.max() == 255 and images.min() == 0


def test_the_same_factors_give_the_same_bytes_in_any_company() -> None:
    factors = drawn(12, seed=1)
    together = render(factors)
    alone = np.concatenate([render(row[None]) for row in factors])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(render(factors[::-1]), together[::-1])


def test_the_stated_factors_are_the_columns() -> None:
    stated = registry.datasets()["rooms"].properties["factors"]
    assert stated == dict(
        zip(
            ("floor_hue", "wall_hue", "object_hue", "scale", "shape", "orientation"),
            FACTOR_SIZES,
            strict=True,
        )
    )


@pytest.mark.parametrize("factor", range(6))
def test_every_step_of_every_factor_changes_the_image(factor: int) -> None:
    factors = drawn(18, seed=2)
    factors[:9, :3] = factors[:9, :1]  # one hue everywhere hides the most
    factors[:, factor] %= FACTOR_SIZES[factor] - 1
    stepped = factors.copy()
    stepped[:, factor] += 1
    assert (render(factors) != render(stepped)).any(axis=(1, 2, 3)).all()


def test_every_geometry_is_distinct_even_in_one_hue() -> None:
    geometries = np.stack(np.unravel_index(np.arange(480), FACTOR_SIZES[3:]), axis=1)
    images = render(np.concatenate([np.full((480, 3), 3), geometries], axis=1))
    assert len({picture.tobytes() for picture in images}) == 480


def test_each_hue_colours_its_own_surface_and_the_sky_keeps_its_colour() -> None:
    floor, wall, object_ = (shows(factor) for factor in (FLOOR, WALL, OBJECT))
    assert floor[-1].all() and not floor[:20].any()
    assert wall[22, 1] and not wall[40:].any()
    assert object_[32, 32] and not object_[:, :10].any()
    shared = (floor & wall) | (wall & object_) | (object_ & floor)
    assert shared.mean() < 0.05  # only where a pixel lies on an edge
    sky = image(0, 0, 0, 4, SPHERE, MIDDLE)[:, ~(floor | wall | object_)]
    assert sky.shape[1] > 64 * 5
    assert (sky.T == SKY_COLOUR).all()


def test_sums_of_colours_are_exact_in_any_order() -> None:
    """Weights are multiples of 2⁻¹², so float32 holds every sum of 8-bit colours."""
    weights = rooms_scene.weights(rooms_scene.look(0.1), CYLINDER, 1.0)
    assert (weights * 4096 % 1 == 0).all() and weights.sum(axis=0).max() * 4096 * 255 < 2**24


@pytest.mark.parametrize("hue", range(1, 10))
def test_a_pixel_is_its_hue_times_its_brightness(hue: int) -> None:
    """Red rooms show the brightness, where they are not overexposed."""
    brightness = image(0, 0, 0, 5, CUBE, 10)[0] / 255
    room = image(hue, hue, hue, 5, CUBE, 10)
    sky = (image(0, 0, 0, 5, CUBE, 10)[1] > 0) | (brightness == 1)
    for channel, full in enumerate(colorsys.hsv_to_rgb(hue / 10, 1, 1)):
        np.testing.assert_allclose(
            room[channel][~sky], 255 * full * brightness[~sky], atol=1, rtol=0
        )


def test_the_lit_floor_is_overexposed_by_a_twentieth() -> None:
    assert list(image(1, 0, 0, 0, SPHERE, MIDDLE)[:, -1, 0]) == [255, round(1.05 * 153), 0]


@pytest.mark.parametrize("shape", range(4))
def test_the_object_grows_with_the_scale(shape: int) -> None:
    areas = [shows(OBJECT, scale, shape).sum() for scale in range(8)]
    assert (np.diff(areas) > 0).all()
    # nearer in front as well as larger, so a little more than the square of the ratio
    assert (1.25 / 0.75) ** 2 * 0.9 < areas[-1] / areas[0] < (1.25 / 0.75) ** 2 * 1.4


@pytest.mark.parametrize("shape", range(4))
def test_objects_stand_on_the_floor_in_the_middle(shape: int) -> None:
    small, large = (np.nonzero(shows(OBJECT, scale, shape)) for scale in (0, 7))
    for rows, columns in (small, large):
        assert abs(columns.mean() - 31.5) < 0.1
        assert 40 < rows.max() < 62
    assert large[0].min() < small[0].min() - 8


@pytest.mark.parametrize("shape", [CYLINDER, SPHERE, CAPSULE])
def test_round_objects_look_alike_from_everywhere(shape: int) -> None:
    views = [shows(OBJECT, 7, shape, orientation) for orientation in (0, 5, 7, 14)]
    for view in views[1:]:
        assert (view != views[0]).sum() <= 4  # rounding on the outline


def test_a_cube_has_another_outline_from_every_side() -> None:
    outlines = {shows(OBJECT, 7, CUBE, orientation).tobytes() for orientation in range(15)}
    assert len(outlines) == 15


@pytest.mark.parametrize("factor", [FLOOR, WALL, OBJECT])
def test_opposite_orientations_are_mirror_images_of_each_other(factor: int) -> None:
    """In outline: the light comes from one side."""
    for orientation in (0, 3, 7):
        left = shows(factor, 6, CUBE, orientation)
        right = shows(factor, 6, CUBE, 14 - orientation)
        assert (left != right[:, ::-1]).sum() <= 4
    assert (image(0, 0, 0, 6, CUBE, 0) != image(0, 0, 0, 6, CUBE, 14)[:, :, ::-1]).any()


def test_a_sphere_fills_the_ellipse_that_perspective_gives() -> None:
    """A cone of half angle α, tilted by θ, cuts the picture in an ellipse with semi-axes
    f sin α cos α / (cos² θ - sin² α) and f sin α / √(cos² θ - sin² α).
    """
    radius, view = 0.78, rooms_scene.look(0.0)
    away, below = rooms_scene.EYE_DISTANCE, rooms_scene.EYE_HEIGHT - radius
    theta = np.arctan2(below, away) - np.radians(rooms_scene.PITCH_DEGREES)
    sine = radius / np.hypot(away, below)
    squares = np.cos(theta) ** 2 - sine**2
    area = np.pi * rooms_scene.FOCAL_LENGTH**2 * sine**2 * np.sqrt(1 - sine**2) / squares**1.5
    hit = np.isfinite(rooms_scene.SOLIDS[SPHERE].entry(view.eye, view.direction))
    assert hit.mean() * 64**2 == pytest.approx(area, rel=0.005)


def test_the_shadow_lies_on_the_floor_away_from_the_light() -> None:
    """In red: 127 or 128 is the ambient half of the light."""
    room = image(0, 4, 4, 4, SPHERE, MIDDLE)
    rows, columns = np.nonzero((abs(room[0] - 127.5) < 1) & ~shows(OBJECT))
    assert len(rows) > 20
    assert np.mean(columns > 31.5) > 0.9 and rows.min() > 32
    assert shows(FLOOR)[rows, columns].all()


@pytest.mark.parametrize("bad", [(10, 0, 0, 0, 0, 0), (0, 0, 0, 8, 0, 0), (0, 0, 0, 0, 0, -1)])
def test_a_factor_out_of_range_is_refused(bad: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="factors must be from 0 to below"):
        render(np.array([bad]))


def test_splits_hold_the_images_of_their_factors_and_share_none(tmp_path: Path) -> None:
    splits = rooms(tmp_path, train=20, validation=3, test=5)
    assert {name: len(split.inputs) for name, split in splits.named.items()} == {
        "train": 20,
        "validation": 3,
        "test": 5,
    }
    kept = [split.factors for split in splits.named.values() if split.factors is not None]
    factors = np.concatenate(kept)
    assert factors.dtype == np.int64 and len(np.unique(factors, axis=0)) == 28
    np.testing.assert_array_equal(render(kept[2]), splits.test.inputs)
