"""A path ready to run, kept so that the same one is never compiled twice."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from . import schema
from .code import Code, Scope, Surroundings
from .compiler import Compiler
from .parser import parse
from .values import Items, plain_all, truth


class Path:
    """A compiled FHIRPath. Call it with an item of its type; `holds` asks it as a condition."""

    __slots__ = ("code", "expression", "kind")

    def __init__(self, expression: str, kind: str | None, code: Code) -> None:
        """Keep the expression, the type it starts from (None for any) and its code."""
        self.expression = expression
        self.kind = kind
        self.code = code

    def __call__(self, item: Any, *, resource: Any = None, root: Any = None) -> list[Any]:
        """Return the values found, as they stand in the document.

        Shape: `resource` is the resource `item` stands in, `root` the one that is contained in; both are `item` itself
        when not given.
        """
        return plain_all(self.items(item, resource, root))

    def holds(self, item: Any, *, resource: Any = None, root: Any = None) -> bool | None:
        """Say whether it is true of an item, None where that cannot be told."""
        return truth(self.items(item, resource, root))

    def items(self, item: Any, resource: Any = None, root: Any = None) -> Items:
        """Return what is found with its types, for who looks further."""
        resource = item if resource is None else resource
        return self.code.run([item], Surroundings(item, resource, resource if root is None else root))


@lru_cache(maxsize=10_000)
def compile_path(expression: str, *, kind: str | None) -> Path:
    """Return a FHIRPath compiled for items of a type ("Patient", "Observation.component"; None for any).

    Raises: UnsupportedPath, with words that name what is not understood.
    """
    known = kind if schema.is_known(kind) else None
    return Path(expression, kind, Compiler(known).compile(parse(expression), Scope(known)))


def values_at(expression: str, document: Mapping[str, Any]) -> list[Any]:
    """Return what a path finds in a resource, whatever its type."""
    named = document.get("resourceType")
    return compile_path(expression, kind=named if isinstance(named, str) else None)(document)
