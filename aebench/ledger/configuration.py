"""The configuration that trains what claims need, and no more."""

from collections.abc import Iterable, Sequence
from typing import Any

from aebench.configuration import DATASETS, Mistake, Setting, nearest
from aebench.ledger.claims import Claim


def select(claims: Sequence[Claim], name: str) -> list[Claim]:
    """The claims of these ids, separated by commas, or ``all``. Raises `Mistake`."""
    if name == "all":
        return list(claims)
    known = {claim.id: claim for claim in claims}
    asked = [each.strip() for each in name.split(",")]
    for each in asked:
        if each not in known:
            raise Mistake(f"claim: there is no claim '{each}'; {nearest(each, known)}")
    return [known[each] for each in dict.fromkeys(asked)]


def needed(claims: Iterable[Claim], hardware: str | list[str] = "auto") -> dict[str, Any]:
    """What `aebench.configuration.read` takes: every setting on the data sets of its claims, under
    as many seeds as the most demanding claim asks for, with each data set's largest least budget.
    """
    claims = list(claims)
    steps: dict[str, int] = {}
    where: dict[str, tuple[Setting, dict[str, None]]] = {}
    for claim in claims:
        for name, fewest in claim.steps.items():
            steps[name] = max(fewest, steps.get(name, 0))
        for setting in claim.settings.values():
            where.setdefault(setting.name, (setting, {}))[1].update(dict.fromkeys(claim.steps))
    return {
        "hardware": hardware,
        "seeds": list(range(max(claim.seeds for claim in claims))),
        "datasets": list(steps),
        "variants": [
            {setting.variant.name: {**setting.values, DATASETS: list(names)}}
            for setting, names in where.values()
        ],
        "budget": {name: {"steps": fewest} for name, fewest in steps.items()},
        "backbone": {},
    }
