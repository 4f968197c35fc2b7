"""What a token may do, in the words of SMART App Launch 2. Pure: text in, scopes out.

    patient/Observation.rs      read and search one patient's Observations
    user/*.cruds                whatever the person may do, to every type
    user/Condition.read         the older form of version 1, understood as `rs`

A scope never adds to what its person may do: it only takes away.
Source: SMART App Launch 2.0.0, "Scopes for requesting clinical data"; version 1 forms, same page, "v1 support".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

Holder = Literal["patient", "user", "system"]

#: The letters of a scope, in the order they must stand: create, read, update, delete, search.
LETTERS = "cruds"
#: What version 1 called them.
_OLDER = {"read": "rs", "write": "cud", "*": "cruds"}
#: As many scopes as one token may carry, and as long as all of them may be together. Units: scopes, characters.
SCOPES_MOST = 200
SCOPES_LENGTH_MOST = 4_000

_SHAPE = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,63})\.(c?r?u?d?s?|read|write|\*)\Z")


class ScopeRefused(ValueError):
    """One word of a list of scopes means nothing here. Shape: `word` is that word, `why` a code."""

    def __init__(self, word: str, why: str) -> None:
        """Keep the word and why it is refused: "shape", "granular", "long" or "many"."""
        super().__init__(f"{why}: {word}")
        self.word = word
        self.why = why


@dataclass(frozen=True, slots=True)
class Scope:
    """Leave to do some things with one type, or with every type (`*`), for one patient, a person or a system."""

    holder: Holder
    kind: str
    letters: str

    def __str__(self) -> str:
        return f"{self.holder}/{self.kind}.{self.letters}"

    def allows(self, kind: str, letters: str) -> bool:
        """Say whether the scope covers any of these letters for that type."""
        return self.kind in ("*", kind) and not set(letters).isdisjoint(self.letters)


@dataclass(frozen=True, slots=True)
class Scopes:
    """All the scopes of one token."""

    all: tuple[Scope, ...]

    def __str__(self) -> str:
        return " ".join(str(one) for one in self.all)

    def allow(self, kind: str, letters: str) -> bool:
        """Say whether some scope covers any of these letters for that type."""
        return any(one.allows(kind, letters) for one in self.all)

    def kinds(self, letters: str, *, holders: Iterable[Holder] = ("patient", "user", "system")) -> frozenset[str]:
        """Return the types for which some scope of these holders has one of these letters; `*` stands for all."""
        return _kinds(self.all, letters, tuple(holders))

    @property
    def holders(self) -> frozenset[str]:
        """Who the scopes speak for."""
        return frozenset(one.holder for one in self.all)


@lru_cache(maxsize=4_096)
def _kinds(scopes: tuple[Scope, ...], letters: str, holders: tuple[Holder, ...]) -> frozenset[str]:
    return frozenset(one.kind for one in scopes if one.holder in holders and one.allows(one.kind, letters))


def parse_scopes(text: str) -> Scopes:
    """Return the scopes named in a text, apart by spaces, each once, in the order they stand.

    Why: a scope narrowed by a search (`user/Observation.rs?category=…`) is refused, because taking it for the wider
    one would give more than was asked for.
    Raises: ScopeRefused.
    """
    if len(text) > SCOPES_LENGTH_MOST:
        raise ScopeRefused("", "long")
    found: dict[Scope, None] = {}
    for word in text.split():
        if "?" in word:
            raise ScopeRefused(word, "granular")
        match = _SHAPE.match(word)
        if match is None or not match[3]:
            raise ScopeRefused(word, "shape")
        found[Scope(cast(Holder, match[1]), match[2], _OLDER.get(match[3], match[3]))] = None
    if len(found) > SCOPES_MOST:
        raise ScopeRefused("", "many")
    return Scopes(tuple(found))
