"""Linear support vector machines on a single code dimension, fast enough to fit hundreds.

    min_{w,b} (w² + b²) / 2 + sum_i c_i max(0, 1 - y_i (w z_i + b))²

The rows within the margin are an interval of the sorted dimension, so prefix sums of 1, z and z²
give value, gradient and curvature of all classes at once, without going through the rows.
"""

from dataclasses import dataclass

import numpy as np

from aebench.data import Array

COST = 0.01  # C of disentanglement_lib's LinearSVC
TOLERANCE, STEPS = 1e-4, 1000  # scikit-learn's defaults


def separators(code: Array, labels: Array) -> tuple[Array, Array]:
    """Slope w and intercept b of each class against the rest, float (classes,); of the second
    class alone where there are two.

    ``code`` float (n,); ``labels`` int (n,) from 0 without gaps, at least two. They are those of
    scikit-learn's ``LinearSVC(C=0.01, class_weight="balanced")``: the trust-region Newton method of
    Lin, Weng & Keerthi 2008, stopped where liblinear stops, maybe well short of the minimum.
    """
    line = _line(code.astype(np.float64), labels)
    point = np.zeros((2, len(line.rows)))
    value, gradient, curvature = line.look(point)
    radius = _norm(gradient)
    smaller = np.maximum(np.minimum(line.rows, len(code) - line.rows), 1)
    goal = TOLERANCE * smaller / len(code) * radius
    going, moved = radius > goal, np.zeros(len(goal), bool)
    for _ in range(STEPS):
        if not going.any():
            break
        step, expected = _step(gradient, curvature, radius)
        new_value, new_gradient, new_curvature = line.look(point + step)
        gained = value - new_value
        radius = _radius(radius, moved, step, gained, expected, (gradient * step).sum(0))
        better = going & (gained > 1e-4 * expected)
        point = point + better * step
        value = np.where(better, new_value, value)
        gradient = np.where(better, new_gradient, gradient)
        curvature = np.where(better, new_curvature, curvature)
        moved |= better
        going &= ~better | (_norm(gradient) > goal)
        going &= np.maximum(np.abs(gained), np.abs(expected)) > 1e-12 * np.abs(value)
    return point[0], point[1]


def _step(gradient: Array, curvature: Array, radius: Array) -> tuple[Array, Array]:
    """Minimum of the quadratic model within the radius, and the gain it promises.

    By conjugate gradients, to a tenth of the gradient (Steihaug 1983).
    """
    residual, step = -gradient, np.zeros_like(gradient)
    direction, enough = residual, 0.1 * _norm(gradient)
    going = _norm(residual) > enough
    while going.any():
        ww, wb, bb = curvature
        w, b = direction
        bent = np.stack([ww * w + wb * b, wb * w + bb * b])
        length = np.where(going, _ratio(_square(residual), (direction * bent).sum(0)), 0)
        outside = _norm(step + length * direction) > radius
        length = np.where(going & outside, _reach(step, direction, radius), length)
        step, left = step + length * direction, residual - length * bent
        direction = left + _ratio(_square(left), _square(residual)) * direction
        residual = left
        going &= ~outside & (_norm(residual) > enough)
    return step, ((residual - gradient) * step).sum(0) / 2


def _reach(step: Array, direction: Array, radius: Array) -> Array:
    """How far along the direction the step leaves the trust region."""
    along, room = (step * direction).sum(0), radius**2 - _square(step)
    return _ratio(room, along + np.sqrt(along**2 + _square(direction) * np.maximum(room, 0)))


def _radius(
    radius: Array, moved: Array, step: Array, gained: Array, expected: Array, slope: Array
) -> Array:
    """The next trust region, by how much of the expected gain came true."""
    length = _norm(step)
    radius = np.where(moved, radius, np.minimum(radius, length))
    excess = -gained - slope  # over the linear model
    bend = np.where(excess > 0, np.maximum(0.25, -_ratio(slope, excess) / 2), 4) * length
    share = [gained < part * expected for part in (1e-4, 0.25, 0.75)]
    shrunk = np.minimum(np.maximum(bend, 0.25 * length), radius / 2)
    low = np.maximum(radius / 4, np.minimum(bend, radius / 2))
    fair = np.maximum(radius / 4, np.minimum(bend, 4 * radius))
    good = np.maximum(radius, np.minimum(bend, 4 * radius))
    return np.select(share, [shrunk, low, fair], good)


@dataclass(frozen=True)
class _Line:
    """A sorted dimension with prefix sums (3, n + 1) of 1, z and z², of all rows and by class."""

    code: Array
    keys: Array  # class and rank of each row as one number, sorted
    total: Array
    own: Array
    targets: Array  # the classes to separate: their rows and costs follow, (classes,)
    rows: Array
    cost: Array
    cost_rest: Array

    def look(self, point: Array) -> tuple[Array, Array, Array]:
        """Value (classes,), gradient (2, classes) and curvature ww, wb, bb (3, classes)."""
        w, b = point
        own_below, _ = self._below(1 - b, w)
        _, rest_below = self._below(-1 - b, w)
        own, rest = self._below(np.ones_like(w), np.zeros_like(w))
        within = self.cost * np.where(w >= 0, own_below, own - own_below)
        within_rest = self.cost_rest * np.where(w >= 0, rest - rest_below, rest_below)
        ones, linear, square = within + within_rest
        lean, lean_linear, _ = within - within_rest
        loss = ones * (1 + b**2) + square * w**2 + 2 * (linear * w * b - lean_linear * w - lean * b)
        gradient_w = w + 2 * (square * w + linear * b - lean_linear)
        gradient_b = b + 2 * (linear * w + ones * b - lean)
        curvature = np.stack([1 + 2 * square, 2 * linear, 1 + 2 * ones])
        return (w**2 + b**2) / 2 + loss, np.stack([gradient_w, gradient_b]), curvature

    def _below(self, level: Array, slope: Array) -> tuple[Array, Array]:
        """Sums over z < level / slope of each class and of its rest, (3, classes) both."""
        with np.errstate(divide="ignore", invalid="ignore"):
            rank = np.searchsorted(self.code, level / slope)
        first, place = (
            np.searchsorted(self.keys, self.targets * (len(self.code) + 1) + ranks)
            for ranks in (0, rank)
        )
        own = self.own[:, place] - self.own[:, first]
        return own, self.total[:, rank] - own


def _line(code: Array, labels: Array) -> _Line:
    order = np.argsort(code, kind="stable")
    powers = code[order] ** np.arange(3)[:, None]
    by_class = np.argsort(labels[order], kind="stable")
    keys = labels[order][by_class] * (len(code) + 1) + by_class
    rows = np.bincount(labels)
    balanced = COST * len(code) / (len(rows) * rows)
    # of several classes liblinear weighs the rest by C alone
    several = len(rows) > 2
    targets = np.arange(len(rows)) if several else np.array([1])
    rest = np.full(len(rows), COST) if several else balanced[:1]
    total, own = _prefix(powers), _prefix(powers[:, by_class])
    return _Line(code[order], keys, total, own, targets, rows[targets], balanced[targets], rest)


def _prefix(rows: Array) -> Array:
    return np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)


def _square(vectors: Array) -> Array:
    return np.asarray((vectors**2).sum(0))


def _norm(vectors: Array) -> Array:
    return np.asarray(np.sqrt(_square(vectors)))


def _ratio(a: Array, b: Array) -> Array:
    """a / b, 0 where b is."""
    return np.asarray(np.divide(a, b, out=np.zeros_like(a), where=b != 0))
