"""Reads the house's own Python, for the tests that hold it to its plan."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from .floors import HOUSE


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(), filename=str(path))


def modules() -> list[Path]:
    """Return every module of the house, without tests and migrations."""
    return [p for p in sorted(HOUSE.rglob("*.py")) if not {"tests", "migrations"} & set(p.parts)]


def shelf(*names: str) -> list[Path]:
    """Return the modules of some shelves in every room: `views.py`, or those of a package `views/`."""
    found = [p for p in modules() if {p.stem, *p.relative_to(HOUSE).parts[:-1]} & set(names)]
    return [p for p in found if "management" not in p.parts]


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions at the top of a module."""
    yield from (node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the last part of the name it calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield name_of(node.func), node


def name_of(node: ast.AST) -> str:
    """Return the last part of a name: `decide` of `access.decide`."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def imports(tree: ast.Module) -> Iterator[str]:
    """Yield the dotted names a module imports from outside its own package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def short(path: Path) -> str:
    """Return a path as a test names it."""
    return str(path.relative_to(HOUSE))


def offenders(paths: Iterable[Path], find: Callable[[Path], list[str]]) -> dict[str, list[str]]:
    """Return what is wrong in each of some files, by name; a rule that looks at no file at all is broken."""
    paths = list(paths)
    assert paths, "this rule looked at nothing"
    return {short(path): found for path in paths if (found := find(path))}


def offending_trees(paths: Iterable[Path], find: Callable[[ast.Module], list[str]]) -> dict[str, list[str]]:
    """Return what is wrong in each of some modules, looking at their syntax trees."""
    return offenders(paths, lambda path: find(tree_of(path)))
