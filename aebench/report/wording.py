"""A decision in words: who leads, how sure that is, what it costs, and who did not come through."""

import math
from collections.abc import Sequence

from aebench.registry import COST, metrics
from aebench.report.formatting import duration, quantity, short
from aebench.report.standing import Decision, Entrant

BASELINE = "pca"
NAMED = 3
"""Settings that a sentence names before it counts."""


def number(decision: Decision) -> str:
    """The leader's mean with half its interval, as ``21.3 ±0.4``; nothing where nobody leads."""
    if decision.exact or decision.leader is None or decision.leader.score is None:
        return ""
    score = decision.leader.score
    mean, half = quantity(score.mean, score.low, score.high)
    return f"{mean} ±{half}" if half else mean


def take(decision: Decision) -> str:
    """`number` with its unit."""
    shown = number(decision)
    return f"{shown} {metrics()[decision.metric].properties['unit']}".strip() if shown else ""


def sentences(decision: Decision) -> list[str]:
    """What is to be known of a decision, in the order in which it matters.

    No sentence says more than the test behind it: without a test nobody is ahead, and what a test
    does not tell apart is not called equal.
    """
    if decision.exact:
        found = [f"{listed(decision.exact)} return{_s(decision.exact)} every input exactly."]
    elif decision.leader is None:
        found = ["No setting has a score from every one of its seeds."]
    else:
        found = [standing(decision), *comparisons(decision)]
    return [*found, *failures(decision)]


def standing(decision: Decision) -> str:
    """How sure it is that the leader leads."""
    tied, worse = decision.tied, decision.worse
    if decision.untested:
        return "Best by one seed alone: not tested, and the order may be chance."
    if decision.alone:
        return "The only setting with a score from every seed: compared with nothing."
    if not tied:
        return f"Ahead of {_all_others(len(worse))}."
    seeds = f"{decision.leader.seeds} seeds" if decision.leader else "The seeds"
    if not worse and len(tied) > NAMED:
        return f"{seeds} cannot tell it from any of the {len(tied)} others."
    rest = f"; it is ahead of the other {len(worse)}" if worse else ""
    return f"{seeds} cannot tell it from {listed(tied)}{rest}."


def _all_others(count: int) -> str:
    return "the only other" if count == 1 else f"all {count} others"


def comparisons(decision: Decision) -> list[str]:
    """What the leader is worth beside whoever is cheaper, PCA, and no code at all."""
    leader = decision.leader
    if leader is None or leader.score is None:
        return []
    return [each for each in (_effort(decision), _floor(decision), _baseline(decision)) if each]


def _effort(decision: Decision) -> str:
    """The quickest to train of those that are not told apart; or, behind a clear leader, the next.

    Nothing where the purpose is a cost itself, or no time is known.
    """
    leader = decision.leader
    if leader is None or _is_cost(decision.metric):
        return ""
    timed = [each for each in (leader, *decision.tied) if not math.isnan(each.seconds)]
    if decision.tied and leader in timed:
        quickest = min(timed, key=lambda each: each.seconds)
        if quickest is leader:
            return f"It is the quickest of these to train ({duration(leader.seconds)})."
        return f"The quickest of these to train is {_beside(quickest, leader)}."
    if decision.worse and leader in timed:
        return f"Next is {_beside(decision.worse[0], leader)}."
    return ""


def _is_cost(metric: str) -> bool:
    return bool(metrics()[metric].properties["group"] == COST)


def _beside(other: Entrant, leader: Entrant) -> str:
    """Another setting's distance from the leader's mean, and the time that either trains."""
    times = f"{duration(other.seconds)} against {duration(leader.seconds)}"
    trained = "" if math.isnan(other.seconds) else f", trained in {times}"
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


def failures(decision: Decision) -> list[str]:
    """Who has no rank, for seeds that failed."""
    if not decision.failed:
        return []
    named = [
        f"{each.setting} ({each.score.failed if each.score else each.seeds} of {each.seeds})"
        for each in decision.failed
    ]
    return [f"Not ranked, for seeds that failed: {', '.join(named)}."]


def over_all(standings: Sequence[tuple[str, int, int]]) -> str:
    """On how many data sets the first few are best or tied.

    >>> over_all([("ae", 3, 4), ("vae", 3, 4), ("klt", 1, 1)])
    'ae and vae on 3 of 4; klt on 1 of 1'
    >>> over_all([])
    'nothing was compared'
    """
    groups: dict[tuple[int, int], list[str]] = {}
    for setting, times, places in standings:
        groups.setdefault((times, places), []).append(setting)
    said, named = [], 0
    for (times, places), settings in groups.items():
        if named >= NAMED:
            break
        said.append(f"{_names(settings)} on {times} of {places}")
        named += len(settings)
    return "; ".join(said) or "nothing was compared"


def listed(entrants: Sequence[Entrant]) -> str:
    """Names of settings, the first few, and how many more."""
    return _names([each.setting for each in entrants])


def _names(names: Sequence[str]) -> str:
    """Names, the first few.

    >>> _names(["a", "b", "c"]), _names(["a", "b", "c", "d", "e"])
    ('a, b and c', 'a, b, c and 2 others')
    """
    if len(names) > NAMED + 1:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} others"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _s(entrants: Sequence[Entrant]) -> str:
    return "s" if len(entrants) == 1 else ""
