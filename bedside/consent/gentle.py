"""Gentle results: when a result opens for its patient, decided from the patient's own choices alone. Pure.

The table people can read is docs/rules/results.md; the tests run it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Way = Literal["at_once", "myself", "together"]

#: The most careful of several wins: a report opens as late as its most careful part.
_CARE: tuple[Way, ...] = ("at_once", "myself", "together")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a patient chose. Shape: `scope` is all, kind or test; `code` the kind or the LOINC code."""

    scope: str
    code: str
    way: Way


@dataclass(frozen=True, slots=True)
class GentleFacts:
    """What must be known: choices in force, the newest version opened of each result, when visits began."""

    choices: tuple[Choice, ...] = ()
    opened: dict[str, int] = field(default_factory=dict)
    visits_at: tuple[datetime, ...] = ()


def way_of(choices: Iterable[Choice], *, kind: str, codes: Collection[str]) -> Way:
    """Return when a result of a kind with these tests opens: each test by its narrowest choice, then the most careful.

    Why: someone who asks to be spared one test is spared the whole report it comes in; half a report would tell.
    """
    by_place = {(choice.scope, choice.code): choice.way for choice in choices}
    wide: Way = by_place.get(("kind", kind), by_place.get(("all", ""), "at_once"))
    ways: list[Way] = [by_place.get(("test", code), wide) for code in codes] or [wide]
    return max(ways, key=_CARE.index)


def is_held(way: Way, *, was_opened: bool, filed_at: datetime, visits_at: Iterable[datetime]) -> bool:
    """Say whether a result waits. Opened once, it never waits again; a visit after it came opens what is for together.

    Why: nothing but the patient's own choice holds a result, and a choice never outlasts what it was made for.
    """
    if way == "at_once" or was_opened:
        return False
    return not (way == "together" and any(at > filed_at for at in visits_at))
