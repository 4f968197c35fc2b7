"""What every release comes down to: concepts, their names, what stands above what, and what else is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

#: The rank of names that are only searched by, and not shown.
ONLY_WORDS = 9
#: Longer values of properties are notes, and not asked for.
LONGEST_VALUE = 500


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What a release is, and whose."""

    url: str
    version: str
    name: str
    copyright: str


class ConceptRow(NamedTuple):
    """A concept. One that comes twice is active when either is."""

    code: str
    is_active: bool
    is_abstract: bool = False


class NameRow(NamedTuple):
    """A name of a concept. The one with the lowest rank is its display; `id` may be preferred by a `BestRow`."""

    code: str
    value: str
    rank: int
    language: str = ""
    use: str = ""
    id: str = ""


class ParentRow(NamedTuple):
    """One concept right above another."""

    code: str
    parent: str


class PropertyRow(NamedTuple):
    """Something said of a concept. Shape: `kind` as in `Property`."""

    code: str
    property: str
    kind: str
    value: str


class BestRow(NamedTuple):
    """A name that is preferred, by its id: its rank becomes this one."""

    id: str
    rank: int


Row = ConceptRow | NameRow | ParentRow | PropertyRow | BestRow


class Pack(Protocol):
    """A release that can be loaded."""

    @property
    def facts(self) -> PackFacts:
        """What it is."""

    def digest(self) -> str:
        """Return what tells it from any other."""

    def concepts(self) -> Iterator[ConceptRow]:
        """Return its concepts."""

    def names(self) -> Iterator[NameRow]:
        """Return the names of its concepts."""

    def best(self) -> Iterator[BestRow]:
        """Return which names are preferred, where the release says so apart."""

    def parents(self) -> Iterator[ParentRow]:
        """Return what stands right above what."""

    def properties(self) -> Iterator[PropertyRow]:
        """Return what else is said of its concepts."""
