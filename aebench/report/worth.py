"""What a leader is worth beside whoever is cheaper, smaller or simpler, in words."""

import math

from aebench.registry import COST, capabilities, metrics, variants
from aebench.report.formatting import duration, short
from aebench.report.standing import Decision, Entrant

BASELINE = "pca"
OWN_SIZE = {"Overcomplete", "DiscreteCodes"}
"""Capabilities whose codes need not be of the data set's few numbers."""
SIZED = "reconstruct"
"""The purpose for which more numbers are an advantage."""


def comparisons(decision: Decision) -> list[str]:
    """What the leader is worth beside whoever is cheaper, PCA, and no code at all."""
    leader = decision.leader
    if leader is None or leader.score is None:
        return []
    return [said for of in (_effort, _size, _floor, _baseline) if (said := of(decision))]


def _effort(decision: Decision) -> str:
    """The quickest to train of those that are not told apart, if it takes at most half the time;
    or, behind a clear leader, the next.

    Nothing where the purpose is a cost itself. Times are not tested: others are not named.
    """
    leader = decision.leader
    if leader is None or _is_cost(decision.metric):
        return ""
    if decision.tied:
        quickest = min(decision.tied, key=lambda each: _known(each.seconds))
        return f"In less time: {_beside(quickest, leader)}." if _halves(quickest, leader) else ""
    return f"Next is {_beside(decision.worse[0], leader)}." if decision.worse else ""


def _known(seconds: float) -> float:
    return math.inf if math.isnan(seconds) else seconds


def _halves(one: Entrant, other: Entrant) -> bool:
    """Whether one trained in half the other's time or less; not where a time is unknown."""
    return one.seconds <= other.seconds / 2


def _size(decision: Decision) -> str:
    """Whether the leader's code may be larger than those it is compared with."""
    others = [*decision.tied, *decision.worse, *decision.untested]
    if decision.purpose != SIZED or decision.leader is None or not _own_size(decision.leader):
        return ""
    if all(_own_size(each) for each in others):
        return ""
    return "Its code may hold more numbers than those of others."


def _own_size(entrant: Entrant) -> bool:
    known = variants().get(entrant.variant)
    return known is not None and bool(OWN_SIZE & capabilities(known))


def _is_cost(metric: str) -> bool:
    return bool(metrics()[metric].properties["group"] == COST)


def _beside(other: Entrant, leader: Entrant) -> str:
    """Another setting's distance from the leader's mean, and both times, if far apart."""
    apart_in_time = _halves(other, leader) or _halves(leader, other)
    times = f"{duration(other.seconds)} against {duration(leader.seconds)}" if apart_in_time else ""
    trained = f", trained in {times}" if times else ""
    if other.score is None or leader.score is None:
        return f"{other.setting}{trained}"
    apart = abs(other.score.mean - leader.score.mean)
    unit = str(metrics()[leader.score.metric].properties["unit"])
    distance = f"{short(float(f'{apart:.2g}'))} {unit}".strip()
    behind = f"{distance} behind" if apart else "with the same mean"
    return f"{other.setting}, {behind}{trained}"


def _baseline(decision: Decision) -> str:
    """What PCA says of all that was trained, where it was run and the purpose is no cost."""
    if _is_cost(decision.metric) or decision.leader is None:
        return ""
    if decision.leader.variant == BASELINE:
        others = [*decision.tied, *decision.worse, *decision.untested]
        return "None has a better mean than this linear baseline." if others else ""
    tied = any(each.variant == BASELINE for each in decision.tied)
    return "It is not shown to do better than PCA." if tied else ""


def _floor(decision: Decision) -> str:
    """Whether the leader's interval, or its mean where it has none, reaches down to the floor."""
    leader = decision.leader
    if leader is None or leader.score is None or decision.floor is None:
        return ""
    name, floor = decision.floor
    higher = metrics()[decision.metric].properties["better"] == "higher"
    score = leader.score
    worst = score.low if higher else score.high
    reached = score.mean if math.isnan(worst) else worst
    if (reached > floor) if higher else (reached < floor):
        return ""
    return f"It is not shown to do better than {name} ({short(floor)})."
