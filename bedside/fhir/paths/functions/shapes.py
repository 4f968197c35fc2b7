"""How a function of FHIRPath is written down, and the short ways to write the simple ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bedside.fhir.paths.code import Code, Run, Scope, Surroundings
from bedside.fhir.paths.syntax import Node
from bedside.fhir.paths.values import EMPTY, Items, plain, single

if TYPE_CHECKING:
    from bedside.fhir.paths.compiler import Compiler

Build = Callable[["Compiler", Code, tuple[Node, ...], Scope], Code]


@dataclass(frozen=True, slots=True)
class Function:
    """A function: how many arguments it takes, and how it is compiled from what stands before it."""

    least: int
    most: int
    build: Build


def on_items(work: Callable[[Items], Items], kind: str | None = None) -> Function:
    """Return a function without arguments, on a whole collection. Its kind is that of the items unless named."""

    def build(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
        before = of.run
        return Code(lambda this, around: work(before(this, around)), kind or of.kind, None, of.is_free)

    return Function(0, 0, build)


def on_value(work: Callable[..., Any], kind: str | None, *, least: int = 0, most: int | None = None) -> Function:
    """Return a function on one value, with values as arguments.

    Shape: `work` gets the values and returns one or None; it is not asked when any of them is missing.
    """

    def build(compiler: Compiler, of: Code, arguments: tuple[Node, ...], scope: Scope) -> Code:
        codes = [compiler.compile(argument, scope) for argument in arguments]
        return Code(_run_on_value(of.run, [code.run for code in codes], work), kind, None, _all_free(of, codes))

    return Function(least, least if most is None else most, build)


def _run_on_value(before: Run, arguments: list[Run], work: Callable[..., Any]) -> Run:
    def run(this: Items, around: Surroundings) -> Items:
        items = before(this, around)
        value = plain(items[0]) if len(items) == 1 else None
        if value is None:
            return EMPTY
        others = [single(argument(this, around)) for argument in arguments]
        if any(other is None for other in others):
            return EMPTY
        found = work(value, *others)
        return EMPTY if found is None else [found]

    return run


def _all_free(of: Code, codes: list[Code]) -> bool:
    return of.is_free and all(code.is_free for code in codes)


def inner(compiler: Compiler, of: Code, argument: Node) -> Run:
    """Return the run of an argument that is looked at for each item, which is then `$this`."""
    return compiler.compile(argument, Scope(of.kind)).run
