"""Compiles the tree of a path to closures, with the types the definitions know. Source: FHIRPath N1; FHIR R4, fhirpath.

What cannot be compiled is refused here, with words; a compiled path never fails on a document, however odd.
Where the specification stops with an error (several items where one belongs), the result is empty.
"""

from __future__ import annotations

from typing import Any

from . import schema
from .code import RESOLVED, Code, Hop, Route, Run, Scope, Surroundings, Test, end_of, itself, nothing
from .functions import FUNCTIONS
from .operators import binary, negated
from .steps import along, into, into_any, into_choice, into_primitive_more, kind_of, passing
from .syntax import (
    Binary,
    Call,
    Counter,
    External,
    Index,
    Literal,
    Member,
    Node,
    Sign,
    This,
    TypeTest,
    UnsupportedPath,
)
from .values import EMPTY, Items, Typed, said, single

#: Constants every path may use. Source: FHIR R4 4.0.1, 2.9.1.5 (environment variables).
CONSTANTS = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_VALUE_SET = "http://hl7.org/fhir/ValueSet/"
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/"


class Compiler:
    """Compiles one path for items of one type."""

    def __init__(self, kind: str | None) -> None:
        """Keep the type the path starts from, None for any."""
        self.kind = kind

    def compile(self, node: Node, scope: Scope) -> Code:
        """Return the code of a tree, for what `$this` stands for in `scope`."""
        match node:
            case Literal():
                return _literal(node)
            case This():
                return Code(itself, scope.kind, ((),))
            case Counter():
                return _counter(node)
            case External():
                return self._external(node.name)
            case Member():
                return self._member(node, scope)
            case Call():
                return self._call(node, scope)
            case Index():
                return self._index(node, scope)
            case Sign():
                return negated(self.compile(node.of, scope))
            case TypeTest():
                of = self.compile(node.of, scope)
                return self.is_type(of, node.kind) if node.operator == "is" else self.of_type(of, node.kind)
            case Binary():
                return binary(node.operator, self.compile(node.left, scope), self.compile(node.right, scope))

    def _external(self, name: str) -> Code:
        if name in CONSTANTS:
            return _constant(CONSTANTS[name], "string")
        for start, prefix in (("vs-", _VALUE_SET), ("ext-", _EXTENSION)):
            if name.startswith(start):
                return _constant(prefix + name[len(start) :], "string")
        own = (self.kind or "").partition(".")[0]
        resource = own if schema.is_resource(own) else None
        if name == "resource":
            return Code(lambda this, around: [around.resource], resource, is_free=True)
        if name == "rootResource":
            return Code(lambda this, around: [around.root], is_free=True)
        if name == "context":
            return Code(lambda this, around: [around.context], self.kind, is_free=True)
        raise UnsupportedPath(f"there is no constant %{name}.")

    def _member(self, node: Member, scope: Scope) -> Code:
        if isinstance(node.of, This) and node.name[:1].isupper():
            kind = schema.named_type(node.name)
            if kind is None:
                raise UnsupportedPath(f"there is no type {node.name} in R4.")
            return _start(kind, scope)
        return self.into_member(self.compile(node.of, scope), node.name)

    def into_member(self, of: Code, name: str) -> Code:
        """Return the code that goes from items into a member of them."""
        if of.kind == RESOLVED:
            raise UnsupportedPath("what a reference leads to cannot be looked into, only its type is known.")
        if of.routes == ():  # what it looks into is never there
            return of
        if of.routes is not None and (chosen := _extended(of.routes, name, of.kind)) is not None:
            if not chosen:
                raise UnsupportedPath(f"{of.kind or 'that type'} has no element “{name}”.")
            kind, run = _common(chosen, of.kind), self._run_into(of, name)
            run = run if of.kind or kind is None else _bare(run, kind)
            return Code(run, kind, tuple(chosen), of.is_free)
        if schema.is_primitive(of.kind) and name not in {"id", "extension"}:
            return Code(nothing, None, (), is_free=True)
        if schema.is_known(of.kind) and not schema.branches(str(of.kind), name):
            raise UnsupportedPath(f"{of.kind} has no element “{name}”.")
        kind = _only_kind(of.kind, name) if schema.is_known(of.kind) else None
        return Code(self._run_into(of, name), kind, None, of.is_free)

    def _run_into(self, of: Code, name: str) -> Run:
        if of.kind is None or not schema.is_known(of.kind):
            return into_any(of.run, name)
        if schema.is_primitive(of.kind):
            return into_primitive_more(of.run, name)
        branches = schema.branches(of.kind, name)
        hops = tuple(Hop(branch.name, branch.kind, branch.is_primitive) for branch in branches)
        return into(of.run, hops[0]) if len(hops) == 1 else into_choice(of.run, hops)

    def _call(self, node: Call, scope: Scope) -> Code:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise UnsupportedPath(f"there is no function {node.name}() here.")
        if not function.least <= len(node.arguments) <= function.most:
            raise UnsupportedPath(f"{node.name}() takes another number of arguments.")
        return function.build(self, self.compile(node.of, scope), node.arguments, scope)

    def _index(self, node: Index, scope: Scope) -> Code:
        of, at = self.compile(node.of, scope), self.compile(node.at, scope)
        before, place = of.run, at.run

        def run(this: Items, around: Surroundings) -> Items:
            wanted, items = single(place(this, around)), before(this, around)
            return [items[wanted]] if type(wanted) is int and 0 <= wanted < len(items) else EMPTY

        return Code(run, of.kind, None, of.is_free and at.is_free)

    def filtered(self, of: Code, condition: Node) -> Code:
        """Return the code that keeps the items for which a condition is true."""
        test = self.compile(condition, Scope(of.kind)).run
        single_route = of.routes if of.routes is not None and len(of.routes) == 1 else None
        routes = ((*single_route[0], Test(test)),) if single_route else None
        return Code(passing(of.run, test), of.kind, routes, of.is_free)

    def of_type(self, of: Code, name: str) -> Code:
        """Return the code that keeps the items of a type."""
        wanted = _type(name)
        if of.routes is not None and of.kind is None and all(_is_clear(route, of.kind) for route in of.routes):
            chosen = tuple(route for route in of.routes if schema.is_a(end_of(route, of.kind), wanted))
            runs = [along(route) for route in chosen]
            return Code(_joined(runs), wanted if len(chosen) != 1 else end_of(chosen[0], of.kind), chosen, of.is_free)
        before, known = of.run, of.kind

        def run(this: Items, around: Surroundings) -> Items:
            return [item for item in before(this, around) if schema.is_a(kind_of(item, known), wanted)]

        if known == RESOLVED:
            return Code(run, RESOLVED, None, of.is_free)
        if known is not None and schema.is_known(known):
            return of if schema.is_a(known, wanted) else Code(nothing, wanted, (), is_free=True)
        return Code(_bare(run, wanted), wanted, None, of.is_free)

    def is_type(self, of: Code, name: str) -> Code:
        """Return the code that says whether the one item there is has a type."""
        wanted, before, known = _type(name), of.run, of.kind

        def run(this: Items, around: Surroundings) -> Items:
            items = before(this, around)
            return said(schema.is_a(kind_of(items[0], known), wanted)) if len(items) == 1 else EMPTY

        return Code(run, "boolean", None, of.is_free)


def _type(name: str) -> str:
    kind = schema.named_type(name)
    if kind is None:
        raise UnsupportedPath(f"there is no type {name} in R4.")
    return kind


def _literal(node: Literal) -> Code:
    if node.value is None:
        return Code(nothing, None, (), is_free=True)
    needs_type = node.kind in {"date", "dateTime", "time", "Quantity"}
    return _constant(Typed(node.value, node.kind) if needs_type else node.value, node.kind)


def _constant(value: Any, kind: str | None) -> Code:
    items = [value]
    return Code(lambda this, around: items, kind, None, is_free=True)


def _counter(node: Counter) -> Code:
    if node.name == "$index":
        return Code(lambda this, around: [around.index], "integer")
    return Code(lambda this, around: around.total)


def _start(kind: str, scope: Scope) -> Code:
    if scope.kind is None or not schema.is_known(scope.kind):
        return Code(lambda this, around: [item for item in this if schema.is_a(kind_of(item, scope.kind), kind)])
    if schema.is_a(scope.kind, kind):
        return Code(itself, scope.kind, ((),))
    return Code(nothing, kind, (), is_free=True)


def _extended(routes: tuple[Route, ...], name: str, start: str | None) -> list[Route] | None:
    """Return routes one hop longer, None when what a route leads to is not known beforehand."""
    longer: list[Route] = []
    for route in routes:
        kind = end_of(route, start)
        if kind is None or not schema.is_known(kind) or schema.is_primitive(kind):
            return None
        longer.extend(
            (*route, Hop(branch.name, branch.kind, branch.is_primitive)) for branch in schema.branches(kind, name)
        )
    return longer


def _common(routes: list[Route], start: str | None) -> str | None:
    kinds = {end_of(route, start) for route in routes}
    return kinds.pop() if len(kinds) == 1 else None


def _only_kind(kind: str | None, name: str) -> str | None:
    branches = schema.branches(str(kind), name)
    return branches[0].kind if len(branches) == 1 else None


def _is_clear(route: Route, start: str | None) -> bool:
    return schema.is_known(end_of(route, start))


def _joined(runs: list[Run]) -> Run:
    if len(runs) == 1:
        return runs[0]
    return lambda this, around: [item for run in runs for item in run(this, around)]


def _bare(before: Run, kind: str) -> Run:
    """Return a run whose items are as those of a known type are: only primitives keep their wrapping."""
    if schema.is_primitive(kind):
        return before
    return lambda this, around: [item.value if type(item) is Typed else item for item in before(this, around)]
