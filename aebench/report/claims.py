"""What papers claim and what the runs say of it, as the page and the terminal show it."""

from pathlib import Path
from typing import Any

from aebench.files import read_json
from aebench.report.formatting import quantity, short

VERDICTS = ("supported", "contradicted", "inconclusive")
CLASSES = dict(zip(VERDICTS, ("best key", "failed", "nothing"), strict=True))

Content = dict[str, Any]


def judged(tables: Path) -> list[Content]:
    """The claims of ``claims.json`` (`aebench.ledger.tables.as_json`); none where nothing was
    judged.
    """
    path = tables / "claims.json"
    found: list[Content] = read_json(path) if path.is_file() else []
    return found


def section(tables: Path) -> Content | None:
    """The judged claims: ``tested``, those with numbers to show, in the order of `VERDICTS`,
    ``untested``, those without, and how many there are of each verdict among the former. None where
    nothing was judged.
    """
    claims = [_shown(claim) for claim in judged(tables)]
    if not claims:
        return None
    tested = [claim for claim in claims if claim["has_numbers"]]
    return {
        "counts": {v: sum(claim["verdict"] == v for claim in tested) for v in VERDICTS},
        "tested": sorted(tested, key=lambda claim: VERDICTS.index(claim["verdict"])),
        "untested": [claim for claim in claims if not claim["has_numbers"]],
    }


def lines(tables: Path) -> list[str]:
    """A line for each tested claim, and how many were not tested: what the terminal prints."""
    content = section(tables)
    if content is None:
        return []
    found = [
        f"{claim['verdict']}: {claim['id']}"
        + (f" ({claim['lacking']})" if claim["lacking"] else "")
        for claim in content["tested"]
    ]
    rest = len(content["untested"])
    return [*found, f"{rest} more not tested by these runs"] if rest else found


def _shown(claim: Content) -> Content:
    findings = [_finding(finding) for finding in claim["findings"]]
    return claim | {
        "lacking": "; ".join(claim["missing"]) if claim["verdict"] == "inconclusive" else "",
        "findings": findings,
        "has_numbers": any(finding["shown"] for finding in findings),
        "class": CLASSES[claim["verdict"]],
        "fewest": min((finding["seeds"] for finding in findings), default=0),
    }


def _finding(finding: Content) -> Content:
    """A finding with its difference as ``shown``, ``(mean, half-width)``, and what it has to be as
    ``allowed``; both empty where there is none.
    """
    bounds = [finding[name] for name in ("difference", "low", "high")]
    mean, *ends = (float("nan") if value is None else value for value in bounds)
    least, most = finding["least"], finding["most"]
    allowed = f"within ±{short(most)}" if most is not None else f"> {short(least or 0.0)}"
    return finding | {
        "allowed": allowed if bounds[0] is not None else "",
        "shown": () if finding["difference"] is None else quantity(mean, *ends),
        "effect": _effect(finding["effect_size"], mean, finding["seeds"]),
        "class": CLASSES[finding["verdict"]],
    }


def _effect(size: float | None, difference: float, seeds: int) -> str:
    """An effect size in words: infinite where differences of several seeds are all the same."""
    if size is not None:
        return short(size)
    if seeds < 2 or not difference < 0 and not difference > 0:
        return "–"
    return "∞" if difference > 0 else "−∞"
