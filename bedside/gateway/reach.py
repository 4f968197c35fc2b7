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
from bedside.consent.queries import IN_CARE
from bedside.consent.rules import reading_reasons
from bedside.fhir.reach import Fragment, Reach

from .terms import SHARED_TYPES

_NOTHING = Fragment("FALSE")
_UNSEEN = "SELECT 1 FROM unnest({alias}.more_patients) AS m (id) WHERE NOT {may_open}"
_SHARED = sorted(SHARED_TYPES)


@dataclass(frozen=True, slots=True)
class _Openings:
    """What a grant leaves open, as far as it shapes the words of a condition."""

    of_user: frozenset[str]
    of_patient: frozenset[str]
    reads_own: bool
    is_carer: bool


class GrantReach:
    """A person's reach: their own chart, the charts of those in their care, what is shared, what they wrote."""

    def __init__(self, grant: Grant, now: datetime) -> None:
        """Work out once what the grant's scopes and its actor's roles leave open."""
        reasons = reading_reasons(grant.actor)
        care = [reason for reason in reasons if reason != "self"]
        self._is_nobody = grant.actor.person_id is None
        self._openings = _Openings(
            of_user=grant.scopes.kinds("rs", holders=["user"]),
            of_patient=grant.scopes.kinds("rs", holders=["patient"]) if grant.patient_id else frozenset(),
            reads_own="self" in reasons,
            is_carer=bool(care),
        )
        self._values: dict[str, Any] = {
            "self": grant.actor.person_id,
            "now": now,
            "reasons": care,
            "context": grant.patient_id,
            "shared": _SHARED,
            "user": sorted(self._openings.of_user),
            "patient": sorted(self._openings.of_patient),
        }

    def condition(self, alias: str, kind: str | None) -> Fragment:
        """Return what must be true of a row for this grant to reach it."""
        if self._is_nobody:
            return _NOTHING
        sql, needed = _words(alias, kind, self._openings)
        return Fragment(sql, {f"{alias}_reach_{name}": self._values[name] for name in needed})


@lru_cache(maxsize=4_096)
def _words(alias: str, kind: str | None, openings: _Openings) -> tuple[str, tuple[str, ...]]:
    """Return the words of a condition, and the names of the values it needs. The same for all who are as open."""
    name = f"{alias}_reach"
    chart = _in_chart(alias, openings)
    shared = _is_shared(alias, kind)
    ways = []
    if _covers(openings.of_user, kind):
        own = f"({alias}.patient_id IS NULL AND {alias}.author_id = %({name}_self)s)"
        ways.append(_both(_any([chart, shared, own]), _limit(openings.of_user, alias, f"{name}_user", kind)))
    if _covers(openings.of_patient, kind):
        one = f"{alias}.patient_id = %({name}_context)s AND {alias}.more_patients IS NULL"
        mine = f"({one} AND {chart})"
        ways.append(_both(_any([mine, shared]), _limit(openings.of_patient, alias, f"{name}_patient", kind)))
    sql = _any(ways)
    names = ("self", "now", "reasons", "context", "shared", "user", "patient")
    return sql, tuple(one for one in names if f"%({name}_{one})s" in sql)


def _in_chart(alias: str, openings: _Openings) -> str:
    chief, other = _may_open(f"{alias}.patient_id", alias, openings), _may_open("m.id", alias, openings)
    others = _UNSEEN.format(alias=alias, may_open=other)
    return f"({alias}.patient_id IS NOT NULL AND {chief} AND ({alias}.more_patients IS NULL OR NOT EXISTS ({others})))"


def _may_open(patient: str, alias: str, openings: _Openings) -> str:
    name = f"{alias}_reach"
    ways = [f"{patient} = %({name}_self)s"] if openings.reads_own else []
    if openings.is_carer:
        values = {"person": f"{name}_self", "reasons": f"{name}_reasons", "now": f"{name}_now"}
        ways.append(IN_CARE.format(patient=patient, **values))
    return _any(ways)


def _is_shared(alias: str, kind: str | None) -> str:
    if kind is not None:
        return f"{alias}.patient_id IS NULL" if kind in SHARED_TYPES else "FALSE"
    return f"({alias}.patient_id IS NULL AND {alias}.type = ANY(%({alias}_reach_shared)s::text[]))"


class HouseReach:
    """The reach of the house itself: every resource of the types its `system/` scopes name."""

    def __init__(self, grant: Grant) -> None:
        """Work out the types once."""
        self._kinds = grant.scopes.kinds("rs", holders=["system"])

    def condition(self, alias: str, kind: str | None) -> Fragment:
        """Return what must be true of a row for this grant to reach it."""
        if not _covers(self._kinds, kind):
            return _NOTHING
        name = f"{alias}_reach_system"
        limit = _limit(self._kinds, alias, name, kind)
        return Fragment(limit, {name: sorted(self._kinds)}) if limit else Fragment("TRUE")


def reach_of(grant: Grant, now: datetime) -> Reach:
    """Return what a grant reaches."""
    return HouseReach(grant) if grant.actor.job else GrantReach(grant, now)


def _covers(kinds: frozenset[str], kind: str | None) -> bool:
    return bool(kinds) and (kind is None or kind in kinds or "*" in kinds)


def _limit(kinds: frozenset[str], alias: str, name: str, kind: str | None) -> str:
    return "" if kind is not None or "*" in kinds else f"{alias}.type = ANY(%({name})s::text[])"


def _any(ways: Iterable[str]) -> str:
    open_ways = [way for way in ways if way != "FALSE"]
    return f"({' OR '.join(open_ways)})" if open_ways else "FALSE"


def _both(one: str, other: str) -> str:
    return f"({one} AND {other})" if other else one
