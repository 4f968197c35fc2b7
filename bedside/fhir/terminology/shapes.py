"""What a concept is, what is asked of a code system, and what every code system can answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from bedside.fhir.asking import Steps

from .words import folded


class Designation(NamedTuple):
    """Other words for a concept. Shape: `use` is "system|code" or "", as in `Coding`."""

    language: str
    use: str
    value: str


class Property(NamedTuple):
    """Something said of a concept. Shape: `kind` is the JSON member that holds it, such as "valueCode"."""

    code: str
    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of a code system.

    Shape: designations and properties are there when they were asked for; `parents` are the codes right above it.
    """

    code: str
    display: str
    definition: str = ""
    is_active: bool = True
    is_abstract: bool = False
    designations: tuple[Designation, ...] = ()
    properties: tuple[Property, ...] = ()
    parents: tuple[str, ...] = ()

    def in_language(self, language: str) -> str:
        """Return the words for it in a language such as "es" or "es-MX", or its display when there are none."""
        wanted = language.lower()
        for exact in (True, False):
            for one in self.designations:
                spoken = one.language.lower()
                if spoken == wanted if exact else spoken and spoken.split("-")[0] == wanted.split("-")[0]:
                    return one.value
        return self.display

    def is_called(self, words: str) -> bool:
        """Say whether these are words for it: its display or a designation, in any case and spacing."""
        asked = folded(words)
        return asked == folded(self.display) or any(asked == folded(one.value) for one in self.designations)


class Filter(NamedTuple):
    """One condition of a value set. Source: FHIR R4 4.0.1, ValueSet.compose.include.filter."""

    property: str
    op: str
    value: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Which concepts are asked for: those that meet every condition given.

    Shape: `codes` None is all; `words` are folded beginnings of words; concepts come in the order of the code system.
    """

    codes: tuple[str, ...] | None = None
    filters: tuple[Filter, ...] = ()
    words: tuple[str, ...] = ()
    is_active_only: bool = False
    limit: int = 1_000
    offset: int = 0
    with_designations: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The concepts selected, and how many there are in all, None where counting them would take too long."""

    concepts: list[Concept]
    total: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a code system is. Source: FHIR R4 4.0.1, CodeSystem."""

    url: str
    version: str
    name: str
    content: str = "complete"
    is_case_sensitive: bool = True
    copyright: str = ""
    all_codes: str = ""


class System(Protocol):
    """A code system, wherever its concepts are kept."""

    @property
    def facts(self) -> Facts:
        """What it is."""

    def find(self, codes: Sequence[str]) -> Steps[dict[str, Concept]]:
        """Return all that is known of some concepts, by the code that was asked for."""

    def children(self, code: str) -> Steps[list[str]]:
        """Return the codes right below one."""

    def is_under(self, code: str, ancestor: str) -> Steps[bool]:
        """Say whether a code stands anywhere below another; no code stands below itself."""

    def below(self, code: str, *, limit: int) -> Steps[list[str]]:
        """Return the codes anywhere below one, at most so many."""

    def select(self, wanted: Selection) -> Steps[Found]:
        """Return the concepts that meet every condition."""
