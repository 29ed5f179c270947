"""Who imports whom in `core`, read from the source; imports inside functions count, those for types alone do not."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
Graph = dict[str, set[str]]


@cache
def sources() -> dict[str, Path]:
    """Return the file of every module of `core`, by its name; a package is named as its folder."""
    found = {}
    for path in sorted((ROOT / "core").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def modules() -> Graph:
    """Return the modules that each module imports."""
    return {name: _imported(name) for name in sources()}


def rooms() -> dict[str, Graph]:
    """Return, for each package, which of its children import which others.

    A child is a module or a whole sub-package; `__init__` is the package's own door.
    """
    packages = {name for name, path in sources().items() if path.stem == "__init__"}
    found: dict[str, Graph] = {package: {} for package in packages}
    for name, imported in modules().items():
        for package in _and_above(name) & packages:
            child = _child(name, package)
            others = {_child(other, package) for other in imported if package in _and_above(other)}
            found[package].setdefault(child, set()).update(others - {child})
    return found


def stages() -> Graph:
    """Return the stages (`data`, `embed`, …, and modules at the top of `core`) that each stage imports."""
    return rooms()["core"]


def third_party(name: str) -> set[str]:
    """Return the top-level names of all that a module imports."""
    return {imported.partition(".")[0] for imported in _names(sources()[name])}


def circles(graph: Graph) -> list[list[str]]:
    """Return the sets of nodes that lead to each other (strongly connected, of two or more), sorted."""
    reach = {node: _reachable(graph, node) for node in graph}
    found = {
        tuple(sorted({other for other in reach[node] if node in reach.get(other, ())} | {node}))
        for node in graph
        if node in reach[node]
    }
    return [list(circle) for circle in sorted(found) if len(circle) > 1]


def _reachable(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += graph.get(node, ())
    return seen


def _child(name: str, package: str) -> str:
    return name.removeprefix(package).removeprefix(".").partition(".")[0] or "__init__"


def _and_above(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts) + 1)}


def _imported(name: str) -> set[str]:
    """Return the modules of `core` that a module imports.

    Importing one runs the doors of the packages above it, which counts unless they are above the importer as well.
    """
    known = frozenset(sources())
    named = {_module(imported, known) for imported in _names(sources()[name])} - {"", name}
    doors = {door for imported in named for door in _and_above(imported)} - _and_above(name)
    return named | doors


@cache
def _module(imported: str, known: frozenset[str]) -> str:
    """Return the known module that an imported name is, or stands in; "" where it is none of them."""
    return max(_and_above(imported) & known, key=len, default="")


@cache
def _names(path: Path) -> frozenset[str]:
    """Return what a file imports, each as far as it is spelled out: `a.b.c` for `from a.b import c`."""
    found: set[str] = set()
    for node in _at_run_time(ast.parse(path.read_text(encoding="utf-8")).body):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return frozenset(found)


def _at_run_time(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk all nodes but those under `if TYPE_CHECKING`."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from _at_run_time(node.orelse)
        else:
            yield node
            yield from _at_run_time(ast.iter_child_nodes(node))
