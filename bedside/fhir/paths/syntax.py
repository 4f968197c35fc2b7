"""The words of FHIRPath as a tree, before anything is known of types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bedside.kernel.errors import Invalid


class UnsupportedPath(Invalid):
    """That FHIRPath expression is not one Bedside can work with."""

    status = 400

    def __init__(self, words: str) -> None:
        """Keep what is wrong with it, as a sentence in English, for whoever writes software."""
        self.words = words
        super().__init__()

    def __str__(self) -> str:
        """Say both, for a log or a developer."""
        return f"{self.message} Namely: {self.words}"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the path. Shape: `kind` is the FHIR type the value stands for; None is the empty `{}`."""

    value: Any
    kind: str | None


@dataclass(frozen=True, slots=True)
class This:
    """The item looked at: `$this`, which is also what a path starts from."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Where in its collection the item stands (`$index`), or what was gathered so far (`$total`)."""

    name: str


@dataclass(frozen=True, slots=True)
class External:
    """A constant from outside: `%resource`, `%ucum`."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """An element by name, or at the start of a path the name of a type."""

    of: Node
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function on what stands before it."""

    of: Node
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """One item by its place, counted from 0."""

    of: Node
    at: Node


@dataclass(frozen=True, slots=True)
class Sign:
    """Minus before a number."""

    of: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two paths."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class TypeTest:
    """`is` or `as` with the name of a type."""

    operator: str
    of: Node
    kind: str


Node = Literal | This | Counter | External | Member | Call | Index | Sign | Binary | TypeTest
