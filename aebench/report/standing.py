"""Where the settings on one data set stand by one metric: who leads, and who is told from it.

The leader has the best mean over seeds; the tests are those of `aebench.comparison.summary`.
Nothing is tested here.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from aebench.summary import Score


class Entrant(NamedTuple):
    """A setting that a metric fits. ``score`` is none where every seed failed, or where all come
    back exactly (``exact``) and no number could say so; ``seconds`` of training may be NaN.
    """

    setting: str
    variant: str
    seeds: int
    score: Score | None
    exact: bool = False
    seconds: float = math.nan


class Decision(NamedTuple):
    """Who is to be taken for a purpose on one data set and hardware, best mean first."""

    purpose: str
    metric: str
    dataset: str
    hardware: str
    leader: Entrant | None
    """None where no setting has a score from every one of its seeds."""
    tied: list[Entrant]
    """Not significantly worse than the leader."""
    worse: list[Entrant]
    """Significantly worse."""
    untested: list[Entrant]
    """With a mean from every seed, but one seed alone: nothing to test."""
    failed: list[Entrant]
    """Without a rank: some or all seeds failed."""
    exact: list[Entrant]
    floor: tuple[str, float] | None = None
    """What anything useful is better than, and its score; none where that is not known."""

    @property
    def name(self) -> str:
        """What the page calls the decision's place."""
        words = ("decision", self.dataset, self.hardware, *self.purpose.split())
        return "-".join(words)

    @property
    def alone(self) -> bool:
        """Whether there was nobody to compare the leader with."""
        others = self.tied or self.worse or self.untested or self.exact
        return self.leader is not None and not others

    @property
    def leading(self) -> list[Entrant]:
        """The leader; whoever is exact, where any is."""
        return self.exact or [each for each in [self.leader] if each]

    @property
    def not_told_apart(self) -> list[Entrant]:
        """Tied with the leader; nobody, where any is exact."""
        return [] if self.exact else self.tied


def decide(
    purpose: str,
    metric: str,
    place: tuple[str, str],
    entrants: Sequence[Entrant],
    floor: tuple[str, float] | None = None,
) -> Decision:
    """Sort ``entrants`` by the tests behind their scores; ``place`` is data set and hardware."""
    scored = [(each, each.score) for each in entrants if each.score is not None]
    whole = [(e, s) for e, s in sorted(scored, key=_rank) if not s.failed]
    others = [(each, score) for each, score in whole if not score.best]
    tested = [(each, score) for each, score in others if not math.isnan(score.p_value)]
    return Decision(
        purpose,
        metric,
        *place,
        leader=next((each for each, score in whole if score.best), None),
        tied=[each for each, score in tested if score.tied],
        worse=[each for each, score in tested if not score.tied],
        untested=[each for each, score in others if math.isnan(score.p_value)],
        failed=[
            each
            for each in entrants
            if not each.exact and (each.score is None or each.score.failed)
        ],
        exact=[each for each in entrants if each.exact],
        floor=floor,
    )


def _rank(scored: tuple[Entrant, Score]) -> float:
    rank = scored[1].rank
    return math.inf if rank is None else rank


def standings(
    decisions: Sequence[Decision], among: Callable[[Decision], Sequence[Entrant]]
) -> list[tuple[str, int, int]]:
    """Setting, on how many data sets it is ``among`` whom, and of how many; most first. Data sets
    where there was nobody to compare with are left out.

    Leads and ties are counted apart: noisy scores are often tied with the best, and never lead.
    """
    found: dict[str, tuple[int, int]] = {}
    for decision in (each for each in decisions if not each.alone):
        chosen = {each.setting for each in among(decision)}
        ranked = [decision.leader, *decision.tied, *decision.worse, *decision.untested]
        for each in [*decision.exact, *filter(None, ranked), *decision.failed]:
            times, places = found.get(each.setting, (0, 0))
            found[each.setting] = (times + (each.setting in chosen), places + 1)
    counted = [(setting, *counts) for setting, counts in found.items() if counts[0]]
    return sorted(counted, key=lambda each: (-each[1], each[2]))
