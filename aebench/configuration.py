"""Read config.yaml into what it asks for, and answer every mistake in one line.

Each message names the file, the key, what was found, what is accepted and the nearest valid name.
"""

import difflib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from aebench import hardware, registry
from aebench.data import Budget
from aebench.registry import Entry

TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "str": (str,),
}
WORDS = {
    list: "a list",
    dict: "a mapping",
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "nothing",
}


DATASETS = "datasets"
"""Beside a variant's settings: the data sets to run it on."""


class Mistake(Exception):
    """The configuration cannot be run; the message is one line for its author."""


@dataclass(frozen=True, eq=False)
class Setting:
    """A variant with values for some of its hyper-parameters, under a name of its own.

    ``datasets`` are those it is run on; empty: all that suit it.
    """

    name: str
    variant: Entry
    values: dict[str, Any]
    datasets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Configuration:
    """What to run, checked."""

    hardware: list[str]
    skipped_hardware: list[str]
    datasets: dict[str, dict[str, Any]]
    settings: list[Setting]
    seeds: list[int]
    budgets: dict[str, Budget]
    backbones: dict[str, dict[str, Any]]
    """Changes to data sets' own networks."""

    def as_json(self) -> dict[str, Any]:
        """What config.yaml would say of the same, defaults included; no machine's paths."""
        return {
            "hardware": self.hardware,
            "seeds": self.seeds,
            "datasets": [{name: values} for name, values in self.datasets.items()],
            "variants": [
                {s.variant.name: s.values | ({DATASETS: list(s.datasets)} if s.datasets else {})}
                for s in self.settings
            ],
            "budget": {name: asdict(budget) for name, budget in self.budgets.items()},
            "backbone": self.backbones,
        }


def read(config: Mapping[str, Any], schema: Path, file: str = "config.yaml") -> Configuration:
    """Check ``config`` against the schema and the registries. Raises `Mistake`."""
    config = {key: _plain(value) for key, value in config.items()}
    try:
        check_schema(config, schema)
        kinds = hardware.select(config["hardware"])
        datasets = dict(_datasets(config["datasets"]))
        settings = list(
            {setting.name: setting for setting in _settings(config["variants"])}.values()
        )
        budgets = {name: _budget(name, config.get("budget", {})) for name in datasets}
        backbones = config.get("backbone", {})
        _check_names("backbone", backbones)
    except (Mistake, hardware.HardwareMissing) as error:
        raise Mistake(f"{file}: {error}") from None
    skipped = [
        kind for kind in hardware.KINDS if config["hardware"] == "auto" and kind not in kinds
    ]
    seeds = sorted(config["seeds"])
    return Configuration(kinds, skipped, datasets, settings, seeds, budgets, dict(backbones))


def nearest(name: str, known: Iterable[str]) -> str:
    """``nearest: a, b`` or, with nothing near, every known name."""
    names = sorted(known)
    close = difflib.get_close_matches(str(name), names, 3, 0.5)
    return f"nearest: {', '.join(close)}" if close else f"known: {', '.join(names)}"


def _plain(value: Any) -> Any:
    """The command line's ``--config`` leaves numbers in lists and mappings as text: read them."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        for number in (int, float):
            try:
                return number(value)
            except ValueError:
                continue
    return value


@cache
def _validator(schema: Path) -> Any:
    import yaml
    from jsonschema import Draft202012Validator

    return Draft202012Validator(yaml.safe_load(schema.read_text()))


def check_schema(config: Mapping[str, Any], schema: Path) -> None:
    """Raise `Mistake`, in one line, where ``config`` is not what the file ``schema`` says."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator(schema).iter_errors(config))
    if error is None:
        return
    where = ".".join(map(str, error.absolute_path)) or "top level"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = sorted(set(error.instance) - set(known))[0]
        raise Mistake(f"{where}: unknown key '{unknown}'; {nearest(unknown, known)}")
    if error.validator == "required":
        missing = sorted(set(error.validator_value) - set(error.instance))[0]
        raise Mistake(f"{where}: key '{missing}' is missing")
    found = f"found {WORDS.get(type(error.instance), 'something')} ({error.instance!r})"
    accepted = error.schema.get("description") or error.message
    raise Mistake(f"{where}: {found}, accepted: {accepted}")


def _named(entries: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """``name`` or ``{name: {setting: value}}``."""
    for entry in entries:
        yield from entry.items() if isinstance(entry, dict) else [(entry, {})]


def _datasets(entries: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    known = registry.datasets()
    for name, values in _named(entries):
        if name not in known:
            raise Mistake(f"datasets: unknown data set '{name}'; {nearest(name, known)}")
        where = f"datasets.{name}"
        yield name, {s: _checked(where, known[name], s, value) for s, value in values.items()}


def _settings(entries: list[Any]) -> Iterator[Setting]:
    known = registry.variants()
    families = {entry.properties["family"] for entry in known.values()}
    named = {name for name, _ in _named(entries)}
    for name, values in _named(entries):
        if name in families:
            members = [v for v in known.values() if v.properties["family"] == name]
            yield from (Setting(v.name, v, {}) for v in members if v.name not in named)
        elif name in known:
            yield from sweep(known[name], values)
        else:
            near = nearest(name, [*known, *families])
            raise Mistake(f"variants: unknown variant or family '{name}'; {near}")


def sweep(variant: Entry, values: Mapping[str, Any]) -> Iterator[Setting]:
    """One setting per combination of the listed values."""
    where = f"variants.{variant.name}"
    as_lists = {name: v if isinstance(v, list) else [v] for name, v in values.items()}
    datasets = tuple(as_lists.pop(DATASETS, ()))
    _check_names(f"{where}.{DATASETS}", datasets)
    lists = {
        name: [_checked(where, variant, name, value) for value in listed]
        for name, listed in as_lists.items()
    }
    for combination in itertools.product(*lists.values()):
        chosen = dict(zip(lists, combination, strict=True))
        suffix = "".join(f",{name}={_text(value)}" for name, value in sorted(chosen.items()))
        yield Setting(variant.name + suffix, variant, chosen, datasets)


def _checked(where: str, entry: Entry, name: str, value: Any) -> Any:
    """The value in the setting's type, so that 2 and 2.0 are one setting."""
    if name not in entry.settings:
        accepted = nearest(name, entry.settings) if entry.settings else "it has none"
        raise Mistake(f"{where}: unknown setting '{name}'; {accepted}")
    wanted = TYPES[entry.settings[name].type]
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        found = f"found {WORDS.get(type(value), 'something')} ({value!r})"
        raise Mistake(f"{where}.{name}: {found}, accepted: {WORDS[wanted[-1]]}")
    return wanted[-1](value)


def _text(value: Any) -> str:
    """A value as part of a name: 2.0 as ``2``."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _budget(dataset: str, budgets: Mapping[str, Mapping[str, Any]]) -> Budget:
    _check_names("budget", budgets)
    own = registry.datasets()[dataset].properties["budget"]
    return Budget(**own | dict(budgets.get(dataset, {})))


def _check_names(key: str, names: Iterable[str]) -> None:
    known = registry.datasets()
    for name in names:
        if name not in known:
            raise Mistake(f"{key}: unknown data set '{name}'; {nearest(name, known)}")
