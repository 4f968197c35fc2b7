"""What a path is compiled to: a closure, what is known of its values' type, and the way it goes through the JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .values import EMPTY, Items

#: The type of what `resolve()` returns: only its type is known, nothing of its content.
RESOLVED = "(resolved)"


class Surroundings:
    """What a path may ask for beside the item it starts from, for one run."""

    __slots__ = ("context", "index", "memo", "resource", "root", "total")

    def __init__(self, context: Any, resource: Any, root: Any) -> None:
        """Keep the item, the resource it stands in and the outermost resource that one is contained in."""
        self.context = context
        self.resource = resource
        self.root = root
        self.index = 0
        self.total: Items = EMPTY
        self.memo: dict[int, Items] = {}


Run = Callable[[Items, Surroundings], Items]


@dataclass(frozen=True, slots=True)
class Hop:
    """One member of JSON gone into. Shape: `kind` None is only known by what stands there."""

    name: str
    kind: str | None
    is_primitive: bool


@dataclass(frozen=True, slots=True)
class Test:
    """A condition the items met so far must pass."""

    run: Run


Route = tuple[Hop | Test, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled path.

    Shape: `run` goes from the items `$this` stands for to the items found. `kind` is the type of each of them, None
    when it is only known by what stands there. `routes` are the ways through the JSON when that is all the path does.
    `is_free` says that it does not look at `$this`.
    """

    run: Run
    kind: str | None = None
    routes: tuple[Route, ...] | None = None
    is_free: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What `$this` stands for while a path is compiled."""

    kind: str | None


def nothing(this: Items, around: Surroundings) -> Items:
    """Find nothing."""
    return EMPTY


def itself(this: Items, around: Surroundings) -> Items:
    """Find what `$this` stands for."""
    return this


def end_of(route: Route, start: str | None) -> str | None:
    """Return the type of what a route leads to."""
    for hop in reversed(route):
        if isinstance(hop, Hop):
            return hop.kind
    return start
