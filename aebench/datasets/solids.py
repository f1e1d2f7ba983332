"""Where rays enter convex solids that stand on the floor, and which way the solids face there.

Every solid stands upright at the origin, its base on the plane z = 0. A point of ray i at distance
t is origin[:, i] + t direction[:, i]. A convex solid is an intersection of slabs and round prisms,
so a ray is inside from the last of their entries to the first of their exits (Kay & Kajiya 1986,
Ray tracing complex scenes).
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from aebench.data import Array

Interval = tuple[Array, Array]
"""Where rays enter and leave something; a ray that leaves before it enters misses it."""


class Solid(Protocol):
    """A convex solid: what a ray-caster asks of it."""

    def entry(self, origin: Array, direction: Array) -> Array:
        """Distances (n,) at which rays (3, n) first meet the surface; inf where they miss."""

    def normal(self, point: Array) -> Array:
        """Unit normals (3, n), outwards, at points (3, n) of the surface."""


@dataclass(frozen=True)
class Cube:
    """A cube with sides along the axes."""

    side: float

    def entry(self, origin: Array, direction: Array) -> Array:
        """Inside three slabs at once."""
        half = self.side / 2
        x = _between(origin[0], direction[0], -half, half)
        y = _between(origin[1], direction[1], -half, half)
        z = _between(origin[2], direction[2], 0, self.side)
        return _entry(_both(_both(x, y), z))

    def normal(self, point: Array) -> Array:
        """The face is the one that the point is farthest out towards."""
        centred = point - np.array([[0], [0], [self.side / 2]])
        faces = np.arange(3)[:, None] == abs(centred).argmax(axis=0)
        return np.where(faces, np.sign(centred), 0.0)


@dataclass(frozen=True)
class Cylinder:
    """An upright cylinder."""

    radius: float
    height: float

    def entry(self, origin: Array, direction: Array) -> Array:
        """Inside the endless cylinder and the slab between its ends."""
        around = _round(origin[:2], direction[:2], self.radius)
        return _entry(_both(around, _between(origin[2], direction[2], 0, self.height)))

    def normal(self, point: Array) -> Array:
        """Of the end or the side, whichever the point is nearer to."""
        upwards = point[2] / (self.height / 2) - 1
        on_end = abs(upwards) * self.radius > np.hypot(point[0], point[1])
        side = np.stack([point[0], point[1], np.zeros_like(upwards)]) / self.radius
        end = np.stack([np.zeros_like(upwards), np.zeros_like(upwards), np.sign(upwards)])
        return np.where(on_end, end, side)


@dataclass(frozen=True)
class Capsule:
    """An upright cylinder with round ends; as high as it is wide, a sphere."""

    radius: float
    height: float

    def entry(self, origin: Array, direction: Array) -> Array:
        """The first of three parts met: the cylinder, the ball below and the ball above."""
        low, high = self.radius, self.height - self.radius
        around = _round(origin[:2], direction[:2], self.radius)
        first = _entry(_both(around, _between(origin[2], direction[2], low, high)))
        for z in {low, high}:
            ball = _round(origin - np.array([[0], [0], [z]]), direction, self.radius)
            first = np.minimum(first, _entry(ball))
        return first

    def normal(self, point: Array) -> Array:
        """Away from the nearest point of the axis."""
        nearest = np.clip(point[2], self.radius, self.height - self.radius)
        return np.stack([point[0], point[1], point[2] - nearest]) / self.radius


def _between(origin: Array, direction: Array, low: float, high: float) -> Interval:
    """Within a slab, along one coordinate (n,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - origin) / direction, (high - origin) / direction
    return np.minimum(one, other), np.maximum(one, other)


def _round(origin: Array, direction: Array, radius: float) -> Interval:
    """Within a circle (endless prism) or ball around 0, of coordinates (2, n) or (3, n)."""
    a = (direction * direction).sum(axis=0)
    b = (origin * direction).sum(axis=0)
    c = (origin * origin).sum(axis=0) - radius**2
    discriminant = b * b - a * c
    root = np.sqrt(np.maximum(discriminant, 0))
    misses = discriminant <= 0
    return np.where(misses, np.inf, (-b - root) / a), np.where(misses, -np.inf, (-b + root) / a)


def _both(one: Interval, other: Interval) -> Interval:
    """Within one and the other."""
    return np.maximum(one[0], other[0]), np.minimum(one[1], other[1])


def _entry(interval: Interval) -> Array:
    """Where rays that start outside enter; inf where they miss or have it behind them."""
    enter, leave = interval
    distance: Array = np.where((enter < leave) & (enter > 0), enter, np.inf)
    return distance
