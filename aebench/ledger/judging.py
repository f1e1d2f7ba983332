"""Whether scores support a claim: differences over common seeds against what the claim allows.

A test on a data set is ``supported`` where the 95 % t interval of the paired differences lies
within what the claim allows, ``contradicted`` where a wider one lies outside, and ``inconclusive``
otherwise or where something is missing, which is then named. All tests have to hold, so support
needs no correction; one that fails refutes, so that interval's level is 1 - 0.05 / m for the m
comparisons of a claim, on all data sets and hardware (Bonferroni).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from aebench.configuration import Setting
from aebench.ledger.claims import Claim, Test
from aebench.ledger.relations import Comparison, Verdict, comparisons, count, statement, verdict
from aebench.ledger.scores import Scores
from aebench.statistics import Interval, cohens_d


class Evidence(NamedTuple):
    """A setting's mean of a metric over the seeds that were compared."""

    setting: str
    metric: str
    mean: float


@dataclass(frozen=True)
class Finding:
    """One test on one data set. ``difference`` with its interval is in the metric's unit, positive
    in the claim's direction, and has to be from ``least`` to ``most`` (infinite but for ``equal``);
    of several steps it is the one that shows least. ``effect_size`` is Cohen's d, infinite where
    differences do not vary; numbers are NaN where there are none. ``missing`` says why it is
    inconclusive.
    """

    hardware: str
    dataset: str
    metric: str
    statement: str
    verdict: Verdict
    difference: float
    low: float
    high: float
    least: float
    most: float
    effect_size: float
    seeds: int
    steps: int
    missing: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Judged:
    """A claim with what was found, over all its tests, data sets and hardware."""

    claim: Claim
    findings: list[Finding]

    @property
    def verdict(self) -> Verdict:
        """Contradicted where one finding is, supported where all are."""
        found = {finding.verdict for finding in self.findings}
        if "contradicted" in found:
            return "contradicted"
        return "supported" if found == {"supported"} else "inconclusive"

    @property
    def missing(self) -> list[str]:
        """What the findings lack, each once."""
        return list(dict.fromkeys(f.missing for f in self.findings if f.missing))


def judge(claims: Iterable[Claim], scores: Scores) -> list[Judged]:
    """The verdict on every claim."""
    return [
        Judged(
            claim,
            [
                _finding(claim, test, hardware, dataset, scores)
                for hardware in scores.hardware
                for dataset in claim.steps
                for test in claim.tests
            ],
        )
        for claim in claims
    ]


def _finding(claim: Claim, test: Test, hardware: str, dataset: str, scores: Scores) -> Finding:
    read = [(s, m, scores.of(hardware, dataset, s, m.name)) for s, m in test.read]
    absent = next((found for _, _, found in read if isinstance(found, str)), "")
    first, second, unlike = test.first, test.second, ""
    if test.matched and not absent:
        first, second, unlike = _matched(test, hardware, dataset, scores)
    settings = [(s, test.metric) for s in first] + [(s, test.second_metric) for s in second]
    seeds = [] if absent else scores.common(hardware, dataset, settings)
    values = [scores.values(hardware, dataset, s, m, seeds) for s, m in settings]
    steps = scores.steps.get(dataset, 0)
    missing = absent or unlike or _too_little(claim, dataset, len(seeds), scores)
    compared = list(comparisons(test, values)) if seeds else []
    shown = min(compared, key=lambda comparison: comparison.room) if compared else None
    said: Verdict = "inconclusive"
    if not missing:
        places = len(scores.hardware) * len(claim.steps)
        family = places * sum(map(count, claim.tests))
        said = verdict(compared, family)
        if said == "inconclusive":
            missing = f"seeds: with {len(seeds)} on {dataset} {_left_open(compared, family)}"
    return Finding(
        hardware,
        dataset,
        test.metric.name,
        statement(test, first, second),
        said,
        *(shown.interval() if shown else Interval(math.nan, math.nan, math.nan)),
        least=float(shown.least.mean()) if shown else math.nan,
        most=float(shown.most.mean()) if shown else math.nan,
        effect_size=cohens_d(shown.first, shown.second) if shown and len(seeds) > 1 else math.nan,
        seeds=len(seeds),
        steps=steps,
        missing=missing,
        evidence=tuple(
            Evidence(s.name, m.name, float(v.mean()))
            for (s, m), v in zip(settings, values, strict=True)
            if seeds
        ),
    )


def _left_open(compared: Iterable[Comparison], family: int) -> str:
    if any(comparison.fails() for comparison in compared):
        return f"it fails at 95 %, not as one of {family} comparisons"
    return "the interval leaves it open"


def _too_little(claim: Claim, dataset: str, seeds: int, scores: Scores) -> str:
    """What the claim asks for beyond what there is."""
    steps = scores.steps.get(dataset, 0)
    if other := scores.changed.get(dataset):
        return f"data: {dataset} was run with {other}, the claim is about its own"
    if steps < claim.steps[dataset]:
        return f"budget: {steps:,} steps on {dataset}, at least {claim.steps[dataset]:,} are needed"
    if seeds < claim.seeds:
        return f"seeds: {seeds} in common on {dataset}, at least {claim.seeds} are needed"
    return ""


def _matched(
    test: Test, hardware: str, dataset: str, scores: Scores
) -> tuple[tuple[Setting, ...], tuple[Setting, ...], str]:
    """The two settings that are nearest in the matched metric, and why they are not alike."""
    assert test.matched
    name = test.matched.metric.name
    means = {s.name: scores.mean(hardware, dataset, s, name) for s in (*test.first, *test.second)}

    def apart(pair: tuple[Setting, Setting]) -> float:
        a, b = (means[setting.name] for setting in pair)
        return abs(a - b) / (max(abs(a), abs(b)) or 1.0)

    first, second = min(((a, b) for a in test.first for b in test.second), key=apart)
    unlike = apart((first, second))
    if unlike <= test.matched.within:
        return (first,), (second,), ""
    said = f"settings: {name} differs by {unlike:.0%} on {dataset}"
    return (first,), (second,), f"{said}, at most {test.matched.within:.0%} is taken as equal"
