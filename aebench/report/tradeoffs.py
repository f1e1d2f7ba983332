"""What the page's script draws one metric against another from."""

import json
import math
from typing import Any

from markupsafe import Markup

from aebench.figures.style import PALETTE
from aebench.registry import COST, Entry, metrics, variants
from aebench.report.formatting import readable
from aebench.report.tables import order, settings
from aebench.summary import Score


def tradeoffs(plan: dict[str, Any], titles: dict[str, str], scores: list[Score]) -> dict[str, Any]:
    """Everything a scatter plot of means needs.

    ``values`` maps data set, hardware, metric and setting to [mean, low, high, seeds in the mean,
    seeds that failed, whether it is compared: all but densities of another likelihood], bounds of
    the 95 % interval None where there is none; ``titles`` maps data sets to what they are called;
    ``settings`` are each data set's, in the colours of its figures; ``families`` are those of
    settings, ``steps`` the trainings' on each data set.
    """
    values: dict[str, Any] = {}
    for score in scores:
        if math.isfinite(score.mean):
            of_place = values.setdefault(score.dataset, {}).setdefault(score.hardware, {})
            of_place.setdefault(score.metric, {})[score.setting] = [
                *(_short(number) for number in (score.mean, score.low, score.high)),
                score.seeds,
                score.failed,
                not score.apart,
            ]
    used = {score.metric for score in scores}
    known = variants()
    return {
        "datasets": {name: titles[name] for name in plan["datasets"] if name in values},
        "hardware": plan["hardware"],
        "settings": {
            name: {
                setting["setting"]: PALETTE[place % len(PALETTE)]
                for place, setting in enumerate(settings(plan, dataset=name))
            }
            for name in plan["datasets"]
        },
        "families": {
            each["setting"]: known[each["variant"]].properties["family"] for each in settings(plan)
        },
        "steps": {name: budget["steps"] for name, budget in plan["budgets"].items()},
        "metrics": {
            name: {
                "title": readable(name),
                **{key: metric.properties[key] for key in ("group", "unit", "better")},
            }
            for name, metric in sorted(metrics().items(), key=_place)
            if name in used
        },
        "values": values,
    }


def _place(named: tuple[str, Entry]) -> tuple[bool, tuple[int, str]]:
    group = str(named[1].properties["group"])
    return group == COST, order(group)


def embedded(content: Any) -> Markup:
    """JSON that may stand in a script element."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def _short(number: float) -> float | None:
    return float(f"{number:.6g}") if math.isfinite(number) else None
