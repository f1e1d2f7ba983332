"""What a claim is, once its file is read: whose, where it is tested, and by which relations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from aebench.configuration import Setting
from aebench.data import Array
from aebench.registry import Entry


class Margin(NamedTuple):
    """How far apart two values may be: a number in the metric's unit, or ``relative``, a share."""

    value: float
    relative: bool

    def of(self, values: Array) -> Array:
        """In the metric's unit, beside each of ``values`` (seeds,)."""
        return self.value * (np.abs(values) if self.relative else np.ones_like(values))


class Match(NamedTuple):
    """The metric in which two settings must be alike, and how nearly, as a share."""

    metric: Entry
    within: float


@dataclass(frozen=True, eq=False)
class Test:
    """One relation. ``first`` and ``second`` are one setting each, several where ``matched``;
    ``first`` are all steps of ``monotone``, and ``second`` is empty where there is no other.
    ``margin`` is also by how much ``better`` has to be.
    """

    relation: str
    metric: Entry
    second_metric: Entry
    first: tuple[Setting, ...]
    second: tuple[Setting, ...] = ()
    margin: Margin = Margin(0.0, False)
    bound: float = 0.0
    direction: str = ""
    matched: Match | None = None

    @property
    def read(self) -> list[tuple[Setting, Entry]]:
        """Every setting with the metric that is read of it, those of the match included."""
        pairs = [(setting, self.metric) for setting in self.first]
        pairs += [(setting, self.second_metric) for setting in self.second]
        if self.matched:
            pairs += [(setting, self.matched.metric) for setting in (*self.first, *self.second)]
        return pairs


@dataclass(frozen=True, eq=False)
class Claim:
    """A claim, checked: every test can be made on every data set."""

    id: str
    paper: Mapping[str, Any]
    sentence: str
    note: str
    seeds: int
    steps: Mapping[str, int]
    """The fewest optimiser steps, by data set."""
    tests: tuple[Test, ...]

    @property
    def settings(self) -> dict[str, Setting]:
        """Every setting that the tests read, by name."""
        return {setting.name: setting for test in self.tests for setting, _ in test.read}
