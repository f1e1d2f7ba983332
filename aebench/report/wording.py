"""A decision in words: who leads, how sure that is, what it costs, and who did not come through."""

from collections.abc import Sequence

from aebench.registry import metrics
from aebench.report.formatting import quantity
from aebench.report.standing import Decision, Entrant
from aebench.report.worth import comparisons

COUNTED = ("flops", "parameters")
"""Metrics that are counted from the model's definition: one seed is enough."""
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
        found = [f"{listed(decision.exact)} return{_s(decision.exact)} inputs exactly: infinite."]
    elif decision.leader is None:
        found = ["No setting has a score from every one of its seeds."]
    else:
        found = [standing(decision), *comparisons(decision)]
    return [*found, *failures(decision)]


def standing(decision: Decision) -> str:
    """How sure it is that the leader leads."""
    tied, worse = decision.tied, decision.worse
    if decision.untested and decision.metric in COUNTED:
        return "Counted from the model: no test is needed."
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
    """On how many data sets the first few are what `aebench.report.standing.standings` counts.

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
