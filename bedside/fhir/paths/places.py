"""Where in a document a path leads: what a patch changes. Source: FHIR R4 4.0.1, 3.1.0.8.3 (FHIRPath Patch).

A patch's path may go into elements, choose among them (`[0]`, `where()`, `first()`, `last()`, `ofType()`,
`extension()`) and nothing else: only then does it say a place and not just a value. It may not use patterns, nor walk
through everything, for it comes from whoever sends the patch, and some of these never end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from . import schema
from .code import Scope, Surroundings
from .compiler import Compiler
from .functions.choosing import type_name
from .parser import parse
from .steps import kind_of
from .syntax import Binary, Call, Index, Literal, Member, Node, This, TypeTest, UnsupportedPath
from .values import Typed, truth


@dataclass(frozen=True, slots=True)
class Place:
    """One place in a document.

    Shape: the value is `owner[name]`, or `owner[name][index]` when it stands in an array; `name` is as in JSON. The
    document itself has no owner. `kind` is the value's type as far as it is known. A primitive's `_name` stands beside.
    """

    value: Any
    kind: str | None
    owner: dict[str, Any] | None = None
    name: str = ""
    index: int | None = None


#: What may take for ever on a document and a path that were made for it: patterns, and walks through everything.
_ENDLESS = frozenset(
    {"matches", "replaceMatches", "repeat", "descendants", "children", "aggregate", "union", "combine", "distinct",
     "isDistinct", "intersect", "exclude", "subsetOf", "supersetOf"}
)  # fmt: skip

Places = list[Place]
Locate = Callable[[Places, Surroundings], Places]


@lru_cache(maxsize=1_000)
def compile_places(expression: str, *, kind: str) -> Callable[[dict[str, Any]], Places]:
    """Return what finds the places a path leads to in a document of a type.

    Raises: UnsupportedPath when it is no path, or one that says no place.
    """
    tree = parse(expression)
    for node in _every(tree):
        if isinstance(node, Call) and node.name in _ENDLESS:
            raise UnsupportedPath(f"the path of a patch may not use {node.name}().")
    locate = _locate(tree, kind)

    def run(document: dict[str, Any]) -> Places:
        return locate([Place(document, kind)], Surroundings(document, document, document))

    return run


def _every(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case Member() | TypeTest():
            yield from _every(node.of)
        case Call():
            yield from _every(node.of)
            for argument in node.arguments:
                yield from _every(argument)
        case Index():
            yield from _every(node.of)
            yield from _every(node.at)
        case Binary():
            yield from _every(node.left)
            yield from _every(node.right)
        case _:
            pass


def _locate(node: Node, kind: str) -> Locate:
    match node:
        case This():
            return lambda places, around: places
        case Member() if isinstance(node.of, This) and node.name[:1].isupper():
            if not schema.is_a(kind, node.name):
                raise UnsupportedPath(f"it begins with {node.name}, and the resource is a {kind}.")
            return lambda places, around: places
        case Member():
            Compiler(kind).compile(node, Scope(kind))  # refuses an element the type does not have
            return _member(_locate(node.of, kind), node.name)
        case Index(at=Literal(value=int() as at)):
            before = _locate(node.of, kind)
            return lambda places, around: before(places, around)[at : at + 1]
        case Call():
            return _chosen(node, _locate(node.of, kind), kind)
        case TypeTest(operator="as"):
            return _of_type(_locate(node.of, kind), node.kind)
    raise UnsupportedPath("a patch needs a path that leads to a place, not one that works out a value.")


def _member(before: Locate, name: str) -> Locate:
    def locate(places: Places, around: Surroundings) -> Places:
        return [found for place in before(places, around) for found in _members(place, name)]

    return locate


def _members(place: Place, name: str) -> Iterator[Place]:
    owner, kind = place.value, place.kind
    if not isinstance(owner, dict):
        return
    if kind is None or not schema.is_known(kind):
        kind = kind_of(owner)
    branches = schema.branches(kind, name) if kind and schema.is_known(kind) else (schema.Branch(name, None, False),)
    for branch in branches:
        value = owner.get(branch.name)
        if isinstance(value, list):
            for at, each in enumerate(value):
                yield Place(each, branch.kind, owner, branch.name, at)
        elif value is not None or f"_{branch.name}" in owner:
            yield Place(value, branch.kind, owner, branch.name)


def _chosen(node: Call, before: Locate, kind: str) -> Locate:
    arguments = node.arguments
    if node.name in {"first", "last"} and not arguments:
        cut = slice(0, 1) if node.name == "first" else slice(-1, None)
        return lambda places, around: before(places, around)[cut]
    if node.name == "where" and len(arguments) == 1:
        return _where(before, arguments[0], kind)
    if node.name == "extension" and len(arguments) == 1:
        return _where(_member(before, "extension"), Binary("=", Member(This(), "url"), arguments[0]), kind)
    if node.name in {"ofType", "as"} and len(arguments) == 1:
        return _of_type(before, type_name(arguments[0]))
    raise UnsupportedPath(f"{node.name}() does not lead to a place.")


def _where(before: Locate, condition: Node, kind: str) -> Locate:
    test = Compiler(kind).compile(condition, Scope(None)).run

    def locate(places: Places, around: Surroundings) -> Places:
        return [
            place for place in before(places, around) if truth(test([Typed(place.value, place.kind)], around)) is True
        ]

    return locate


def _of_type(before: Locate, name: str) -> Locate:
    wanted = schema.named_type(name)
    if wanted is None:
        raise UnsupportedPath(f"there is no type {name} in R4.")
    return lambda places, around: [
        place for place in before(places, around) if schema.is_a(kind_of(place.value, place.kind), wanted)
    ]
