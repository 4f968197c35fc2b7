"""Looks up the codes of value sets, and those above and below one, before a search is made of them.

Why: the search room knows keys, not terminologies. Whoever knows them passes in a `Terminology`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, Protocol

from bedside.fhir.asking import Steps
from bedside.fhir.faults import Fault

from .limits import CODES_MOST
from .query import AllOf, AnyOf, Chain, Clause, CodesOf, Has, Match, Query, Words
from .refusal import SearchRefused

#: (system, code)
Codes = list[tuple[str, str]]


class Terminology(Protocol):
    """What is known of codes. Both return no more than `most` + 1, and None for what is not known here."""

    def codes_in(self, value_set: str, most: int) -> Steps[Codes | None]:
        """Return the codes of a value set, by its url."""

    def codes_around(
        self, relation: Literal["above", "below"], system: str, code: str, most: int
    ) -> Steps[Codes | None]:
        """Return a code and those above it, or below it."""


def look_up_codes(query: Query, terminology: Terminology | None) -> Steps[Query]:
    """Return a query in which every value set stands as its codes. Raises: SearchRefused."""
    clauses = yield from _all(query.clauses, terminology)
    return query if clauses == query.clauses else replace(query, clauses=clauses)


def _all(clauses: tuple[Clause, ...], terminology: Terminology | None) -> Steps[tuple[Clause, ...]]:
    found = []
    for clause in clauses:
        found.append((yield from _one(clause, terminology)))
    return tuple(found)


def _one(clause: Clause, terminology: Terminology | None) -> Steps[Clause]:
    match clause:
        case AllOf(clauses):
            return AllOf((yield from _all(clauses, terminology)))
        case AnyOf(clauses):
            return AnyOf((yield from _all(clauses, terminology)))
        case Has(param, inner):
            return Has(param, (yield from _one(inner, terminology)))
        case Chain(param, branches):
            inners = yield from _all(tuple(inner for _, inner in branches), terminology)
            return Chain(param, tuple(zip((kind for kind, _ in branches), inners, strict=True)))
        case CodesOf():
            return (yield from _codes_of(clause, terminology))
        case _:
            return clause


def _codes_of(clause: CodesOf, terminology: Terminology | None) -> Steps[Match]:
    if terminology is None:
        raise _refused(clause, "not-supported", "codes cannot be looked up here.")
    words: dict[str, None] = {}
    for value in clause.values:
        codes = yield from _look_up(clause, value, terminology)
        if codes is None:
            raise _refused(clause, "not-found", f"“{value}” is not known here.")
        words.update((each, None) for system, code in codes for each in (f"{system}|{code}", f"|{code}"))
        if len(words) > 2 * CODES_MOST:
            raise _refused(clause, "too-costly", f"it comes to more than {CODES_MOST} codes.")
    return Match(clause.param, tuple(Words(each) for each in words), "not" if clause.is_not else "")


def _look_up(clause: CodesOf, value: str, terminology: Terminology) -> Steps[Codes | None]:
    if clause.relation == "in":
        return (yield from terminology.codes_in(value, CODES_MOST))
    system, _, code = value.partition("|")
    if not code or not system:
        raise _refused(clause, "invalid", "the value is system|code.")
    return (yield from terminology.codes_around(clause.relation, system, code, CODES_MOST))


def _refused(clause: CodesOf, code: str, words: str) -> SearchRefused:
    modifier = "not-in" if clause.is_not else clause.relation
    said = f"The parameter “{clause.param.code}:{modifier}” cannot be used: {words}"
    return SearchRefused([Fault(f"http.{clause.param.code}", code, said)])
