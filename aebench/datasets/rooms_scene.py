"""The scene of rooms: a camera, a room under a far light, and a solid in the room's middle.

Lengths are in units of the room: x to the right of the middle camera, y away from it, z up. A
surface that faces along n is lit by Lambert's law, ambient + diffuse max(0, n · light); in the
shadow of the solid, by the ambient light alone.
"""

from dataclasses import dataclass

import numpy as np

from aebench.data import Array
from aebench.datasets.solids import Capsule, Cube, Cylinder, Solid

SOLIDS: tuple[Solid, ...] = (
    Cube(side=1.25),
    Cylinder(radius=0.7, height=1.35),
    Capsule(radius=0.78, height=1.56),
    Capsule(radius=0.55, height=1.8),
)
FLOOR, WALL, OBJECT, SKY = range(4)
HALF_ROOM = 3.5
WALL_HEIGHT = 3.1
HEXAGON_WIDTH = 0.9
HEXAGON_EDGE = 0.07

SIDE = 64
RAYS = 4
"""Rays in each pixel, along each side of it."""
EYE_DISTANCE = 3.4
EYE_HEIGHT = 2.2
PITCH_DEGREES = 15.6
FOCAL_LENGTH = SIDE / 2 / np.tan(np.radians(30))
"""In pixels: a field of view of 60°."""

LIGHT = np.array([[-0.36], [-0.48], [0.8]])
"""Unit vector towards the light: above, behind the middle camera and to its left."""
AMBIENT = 0.5
DIFFUSE = 0.6875
"""The floor, at a cosine of 0.8, is lit by 1.05."""


@dataclass(frozen=True)
class View:
    """The empty room from one side, a column or number for each of n rays.

    ``eye`` (3, 1) and ``direction`` (3, n) make the rays; they meet ``surface`` (n,), FLOOR, WALL
    or SKY, at ``point`` (3, n); it returns the share ``reflectance`` (n,) of the light, which falls
    on it with ``cosine`` (n,).
    """

    eye: Array
    direction: Array
    surface: Array
    point: Array
    reflectance: Array
    cosine: Array


def look(azimuth: float) -> View:
    """The empty room, seen by a camera turned around its middle by ``azimuth`` (radians)."""
    eye, direction = _rays(azimuth)
    outwards = np.sign(direction)
    walls = (outwards[:2] * HALF_ROOM - eye[:2]) / direction[:2]
    floor = np.where(direction[2] < 0, -eye[2] / direction[2], np.inf)
    # rays start inside, so the first plane in their way is what they meet
    distances = np.stack([walls[0], walls[1], floor])
    axis = distances.argmin(axis=0)
    point = eye + distances.min(axis=0) * direction
    surface = np.where(axis == 2, FLOOR, np.where(point[2] > WALL_HEIGHT, SKY, WALL))
    along = np.where(axis == 0, point[1], point[0])
    reflectance = np.where(surface == WALL, _hexagons(along, point[2]), 1.0)
    normal = np.where(axis == np.arange(3)[:, None], -outwards, 0)
    return View(eye, direction, surface, point, reflectance, _lambert(normal))


def weights(view: View, shape: int, scale: float) -> Array:
    """What each pixel shows of floor, wall, object and sky, times its brightness.

    float32 (4, 64 · 64), from 0 to 1.05, in whole multiples of 2⁻¹²: sums of products with 8-bit
    colours are exact, whatever their order.
    """
    solid = SOLIDS[shape]
    shadowed = np.isfinite(solid.entry(view.point / scale, LIGHT))
    light = AMBIENT + DIFFUSE * np.where(shadowed, 0, view.cosine)
    brightness = np.where(view.surface == SKY, 1, view.reflectance * light)
    distance = solid.entry(view.eye / scale, view.direction)
    hit = np.isfinite(distance)
    normal = solid.normal(view.eye / scale + distance[hit] * view.direction[:, hit])
    brightness[hit] = AMBIENT + DIFFUSE * _lambert(normal)
    surface = np.where(hit, OBJECT, view.surface)
    shown = (surface == np.arange(4)[:, None]) * brightness
    mean = shown.reshape(4, RAYS**2, SIDE**2).mean(axis=1)
    rounded: Array = np.rint(mean * 4096) / 4096
    return rounded.astype(np.float32)


def _rays(azimuth: float) -> tuple[Array, Array]:
    """The eye (3, 1) and the directions (3, rays · rays · rows · columns) in which it looks."""
    pitch, cosine, sine = np.radians(PITCH_DEGREES), np.cos(azimuth), np.sin(azimuth)
    within = (np.arange(RAYS) + 0.5) / RAYS
    across = (within[:, None] + np.arange(SIDE) - SIDE / 2) / FOCAL_LENGTH  # (rays, side)
    down, right = (
        part.ravel()
        for part in np.broadcast_arrays(across[:, None, :, None], across[None, :, None, :])
    )
    forward = np.cos(pitch) - np.sin(pitch) * down
    up = -np.sin(pitch) - np.cos(pitch) * down
    eye = np.array([[EYE_DISTANCE * sine], [-EYE_DISTANCE * cosine], [EYE_HEIGHT]])
    return eye, np.stack([cosine * right - sine * forward, sine * right + cosine * forward, up])


def _hexagons(x: Array, y: Array) -> Array:
    """Reflectance of a wall at (x, y): 1, but 0.92 on the edges of a honeycomb."""
    # the centres of a honeycomb are two rectangular lattices, one in the gaps of the other
    period = HEXAGON_WIDTH * np.array([[1.0], [3**0.5]])
    even, odd = ((np.stack([x, y]) - shift * period) % period - period / 2 for shift in (0, 0.5))
    from_centre = abs(np.where((even**2).sum(axis=0) < (odd**2).sum(axis=0), even, odd))
    reach = np.maximum(from_centre[0], (from_centre[0] + 3**0.5 * from_centre[1]) / 2)
    return np.where(reach > HEXAGON_WIDTH / 2 - HEXAGON_EDGE, 0.92, 1.0)


def _lambert(normal: Array) -> Array:
    """How squarely the light falls on surfaces with unit normals (3, n): cosines (n,), from 0."""
    cosine: Array = np.maximum((normal * LIGHT).sum(axis=0), 0)
    return cosine
