"""The three lists (variants, data sets, metrics) and the figures, read from their files' syntax.

An entry is a class or function under one of the decorators below. The decorator's arguments are
literals, so a list of everything there is costs no import: planning, help and validation never wait
for torch. What an entry *is* stands in its own file and nowhere else.
"""

import ast
import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from aebench.from_source import from_source

PACKAGE = Path(__file__).parent
COST = "cost"
"""The metric group of what a run takes, not of what it gives."""
Declared = TypeVar("Declared", bound=Callable[..., Any])


def variant(
    name: str,
    *,
    title: str,
    family: str,
    paper: str,
    equation: str,
    needs: tuple[str, ...] = (),
    likelihood: str = "",
) -> Callable[[Declared], Declared]:
    """Declare a class as a variant; its annotated class attributes are its settings. ``needs`` are
    arrays that a data set must offer it (`aebench.fit`): ``labels``, ``images``. ``likelihood`` is
    what it has whatever the data set's is.
    """
    return lambda declared: declared


def dataset(name: str, **properties: Any) -> Callable[[Declared], Declared]:
    """Declare a function ``(directory, **settings) -> Splits`` as a data set.

    ``properties`` are the fields of `aebench.data.Description`, its keyword parameters settings.
    """
    return lambda declared: declared


def metric(
    *,
    better: str | dict[str, str],
    unit: str,
    value_range: str,
    source: str,
    reads: tuple[str, ...],
    needs: tuple[str, ...] = (),
    name: str = "",
    values: dict[str, str] | None = None,
    matrices: dict[str, str] | None = None,
) -> Callable[[Declared], Declared]:
    """Declare a function of arrays as a metric, under its own name or ``name``.

    ``reads`` names, in order, the arrays it is called with: that is also what a run must offer for
    the metric to fit (`aebench.fit`); ``needs`` names more that must be there. ``better`` is
    ``"higher"``, ``"lower"`` or ``"neither"``. A function that returns a mapping declares as many
    metrics: ``values`` maps its keys to their names, and ``unit`` and the like are those of all of
    them, as is ``better`` where it is not a mapping of these keys itself. ``matrices`` names arrays
    in the mapping that figures show.
    """
    return lambda declared: declared


def figure(
    name: str, *, title: str, caption: str, needs: str, per_variant: bool
) -> Callable[[Declared], Declared]:
    """Declare a function ``draw(view) -> Figure``; ``needs`` is what must exist to draw it."""
    return lambda declared: declared


def figure_across(
    name: str, *, title: str, caption: str, per_group: bool
) -> Callable[[Declared], Declared]:
    """Declare a function ``draw(rankings) -> Figure`` of all data sets together; ``per_group``:
    it also draws one ``group=`` of metrics.
    """
    return lambda declared: declared


@dataclass(frozen=True)
class Parameter:
    """One hyper-parameter: its type's name (``"float"``) and default."""

    type: str
    default: Any


@dataclass(frozen=True)
class Entry:
    """One declared thing: where it is defined and what its file says about it."""

    kind: str
    name: str
    module: str
    symbol: str
    documentation: str
    properties: dict[str, Any]
    settings: dict[str, Parameter] = field(default_factory=dict)
    methods: frozenset[str] = frozenset()

    @property
    def summary(self) -> str:
        """The first sentence of the documentation."""
        return " ".join(self.documentation.split("\n\n")[0].split())

    def load(self) -> Any:
        """Import the module and return the declared class or function."""
        return getattr(importlib.import_module(self.module), self.symbol)


def variants() -> dict[str, Entry]:
    """Every variant by name, in order of family and name."""
    return _entries("variant", "variants/*/*.py")


def datasets() -> dict[str, Entry]:
    """Every data set by name."""
    return _entries("dataset", "datasets/*.py")


def metrics() -> dict[str, Entry]:
    """Every metric by name; ``properties["group"]`` is the module or folder it lives in, ``key``
    its place in the mapping that the function returns, if it does.
    """
    return _entries("metric", "metrics/*.py") | _entries("metric", "metrics/*/*.py")


def figures() -> dict[str, Entry]:
    """Every figure of one data set by name."""
    return _entries("figure", "figures/*.py")


def figures_across() -> dict[str, Entry]:
    """Every figure of all data sets together by name."""
    return _entries("figure_across", "figures/*.py")


def capabilities(entry: Entry) -> frozenset[str]:
    """Names of the protocols in `aebench.variants.capabilities` whose members a variant defines.

    The same answer as ``isinstance`` on the class (a contract test compares them), without torch.
    """
    return frozenset(name for name, members in _protocols().items() if members <= entry.methods)


@from_source
def _protocols() -> dict[str, set[str]]:
    """The members of every protocol, by its name."""
    return {
        statement.name: _members(statement)
        for statement in _tree("aebench.variants.capabilities").body
        if isinstance(statement, ast.ClassDef)
    }


def module_file(module: str) -> Path:
    """The file of a module of this package; raises `ModuleNotFoundError` where there is none."""
    path = PACKAGE.parent / Path(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    raise ModuleNotFoundError(module)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(module_file(module).read_text())


@from_source
def _entries(kind: str, pattern: str) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for path in sorted(PACKAGE.glob(pattern)):
        module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for entry in _declared(kind, module):
            if entry.name in found:
                raise ValueError(
                    f"{path}: {kind} '{entry.name}' is also in {found[entry.name].module}"
                )
            found[entry.name] = entry
    return found


def _declared(kind: str, module: str) -> Iterator[Entry]:
    tree = _tree(module)
    for node in tree.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call) or getattr(decorator.func, "id", "") != kind:
                continue
            properties = {
                keyword.arg: _literal(tree, keyword.value)
                for keyword in decorator.keywords
                if keyword.arg
            }
            named = ast.literal_eval(decorator.args[0]) if decorator.args else node.name
            if isinstance(node, ast.ClassDef):
                text = ast.get_docstring(tree) or ""
                settings, methods = _attributes(module, node), frozenset(_methods(module, node))
            else:
                text = ast.get_docstring(node) or ""
                settings, methods = _keywords(node), frozenset()
            entry = Entry(kind, named, module, node.name, text, properties, settings, methods)
            yield from _metrics(entry) if kind == "metric" else [entry]


def _metrics(entry: Entry) -> Iterator[Entry]:
    """One entry per value of a metric's function: itself, or each of its mapping's."""
    properties = entry.properties | {"group": entry.module.split(".")[2]}
    values = properties.pop("values", None) or {"": properties.pop("name", "") or entry.name}
    for key, name in values.items():
        better = properties["better"]
        one = {"key": key, "better": better[key] if isinstance(better, dict) else better}
        yield replace(entry, name=name, properties=properties | one)


def _literal(tree: ast.Module, node: ast.expr) -> Any:
    """A literal, or the literal that a constant of the module, or of one it is imported from,
    stands for.
    """
    if isinstance(node, ast.Name):
        for statement in tree.body:
            if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == node.id:
                return ast.literal_eval(statement.value)
            if isinstance(statement, ast.ImportFrom) and statement.module:
                if node.id in [alias.name for alias in statement.names if not alias.asname]:
                    return _literal(_tree(statement.module), node)
    return ast.literal_eval(node)


def _members(node: ast.ClassDef) -> set[str]:
    """Methods, annotated attributes and what methods assign to ``self``."""
    names = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    for part in ast.walk(node):
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            names.add(part.target.id)
        elif isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
            if ast.unparse(part.value) == "self":
                names.add(part.attr)
    return names


def _bases(module: str, node: ast.ClassDef) -> Iterator[tuple[str, ast.ClassDef]]:
    """The base classes that this package defines, each with the module it is in."""
    tree = _tree(module)
    origin = {
        alias.asname or alias.name: (statement.module or "", alias.name)
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    for base in node.bases:
        name = getattr(base, "id", "")
        home, original = origin.get(name, (module, name))
        if home.split(".")[0] != PACKAGE.name:
            continue
        for statement in _tree(home).body:
            if isinstance(statement, ast.ClassDef) and statement.name == original:
                yield home, statement


def _methods(module: str, node: ast.ClassDef) -> set[str]:
    inherited = (_methods(home, base) for home, base in _bases(module, node))
    return _members(node).union(*inherited)


def _attributes(module: str, node: ast.ClassDef) -> dict[str, Parameter]:
    """Annotated class attributes with literal defaults, the bases' first."""
    settings: dict[str, Parameter] = {}
    for home, base in _bases(module, node):
        settings |= _attributes(home, base)
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and item.value:
            settings[item.target.id] = Parameter(
                ast.unparse(item.annotation), ast.literal_eval(item.value)
            )
    return settings


def _keywords(node: ast.FunctionDef) -> dict[str, Parameter]:
    return {
        argument.arg: Parameter(ast.unparse(argument.annotation), ast.literal_eval(default))
        for argument, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if argument.annotation and default
    }
