"""What makes one cell again: the part of the configuration that reaches it, and its files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aebench.data import Description
from aebench.files import read_json
from aebench.report.origin import Step

Content = dict[str, Any]


def reproduction(plan: Mapping[str, Any], steps: Sequence[Step]) -> Content | None:
    """All that the page's script puts a command together from; none for a plan without its
    configuration.

    ``configuration`` is as config.yaml says it, with everything resolved; ``trained_on`` maps data
    sets to those whose models they see; ``settings`` maps names to variant and values; ``cells``
    maps data set, hardware, setting and seed to the last folders of the cell's scores, joined by
    commas, and the commit that made it; empty where there were several.
    """
    if "configuration" not in plan:
        return None
    commits: dict[tuple[str, ...], set[str]] = {}
    for step in steps:
        place = step.run.dataset, step.run.hardware, step.run.setting, str(step.run.seed)
        commits.setdefault(place, set()).add(step.record["commit"])
    cells: Content = {}
    for run in plan["runs"]:
        of_dataset = cells.setdefault(run["dataset"], {}).setdefault(run["hardware"], {})
        folders = ",".join(Path(folder).name for folder in run["scores"].values())
        seed = str(run["seed"])
        made_by = commits.get((run["dataset"], run["hardware"], run["setting"], seed), set())
        commit = next(iter(made_by)) if len(made_by) == 1 else ""
        of_dataset.setdefault(run["setting"], {})[seed] = [folders, commit]
    described = {
        name: Description(**read_json(Path(folder) / "data.json"))
        for name, folder in plan["datasets"].items()
    }
    return {
        "configuration": plan["configuration"],
        "trained_on": {name: each.trained_on for name, each in described.items()},
        "settings": {run["setting"]: {run["variant"]: run["values"]} for run in plan["runs"]},
        "cells": cells,
    }
