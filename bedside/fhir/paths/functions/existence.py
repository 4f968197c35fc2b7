"""Functions that ask whether something is there. Source: FHIRPath N1, 5.1."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bedside.fhir.paths.code import Code, Scope, Surroundings
from bedside.fhir.paths.operators import like
from bedside.fhir.paths.syntax import Node
from bedside.fhir.paths.values import EMPTY, FALSE, TRUE, Items, distinct, lift, plain, said, same, truth

from .shapes import Function, inner, on_items

if TYPE_CHECKING:
    from bedside.fhir.paths.compiler import Compiler


def _exists(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    before = compiler.filtered(of, arguments[0]).run if arguments else of.run
    return Code(lambda this, around: TRUE if before(this, around) else FALSE, "boolean", None, of.is_free)


def _all(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    before, test = of.run, inner(compiler, of, arguments[0])

    def run(this: Items, around: Surroundings) -> Items:
        outer = around.index
        answer = TRUE
        for around.index, item in enumerate(before(this, around)):  # noqa: B020 - $index counts along
            if truth(test([item], around)) is not True:
                answer = FALSE
                break
        around.index = outer
        return answer

    return Code(run, "boolean", None, of.is_free)


def _subset(is_superset: bool) -> Function:
    def build(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
        other = compiler.compile(arguments[0], scope)
        small, large = (other, of) if is_superset else (of, other)

        def run(this: Items, around: Surroundings) -> Items:
            among = [lift(item, large.kind) for item in large.run(this, around)]
            found = (lift(item, small.kind) for item in small.run(this, around))
            return said(all(any(same(item, each) for each in among) for item in found))

        return Code(run, "boolean", None, of.is_free and other.is_free)

    return Function(1, 1, build)


def _counted(test: Callable[[list[object]], bool]) -> Function:
    return on_items(lambda items: said(test([plain(item) for item in items])), "boolean")


def _not(items: Items) -> Items:
    value = truth(items)
    return EMPTY if value is None else said(not value)


def _has_value(items: Items) -> Items:
    value = plain(items[0]) if len(items) == 1 else None
    return said(value is not None and not isinstance(value, dict | list))


def _html_checks(items: Items) -> Items:
    """Say yes: what stands in a narrative is checked when a document is validated."""
    return TRUE


def _comparable(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    before, other = of.run, compiler.compile(arguments[0], scope).run

    def run(this: Items, around: Surroundings) -> Items:
        left, right = before(this, around), other(this, around)
        if len(left) != 1 or len(right) != 1:
            return EMPTY
        one, two = lift(left[0], "Quantity"), lift(right[0], "Quantity")
        return said(like(getattr(one, "unit", one), getattr(two, "unit", two)))

    return Code(run, "boolean", None, False)


FUNCTIONS: dict[str, Function] = {
    "empty": on_items(lambda items: FALSE if items else TRUE, "boolean"),
    "exists": Function(0, 1, _exists),
    "not": on_items(_not, "boolean"),
    "all": Function(1, 1, _all),
    "allTrue": _counted(lambda values: all(value is True for value in values)),
    "anyTrue": _counted(lambda values: any(value is True for value in values)),
    "allFalse": _counted(lambda values: all(value is False for value in values)),
    "anyFalse": _counted(lambda values: any(value is False for value in values)),
    "subsetOf": _subset(is_superset=False),
    "supersetOf": _subset(is_superset=True),
    "count": on_items(lambda items: [len(items)], "integer"),
    "distinct": on_items(distinct),
    "isDistinct": on_items(lambda items: said(len(distinct(items)) == len(items)), "boolean"),
    "hasValue": on_items(_has_value, "boolean"),
    "htmlChecks": on_items(_html_checks, "boolean"),
    "comparable": Function(1, 1, _comparable),
}
