"""What a grant reaches, as a condition of SQL: `rules.may_read`, said to the database.

Two people wrote the two; `tests/test_reach.py` holds them together on random worlds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from bedside.accounts.grants import Grant
from bedside.accounts.scopes import Scopes
from bedside.consent.queries import IN_CARE
from bedside.consent.rules import reading_reasons
from bedside.fhir.reach import Fragment, Reach

from .terms import SHARED_TYPES

_NOTHING = Fragment("FALSE")
_UNSEEN = "SELECT 1 FROM unnest({alias}.more_patients) AS m (id) WHERE NOT {may_open}"


@dataclass(frozen=True, slots=True)
class _Openings:
    """What a grant leaves open, as far as it shapes the words of a condition."""

    of_user: frozenset[str]
    of_patient: frozenset[str]
    reads_own: bool
    #: The reasons for care that open a chart.
    care: tuple[str, ...]


@lru_cache(maxsize=1_024)
def _openings(scopes: Scopes, roles: frozenset[str], *, has_context: bool) -> _Openings:
    """Work out once what a kind of grant leaves open: many requests come with the same."""
    reasons = reading_reasons(roles)
    return _Openings(
        of_user=scopes.kinds("rs", holders=["user"]),
        of_patient=scopes.kinds("rs", holders=["patient"]) if has_context else frozenset(),
        reads_own="self" in reasons,
        care=tuple(reason for reason in reasons if reason != "self"),
    )


class GrantReach:
    """A person's reach: their own chart, the charts of those in their care, what is shared, what they wrote."""

    def __init__(self, grant: Grant, now: datetime) -> None:
        """Begin with what the grant's scopes and its actor's roles leave open."""
        self._is_nobody = grant.actor.person_id is None
        self._openings = _openings(grant.scopes, grant.actor.roles, has_context=grant.patient_id is not None)
        self._values: dict[str, Any] = {
            "self": grant.actor.person_id,
            "now": now,
            "context": grant.patient_id,
        }

    def condition(self, alias: str, kind: str | None, patients: str = "") -> Fragment:
        """Return what must be true of a row for this grant to reach it."""
        if self._is_nobody:
            return _NOTHING
        sql, needed = _words(alias, kind, patients, self._openings)
        return Fragment(sql, {f"{alias}_reach_{name}": self._values[name] for name in needed})


@lru_cache(maxsize=4_096)
def _words(alias: str, kind: str | None, patients: str, openings: _Openings) -> tuple[str, tuple[str, ...]]:
    """Return the words of a condition, and the names of the values it needs. The same for all who are as open."""
    name = f"{alias}_reach"
    chart = _in_chart(alias, openings)
    if patients:
        chart = _any([_in_these_charts(alias, patients, openings), chart])
    shared = _is_shared(alias, kind)
    ways = []
    if _covers(openings.of_user, kind):
        own = f"({alias}.patient_id IS NULL AND {alias}.author_id = %({name}_self)s)"
        ways.append(_both(_any([chart, shared, own]), _limit(openings.of_user, alias, kind)))
    if _covers(openings.of_patient, kind):
        one = f"{alias}.patient_id = %({name}_context)s AND {alias}.more_patients IS NULL"
        mine = f"({one} AND {chart})"
        ways.append(_both(_any([mine, shared]), _limit(openings.of_patient, alias, kind)))
    sql = _any(ways)
    names = ("self", "now", "context")
    return sql, tuple(one for one in names if f"%({name}_{one})s" in sql)


def _in_chart(alias: str, openings: _Openings) -> str:
    chief, other = _may_open(f"{alias}.patient_id", alias, openings), _may_open("m.id", alias, openings)
    others = _UNSEEN.format(alias=alias, may_open=other)
    return f"({alias}.patient_id IS NOT NULL AND {chief} AND ({alias}.more_patients IS NULL OR NOT EXISTS ({others})))"


def _in_these_charts(alias: str, patients: str, openings: _Openings) -> str:
    """Say `_in_chart` of the rows of known patients alone, asking of each patient once and not of each row."""
    open_ones = f"SELECT p.id FROM unnest({patients}) AS p (id) WHERE {_may_open('p.id', alias, openings)}"  # noqa: S608
    return f"({alias}.more_patients IS NULL AND {alias}.patient_id = ANY(ARRAY({open_ones})))"


def _may_open(patient: str, alias: str, openings: _Openings) -> str:
    name = f"{alias}_reach"
    ways = [f"{patient} = %({name}_self)s"] if openings.reads_own else []
    if openings.care:
        values = {"person": f"{name}_self", "reasons": _listed(openings.care), "now": f"{name}_now"}
        ways.append(IN_CARE.format(patient=patient, **values))
    return _any(ways)


def _is_shared(alias: str, kind: str | None) -> str:
    if kind is not None:
        return f"{alias}.patient_id IS NULL" if kind in SHARED_TYPES else "FALSE"
    return f"({alias}.patient_id IS NULL AND {alias}.type IN ({_listed(SHARED_TYPES)}))"


class HouseReach:
    """The reach of the house itself: every resource of the types its `system/` scopes name."""

    def __init__(self, grant: Grant) -> None:
        """Work out the types once."""
        self._kinds = grant.scopes.kinds("rs", holders=["system"])

    def condition(self, alias: str, kind: str | None, patients: str = "") -> Fragment:
        """Return what must be true of a row for this grant to reach it."""
        if not _covers(self._kinds, kind):
            return _NOTHING
        return Fragment(_limit(self._kinds, alias, kind) or "TRUE")


def reach_of(grant: Grant, now: datetime) -> Reach:
    """Return what a grant reaches."""
    return HouseReach(grant) if grant.actor.job else GrantReach(grant, now)


def _covers(kinds: frozenset[str], kind: str | None) -> bool:
    return bool(kinds) and (kind is None or kind in kinds or "*" in kinds)


def _limit(kinds: frozenset[str], alias: str, kind: str | None) -> str:
    return "" if kind is not None or "*" in kinds else f"{alias}.type IN ({_listed(kinds)})"


def _listed(words: Iterable[str]) -> str:
    """Return words as SQL writes them. Raises: ValueError for what is no name of this house or of FHIR.

    Why not values: they are few and always the same, and are then planned with the statement instead of sent with it.
    """
    found = sorted(words)
    if not all(word.isidentifier() and word.isascii() for word in found):
        raise ValueError(found)
    return ", ".join(f"'{word}'" for word in found)


def _any(ways: Iterable[str]) -> str:
    open_ways = [way for way in ways if way != "FALSE"]
    return f"({' OR '.join(open_ways)})" if open_ways else "FALSE"


def _both(one: str, other: str) -> str:
    return f"({one} AND {other})" if other else one
