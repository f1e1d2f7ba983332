"""Claims of papers that this benchmark can test: one small file each, read and checked.

A file of `aebench/claims/` has the claim in a sentence of ours, whose it is, the data sets to test
it on with the fewest optimiser steps that do, and its tests, all of which have to hold. A test is a
metric and one relation:

- ``better: A, than: B``: A's mean is ahead of B's in the metric's direction, and ``by: m`` at least
  by so much
- ``not_worse: A, than: B, margin: m``: B's mean is ahead of A's by no more than m
- ``equal: A, to: B, margin: m``: the means are no further apart than m
- ``monotone: {variant: {setting: [1, 2, 4]}}, direction: rises``: the mean rises with each step
- ``at_most: 0.1, of: A`` and ``at_least``: the mean is no more, or no less, than the number

A and B are variants, with settings as in config.yaml. Margins m are numbers in the metric's unit or
shares of B's mean (``5%``). ``than_metric`` is B's metric where it is another than A's. With
``matched: {metric: l0, within: 10%}``, A and B list several values, and those two are compared
whose means of this metric are nearest, if they are no further apart than that share.

Each mistake is answered in one line that names file, key, what was found and what is accepted.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from aebench import registry
from aebench.configuration import DATASETS, Mistake, Setting, check_schema, nearest, sweep
from aebench.fit import fits, suits, trainable
from aebench.from_source import from_source
from aebench.ledger.claims import Claim, Margin, Match, Test
from aebench.registry import Entry

FOLDER = registry.PACKAGE / "claims"
SCHEMA = Path(__file__).with_name("claim.schema.yaml")
FEWEST_SEEDS = 3

OTHER = {"better": "than", "not_worse": "than", "equal": "to", "at_most": "of", "at_least": "of"}
"""The key of the setting beside that of the relation."""
COMPARING = ("better", "not_worse", "equal")
BOUNDS = ("at_most", "at_least")
REQUIRED = {"not_worse": {"margin"}, "equal": {"margin"}, "monotone": {"direction"}}
RELATIONS = (*OTHER, "monotone")


@from_source
def read_all() -> list[Claim]:
    """Every claim, by id. Raises `Mistake`."""
    return [read(path) for path in sorted(FOLDER.glob("*.yaml"))]


def read(path: Path) -> Claim:
    """One claim. Raises `Mistake`."""
    try:
        return _claim(_parsed(path), path.stem)
    except Mistake as error:
        raise Mistake(f"{path.parent.name}/{path.name}: {error}") from None


def _parsed(path: Path) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        raise Mistake(f"line {mark.line + 1 if mark else 1}: not YAML ({problem})") from None
    if not isinstance(content, dict):
        raise Mistake("top level: expected a mapping of id, paper, claim, datasets and tests")
    return content


def _claim(content: dict[str, Any], stem: str) -> Claim:
    check_schema(content, SCHEMA)
    if content["id"] != stem:
        raise Mistake(f"id: found '{content['id']}', accepted: the file's name, '{stem}'")
    datasets = {name: _dataset(name) for name in content["datasets"]}
    tests = []
    for place, test in enumerate(content["tests"]):
        made = _test(f"tests.{place}", test)
        _check_fit(f"tests.{place}", made, datasets)
        tests.append(made)
    return Claim(
        content["id"],
        content["paper"],
        " ".join(content["claim"].split()),
        " ".join(content.get("note", "").split()),
        content.get("seeds", FEWEST_SEEDS),
        {name: each["steps"] for name, each in content["datasets"].items()},
        tuple(tests),
    )


def _dataset(name: str) -> Entry:
    known = {name: entry for name, entry in registry.datasets().items() if trainable(entry)}
    if name not in known:
        raise Mistake(f"datasets: unknown data set '{name}'; {nearest(name, known)}")
    return known[name]


def _test(where: str, test: dict[str, Any]) -> Test:
    relation = _relation(where, test)
    metric = _metric(f"{where}.metric", test["metric"])
    if relation in ("better", "not_worse"):
        _check_direction(f"{where}.metric", metric)
    bounded, matched = relation in BOUNDS, test.get("matched")
    several = bool(matched) or relation == "monotone"
    keys = [key for key in (relation, OTHER.get(relation)) if key and key not in BOUNDS]
    sides = [tuple(_settings(f"{where}.{key}", test[key], several)) for key in keys]
    if relation == "monotone" and len(sides[0]) < 2:
        raise Mistake(f"{where}.monotone: found no list of values, accepted: one of two or more")
    return Test(
        relation,
        metric,
        _metric(f"{where}.than_metric", test.get("than_metric", metric.name)),
        first=sides[0],
        second=sides[1] if len(sides) > 1 else (),
        margin=_margin(test.get("margin", test.get("by", 0.0))),
        bound=float(test[relation]) if bounded else 0.0,
        direction=test.get("direction", ""),
        matched=_match(where, matched) if matched else None,
    )


def _match(where: str, matched: Mapping[str, Any]) -> Match:
    metric = _metric(f"{where}.matched.metric", matched["metric"])
    return Match(metric, _margin(matched["within"]).value)


def _relation(where: str, test: Mapping[str, Any]) -> str:
    """The one relation of a test, whose keys are all there and no others."""
    found = [key for key in RELATIONS if key in test]
    if len(found) != 1:
        said = " and ".join(found) or "none"
        raise Mistake(f"{where}: found {said}, accepted: one of {', '.join(RELATIONS)}")
    relation = found[0]
    required = {"metric", relation, OTHER.get(relation, "metric")} | REQUIRED.get(relation, set())
    for key in sorted(required - test.keys()):
        raise Mistake(f"{where}: key '{key}' is missing beside '{relation}'")
    accepted = required | ({"matched", "than_metric"} if relation in COMPARING else set())
    accepted |= {"by"} if relation == "better" else set()
    for key in sorted(test.keys() - accepted):
        raise Mistake(f"{where}: key '{key}' beside '{relation}'; {nearest(key, accepted)}")
    return relation


def _settings(where: str, entry: str | dict[str, Any], several: bool) -> Iterator[Setting]:
    """Those that an entry of config.yaml names, values that are defaults left out."""
    name, values = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
    known = registry.variants()
    if name not in known:
        raise Mistake(f"{where}: unknown variant '{name}'; {nearest(name, known)}")
    swept = [key for key, value in values.items() if isinstance(value, list)]
    if len(swept) > several:
        accepted = "one value" if not several else "one list"
        raise Mistake(f"{where}.{name}: found lists of {', '.join(swept)}, accepted: {accepted}")
    if DATASETS in values:
        raise Mistake(f"{where}.{name}: unknown setting '{DATASETS}'; the claim says where")
    try:
        found = list(sweep(known[name], values))
    except Mistake as error:
        raise Mistake(f"{where}: {str(error).removeprefix('variants.')}") from None
    for setting in found:
        defaults = {key: parameter.default for key, parameter in known[name].settings.items()}
        own = {key: value for key, value in setting.values.items() if value != defaults[key]}
        yield from sweep(known[name], own)


def _metric(where: str, name: str) -> Entry:
    known = registry.metrics()
    if name not in known:
        raise Mistake(f"{where}: unknown metric '{name}'; {nearest(name, known)}")
    return known[name]


def _check_direction(where: str, metric: Entry) -> None:
    if metric.properties["better"] == "neither":
        accepted = "equal, monotone, at_most and at_least"
        raise Mistake(f"{where}: '{metric.name}' has no better direction, accepted: {accepted}")


def _margin(value: float | str) -> Margin:
    if isinstance(value, str):
        return Margin(float(value.removesuffix("%")) / 100, True)
    return Margin(float(value), False)


def _check_fit(where: str, test: Test, datasets: Mapping[str, Entry]) -> None:
    """Raise `Mistake` for a variant or metric that does not fit a data set."""
    for name, dataset in datasets.items():
        for setting, metric in test.read:
            variant = setting.variant
            if not suits(variant, dataset):
                needs = ", ".join(variant.properties["needs"])
                raise Mistake(f"{where}: '{variant.name}' needs {needs}, which '{name}' has not")
            if not fits(metric, dataset, variant):
                fitting = [m for m in registry.metrics() if fits(_metric("", m), dataset, variant)]
                near = nearest(metric.name, fitting)
                raise Mistake(
                    f"{where}: metric '{metric.name}' does not fit {variant.name} on {name}; {near}"
                )
