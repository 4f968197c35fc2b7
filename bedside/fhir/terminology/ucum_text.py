"""The grammar of UCUM: an expression read into the factors it multiplies. It knows no unit by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .ucum_terms import DEEPEST, LARGEST_EXPONENT

_TOKEN = re.compile(
    r"""(?P<power>(?:10[*^]|(?:\[[!-Z^-~]+\]|[!#-'*,:-<>-Z\\^-z|~])+))(?P<exponent>[+-]?[0-9]+)?
    |(?P<number>[0-9]+)|(?P<note>\{[!-z|~]*\})|(?P<mark>[./()])""",
    re.VERBOSE,
)


class UnitMalformed(ValueError):
    """That is not a unit as UCUM writes it."""


@dataclass(frozen=True, slots=True)
class Power:
    """A unit to an exponent. Shape: `code` has its prefix still on."""

    code: str
    exponent: int


#: A unit to a power, or a whole number over a whole number.
Factor = Power | tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    words: str
    exponent: int = 1


def _tokens(words: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while place < len(words):
        match = _TOKEN.match(words, place)
        if match is None:
            raise UnitMalformed(f"“{words[place]}” cannot stand in a unit")
        place = match.end()
        if match["power"]:
            exponent = int(match["exponent"] or 1)
            if not 0 < abs(exponent) <= LARGEST_EXPONENT:
                raise UnitMalformed(f"{exponent} is no exponent of a unit")
            found.append(_Token("power", match["power"], exponent))
        else:
            found.append(_Token(str(match.lastgroup), match[0]))
    return found


@lru_cache(maxsize=1_000)
def factors(words: str) -> tuple[Factor, ...]:
    """Return the factors that an expression multiplies, those under a stroke turned over.

    Raises: UnitMalformed when it is not an expression of UCUM.
    """
    tokens = _tokens(words)
    found = list(_Reader(tokens).read())
    return tuple(found)


class _Reader:
    """Reads left to right, as UCUM does: `a/b.c` is `(a/b).c`."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def read(self) -> Iterator[Factor]:
        yield from self._term(1, 0)
        if self.at < len(self.tokens):
            raise UnitMalformed("a bracket closes that never opened, or two units stand side by side")

    def _next(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _mark(self, *marks: str) -> str | None:
        token = self._next()
        if token is None or token.kind != "mark" or token.words not in marks:
            return None
        self.at += 1
        return token.words

    def _term(self, sign: int, depth: int) -> Iterator[Factor]:
        if depth > DEEPEST:
            raise UnitMalformed("the brackets are nested too deeply")
        yield from self._component(-sign if self._mark("/") else sign, depth)
        while mark := self._mark(".", "/"):
            yield from self._component(-sign if mark == "/" else sign, depth)

    def _component(self, sign: int, depth: int) -> Iterator[Factor]:
        if self._mark("("):
            yield from self._term(sign, depth + 1)
            if not self._mark(")"):
                raise UnitMalformed("a bracket opens and does not close")
            self._note()
            return
        token = self._next()
        if token is None or token.kind == "mark":
            raise UnitMalformed("a unit is missing")
        self.at += 1
        if token.kind == "power":
            yield Power(token.words, token.exponent * sign)
            self._note()
        elif token.kind == "number":
            number = int(token.words)
            if not number:
                raise UnitMalformed("nothing is counted by noughts")
            yield (number, 1) if sign > 0 else (1, number)
            self._note()

    def _note(self) -> None:
        token = self._next()
        if token is not None and token.kind == "note":
            self.at += 1
