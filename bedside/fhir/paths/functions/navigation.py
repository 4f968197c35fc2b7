"""Functions that go elsewhere: into what an item holds, into its extensions, to what a reference names.

Source: FHIRPath N1, 5.8; FHIR R4 4.0.1, 2.9.1.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedside.fhir.paths.code import RESOLVED, Code, Scope, Surroundings
from bedside.fhir.paths.references import referred_kind
from bedside.fhir.paths.steps import children, descendants
from bedside.fhir.paths.syntax import Binary, Member, Node, This
from bedside.fhir.paths.values import Items, Typed, plain

from .shapes import Function

if TYPE_CHECKING:
    from bedside.fhir.paths.compiler import Compiler


def _descendants(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    before, kind, is_free, key = of.run, of.kind, of.is_free, object()

    def run(this: Items, around: Surroundings) -> Items:
        return descendants([_with_kind(item, kind) for item in before(this, around)])

    def once(this: Items, around: Surroundings) -> Items:
        found = around.memo.get(id(key))
        if found is None:
            found = around.memo[id(key)] = run(this, around)
        return found

    return Code(once if is_free else run, None, None, is_free)


def _children(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    before, kind = of.run, of.kind

    def run(this: Items, around: Surroundings) -> Items:
        return [child for item in before(this, around) for child in children(_with_kind(item, kind))]

    return Code(run, None, None, of.is_free)


def _with_kind(item: object, kind: str | None) -> object:
    return item if kind is None or type(item) is Typed else Typed(item, kind)


def _extension(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    return compiler.filtered(compiler.into_member(of, "extension"), Binary("=", Member(This(), "url"), arguments[0]))


def _resolve(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    """Compile to what a reference leads to, of which only the type is known, and that from the reference itself."""
    before = of.run

    def run(this: Items, around: Surroundings) -> Items:
        found: Items = []
        for item in before(this, around):
            value = plain(item)
            kind = referred_kind(value, around.resource) or referred_kind(value, around.root)
            if kind is not None:
                found.append(Typed(value, kind))
        return found

    return Code(run, RESOLVED, None, False)


FUNCTIONS: dict[str, Function] = {
    "children": Function(0, 0, _children),
    "descendants": Function(0, 0, _descendants),
    "extension": Function(1, 1, _extension),
    "resolve": Function(0, 0, _resolve),
}
