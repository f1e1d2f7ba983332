"""Where rays enter a solid is where a walk along them first finds itself inside."""

from collections.abc import Callable

import numpy as np
import pytest

from aebench.data import Array
from aebench.datasets.solids import Capsule, Cube, Cylinder, Solid


def in_cube(x: Array, y: Array, z: Array) -> Array:
    inside: Array = (abs(x) < 0.6) & (abs(y) < 0.6) & (z > 0) & (z < 1.2)
    return inside


def in_cylinder(x: Array, y: Array, z: Array) -> Array:
    inside: Array = (np.hypot(x, y) < 0.5) & (z > 0) & (z < 1.4)
    return inside


def in_capsule(x: Array, y: Array, z: Array) -> Array:
    inside: Array = np.sqrt(x**2 + y**2 + (z - np.clip(z, 0.5, 1.3)) ** 2) < 0.5
    return inside


def in_sphere(x: Array, y: Array, z: Array) -> Array:
    inside: Array = np.sqrt(x**2 + y**2 + (z - 0.7) ** 2) < 0.7
    return inside


CASES = [
    (Cube(1.2), in_cube),
    (Cylinder(0.5, 1.4), in_cylinder),
    (Capsule(0.5, 1.8), in_capsule),
    (Capsule(0.7, 1.4), in_sphere),
]


def rays() -> tuple[Array, Array]:
    """300 origins on a sphere around the solid, each looking somewhere near it."""
    generator = np.random.default_rng(0)
    origin = generator.normal(size=(3, 300))
    origin *= 3 / np.linalg.norm(origin, axis=0)
    target = generator.uniform(-1, 1, (3, 300)) + np.array([[0], [0], [0.7]])
    return origin, (target - origin) / np.linalg.norm(target - origin, axis=0)


@pytest.mark.parametrize(("solid", "contains"), CASES)
def test_rays_enter_where_a_walk_along_them_does(
    solid: Solid, contains: Callable[[Array, Array, Array], Array]
) -> None:
    origin, direction = rays()
    steps = np.arange(0, 6, 0.005)[:, None]
    x, y, z = (origin[i] + steps * direction[i] for i in range(3))
    inside = contains(x, y, z)
    walked = np.where(inside.any(axis=0), steps[inside.argmax(axis=0), 0], np.inf)
    found = solid.entry(origin, direction)
    met = np.isfinite(found) & np.isfinite(walked)
    assert 50 < met.sum() < 290
    np.testing.assert_allclose(found[met], walked[met], atol=0.0051)
    assert (np.isfinite(found) != np.isfinite(walked)).sum() <= 3  # grazed between two steps


@pytest.mark.parametrize(("solid", "contains"), CASES)
def test_normals_are_unit_and_point_out(
    solid: Solid, contains: Callable[[Array, Array, Array], Array]
) -> None:
    origin, direction = rays()
    distance = solid.entry(origin, direction)
    met = np.isfinite(distance)
    point = (origin + np.where(met, distance, 0) * direction)[:, met]
    normal = solid.normal(point)
    np.testing.assert_allclose(np.linalg.norm(normal, axis=0), 1, atol=1e-9)
    assert ((normal * direction[:, met]).sum(axis=0) < 1e-9).all()  # towards the eye
    assert not contains(*(point + 1e-6 * normal)).any()
    assert contains(*(point - 1e-6 * normal)).all()


@pytest.mark.parametrize(("solid", "contains"), CASES)
def test_what_is_behind_is_not_met(
    solid: Solid, contains: Callable[[Array, Array, Array], Array]
) -> None:
    origin, direction = rays()
    assert contains(*np.array([[0.0], [0.0], [0.7]])).all()
    assert np.isinf(solid.entry(origin, -direction)).all()
