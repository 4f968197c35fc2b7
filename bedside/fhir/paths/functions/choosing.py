"""Functions that choose among items and put collections together. Source: FHIRPath N1, 5.2, 5.3 and 5.4."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bedside.fhir.paths.code import Code, Scope, Surroundings
from bedside.fhir.paths.operators import union
from bedside.fhir.paths.syntax import Literal, Member, Node, This, UnsupportedPath
from bedside.fhir.paths.values import EMPTY, Items, distinct, frozen, single, truth

from .shapes import Function, inner, on_items

if TYPE_CHECKING:
    from bedside.fhir.paths.compiler import Compiler

#: How often repeat() looks again: as deep as a document may be. A path such as repeat($this & 'a') would never end.
MOST_REPEATED = 100


def _where(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    return compiler.filtered(of, arguments[0])


def _select(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    before, chosen = of.run, compiler.compile(arguments[0], Scope(of.kind))
    each = chosen.run

    def run(this: Items, around: Surroundings) -> Items:
        found: Items = []
        outer = around.index
        for around.index, item in enumerate(before(this, around)):  # noqa: B020 - $index counts along
            found.extend(each([item], around))
        around.index = outer
        return found

    return Code(run, chosen.kind, None, of.is_free)


def _repeat(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    before, each = of.run, compiler.compile(arguments[0], Scope(None)).run

    def run(this: Items, around: Surroundings) -> Items:
        found: Items = []
        seen: set[object] = set()
        left = before(this, around)
        for _ in range(MOST_REPEATED):
            fresh = []
            for item in left:
                for child in each([item], around):
                    key = frozen(child)
                    if key not in seen:
                        seen.add(key)
                        fresh.append(child)
            found.extend(fresh)
            left = fresh
            if not fresh:
                break
        return found

    return Code(run, None, None, of.is_free)


def type_name(node: Node) -> str:
    """Return the name of a type given as an argument. Raises: UnsupportedPath when it is something else."""
    if isinstance(node, Member) and isinstance(node.of, This):
        return node.name
    if isinstance(node, Member):
        return f"{type_name(node.of)}.{node.name}"
    raise UnsupportedPath("the name of a type is missing.")


def _of_type(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    return compiler.of_type(of, type_name(arguments[0]))


def _is(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    return compiler.is_type(of, type_name(arguments[0]))


def _iif(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    """Compile a choice: only the side that is chosen is looked at, with the whole collection as `$this`."""
    own = Scope(of.kind)
    codes = [compiler.compile(argument, own) for argument in arguments]
    before, test, then = of.run, codes[0].run, codes[1].run
    otherwise = codes[2].run if len(codes) > 2 else None

    def run(this: Items, around: Surroundings) -> Items:
        items = before(this, around)
        if truth(test(items, around)):
            return then(items, around)
        return otherwise(items, around) if otherwise else EMPTY

    kinds = {code.kind for code in codes[1:]}
    return Code(run, kinds.pop() if len(kinds) == 1 else None, None, of.is_free)


def _trace(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    """Compile to nothing: what a document holds is written to no log."""
    if not isinstance(arguments[0], Literal):
        raise UnsupportedPath("trace() begins with a name in quotes.")
    return of


def _counted(choose: Callable[[Items, int], Items]) -> Function:
    def build(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
        before, number = of.run, compiler.compile(arguments[0], scope)
        count = number.run

        def run(this: Items, around: Surroundings) -> Items:
            wanted = single(count(this, around))
            return choose(before(this, around), wanted) if type(wanted) is int else EMPTY

        return Code(run, of.kind, None, of.is_free and number.is_free)

    return Function(1, 1, build)


def _with(join: Callable[[Items, Items], Items]) -> Function:
    def build(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
        other = compiler.compile(arguments[0], scope)
        one, two = of.run, other.run
        kind = of.kind if of.kind == other.kind else None
        return Code(
            lambda this, around: join(one(this, around), two(this, around)), kind, None, of.is_free and other.is_free
        )

    return Function(1, 1, build)


def _union(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    return union(of, compiler.compile(arguments[0], scope))


def _intersect(left: Items, right: Items) -> Items:
    among = {frozen(item) for item in right}
    return distinct(item for item in left if frozen(item) in among)


def _exclude(left: Items, right: Items) -> Items:
    among = {frozen(item) for item in right}
    return [item for item in left if frozen(item) not in among]


def _aggregate(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
    before, step = of.run, inner(compiler, of, arguments[0])
    start = compiler.compile(arguments[1], scope).run if len(arguments) > 1 else None

    def run(this: Items, around: Surroundings) -> Items:
        outer_index, outer_total = around.index, around.total
        items = before(this, around)
        total = start(this, around) if start else EMPTY
        for at, item in enumerate(items):
            around.index, around.total = at, total
            total = step([item], around)
        around.index, around.total = outer_index, outer_total
        return total

    return Code(run, None, None, False)


FUNCTIONS: dict[str, Function] = {
    "where": Function(1, 1, _where),
    "select": Function(1, 1, _select),
    "repeat": Function(1, 1, _repeat),
    "ofType": Function(1, 1, _of_type),
    "as": Function(1, 1, _of_type),
    "is": Function(1, 1, _is),
    "iif": Function(2, 3, _iif),
    "trace": Function(1, 2, _trace),
    "single": on_items(lambda items: items if len(items) == 1 else EMPTY),
    "first": on_items(lambda items: items[:1]),
    "last": on_items(lambda items: items[-1:]),
    "tail": on_items(lambda items: items[1:]),
    "skip": _counted(lambda items, count: items[max(0, count) :]),
    "take": _counted(lambda items, count: items[: max(0, count)]),
    "intersect": _with(_intersect),
    "exclude": _with(_exclude),
    "combine": _with(lambda left, right: [*left, *right]),
    "union": Function(1, 1, _union),
    "aggregate": Function(1, 2, _aggregate),
}
