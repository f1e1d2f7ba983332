"""A hash over the code a job can execute: what makes re-runs exact.

From each entry module the closure follows imports inside the project, symbol by symbol: of a module
that is only imported from, the names that are used count, together with what they use, and every
statement that runs on import. Comments, docstrings and formatting do not count. Star imports and
``getattr`` on modules are not followed, so the project uses neither.
"""

import ast
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from aebench.from_source import from_source
from aebench.registry import PACKAGE, module_file

ROOTS = (PACKAGE.name, "scripts")
HARMLESS = frozenset(
    ["variant", "dataset", "metric", "figure", "figure_across"]  # the registry's
    + ["dataclass", "cache", "from_source", "runtime_checkable", "contextmanager", "no_grad"]
)
"""Decorators that do nothing beyond the name they decorate: what they decorate counts when used."""


@dataclass(frozen=True)
class Source:
    """A parsed module: its statements, the names they bind, where imported names come from."""

    statements: tuple[ast.stmt, ...]
    bound: dict[str, tuple[int, ...]]
    imported: dict[str, tuple[str, str | None]]
    effects: tuple[int, ...]


def key(*modules: str, **content: Any) -> str:
    """Twelve hex digits that name a result: the code of ``modules`` and all of ``content``."""
    text = json.dumps([code(*modules), content], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@from_source
def code(*modules: str) -> str:
    """SHA-256 of the code reachable from ``modules``."""
    digest = hashlib.sha256()
    for module, index in sorted(closure(*modules)):
        digest.update(f"{module}:{_text(module, index)}\n".encode())
    return digest.hexdigest()


def closure(*modules: str) -> set[tuple[str, int]]:
    """Every reachable statement, as (module, position in the module)."""
    found: set[tuple[str, int]] = set()
    waiting = [
        (module, index) for module in modules for index in range(len(source(module).statements))
    ]
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting.extend(_uses(*place))
    return found


@cache
def source(module: str) -> Source:
    """Read and index one module of the project."""
    tree = ast.parse(module_file(module).read_text())
    bound: dict[str, list[int]] = {}
    imported: dict[str, tuple[str, str | None]] = {}
    effects: list[int] = []
    for index, statement in enumerate(tree.body):
        imported |= _imports(statement)
        names = list(_bindings(statement))
        for name in names:
            bound.setdefault(name, []).append(index)
        if not names or _is_import(statement) or not HARMLESS.issuperset(_decorators(statement)):
            effects.append(index)
    frozen = {name: tuple(places) for name, places in bound.items()}
    return Source(tuple(tree.body), frozen, imported, tuple(effects))


def _bindings(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for node in (node for target in targets for node in ast.walk(target)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
    elif isinstance(statement, ast.Import | ast.ImportFrom) and not _imports(statement):
        for alias in statement.names:
            yield alias.asname or alias.name.split(".")[0]


def _decorators(statement: ast.stmt) -> Iterator[str]:
    """The last name of each decorator: ``no_grad`` of ``@torch.no_grad()``."""
    for decorator in getattr(statement, "decorator_list", ()):
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        yield called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _imports(statement: ast.AST) -> dict[str, tuple[str, str | None]]:
    """Names from the project: local name to (module, name in it); (module, None) is a module."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return {}
    if isinstance(statement, ast.Import):
        return {
            alias.asname or alias.name.split(".")[0]: (alias.name, None)
            for alias in statement.names
            if alias.name.split(".")[0] in ROOTS
        }
    home = statement.module or ""
    if home.split(".")[0] not in ROOTS:
        return {}
    names: dict[str, tuple[str, str | None]] = {}
    for alias in statement.names:
        try:
            module_file(f"{home}.{alias.name}")
            names[alias.asname or alias.name] = (f"{home}.{alias.name}", None)
        except ModuleNotFoundError:
            names[alias.asname or alias.name] = (home, alias.name)
    return names


@cache
def _uses(module: str, index: int) -> frozenset[tuple[str, int]]:
    """The statements that one needs when it runs."""
    return frozenset(_used(module, index))


def _used(module: str, index: int) -> Iterator[tuple[str, int]]:
    here = source(module)
    statement = here.statements[index]
    imported = dict(here.imported)
    nodes = list(ast.walk(statement))
    for node in nodes:
        for local, origin in _imports(node).items():
            imported[local] = origin
            yield from _on_import(origin[0])
    attributes = {id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)}
    for node in nodes:
        if not isinstance(node, ast.Name):
            continue
        yield from ((module, place) for place in here.bound.get(node.id, ()))
        if node.id in imported:
            home, name = imported[node.id]
            yield from _of(home, name or attributes.get(id(node)))


def _of(module: str, name: str | None) -> Iterator[tuple[str, int]]:
    """The statements that a name of a module stands for; the whole module where that is unknown."""
    there = source(module)
    yield from _on_import(module)
    if name in there.bound:
        yield from ((module, place) for place in there.bound[name])
    elif name in there.imported:
        yield from _of(*there.imported[name])
    else:
        yield from ((module, place) for place in range(len(there.statements)))


def _on_import(module: str) -> Iterator[tuple[str, int]]:
    """What runs when a module is imported: its effects and its parents'."""
    parts = module.split(".")
    for depth in range(1, len(parts) + 1):
        parent = ".".join(parts[:depth])
        try:
            yield from ((parent, place) for place in source(parent).effects)
        except ModuleNotFoundError:  # a folder without __init__.py
            continue


@cache
def _text(module: str, index: int) -> str:
    """The statement, its docstrings taken out for good, in one canonical form."""
    statement = source(module).statements[index]
    if _imports(statement):
        return ""  # what the project's imports bring in is hashed where it is defined
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return ""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                if isinstance(first.value.value, str):
                    node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(statement)
