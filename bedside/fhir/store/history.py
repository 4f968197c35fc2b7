"""What happened to a resource, to the resources of a type, or to all of them: newest first, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bedside.fhir.asking import Ask, Steps
from bedside.fhir.reach import Fragment, Reach

from .reading import Found
from .refusals import ResourceMissing
from .rows import patients_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of history ended: the next one begins with what is older."""

    stored_at: datetime
    rid: int
    version: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of versions, newest first, and where to go on; `next` is None on the last page."""

    versions: list[Found]
    next: Place | None
    total: int | None = None


_COLUMNS = "v.type, v.id, v.version, v.stored_at, v.is_deleted, v.patient_id, v.more_patients, v.body, v.method, v.rid"
_OLDER = "(w.stored_at, w.rid, w.version) < (%(stored_at)s::timestamptz, %(rid)s::bigint, %(version)s::int)"
#: A version stands from when it was stored until the next one is; a deletion is nothing that stands.
_STOOD = """
NOT w.is_deleted AND w.stored_at < %(to_at)s::timestamptz AND NOT EXISTS (
    SELECT FROM fhir_version n WHERE n.rid = w.rid AND n.version = w.version + 1
        AND n.stored_at <= greatest(%(from_at)s::timestamptz, w.stored_at)
)"""
_ORDER = "stored_at DESC, rid DESC, version DESC"


def history_page(
    *,
    reach: Reach,
    kinds: Sequence[str],
    id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    within: tuple[datetime, datetime] | None = None,
    count: int = 50,
    after: Place | None = None,
) -> Steps[HistoryPage]:
    """Return versions of the resource `id` of the one kind, or of every resource of the kinds, newest first.

    Shape: `since` and `until` bound when a version was stored, both included; `within` asks for what stood at some
    time from its first instant to before its last; `total` is told for one resource.
    Both the resource as it is now and the version must be within reach.
    Raises: ResourceMissing when one resource was asked for and there is none.
    """
    now, then = reach.condition("r", None), reach.condition("v", None)
    values: dict[str, Any] = {**now.values, **then.values, "kinds": list(kinds), "most": count + 1}
    bounds = ["TRUE"]
    if since is not None:
        bounds.append("w.stored_at >= %(since)s::timestamptz")
        values["since"] = since
    if until is not None:
        bounds.append("w.stored_at <= %(until)s::timestamptz")
        values["until"] = until
    if within is not None:
        bounds.append(_STOOD)
        values["from_at"], values["to_at"] = within
    total = None
    if id is not None:
        values["id"] = id
        total = yield from _count(now, then, values, " AND ".join(bounds))
    if after is not None:
        bounds.append(_OLDER)
        values |= {"stored_at": after.stored_at, "rid": after.rid, "version": after.version}
    sql = (_of_kinds if id is None else _of_one)(now, then, " AND ".join(bounds))
    rows = yield Ask(sql, values)
    return _page(rows, count, total)


def _of_one(now: Fragment, then: Fragment, bounds: str, columns: str = _COLUMNS) -> str:
    ending = f"ORDER BY {_ORDER} LIMIT %(most)s" if columns == _COLUMNS else ""
    return f"""
        SELECT {columns} FROM fhir_resource r CROSS JOIN LATERAL (
            SELECT w.*, r.id FROM fhir_version w WHERE w.rid = r.rid AND {bounds}
        ) v
        WHERE r.type = ANY(%(kinds)s::text[]) AND r.id = %(id)s AND {now.sql} AND {then.sql} {ending}
    """  # noqa: S608  (conditions carry their values beside them)


def _of_kinds(now: Fragment, then: Fragment, bounds: str) -> str:
    """Walk the index of each kind from its newest end and merge the pages: no kind is read further than a page."""
    return f"""
        SELECT {_COLUMNS} FROM unnest(%(kinds)s::text[]) AS k (kind) CROSS JOIN LATERAL (
            SELECT v.* FROM (
                SELECT w.*, r.id FROM fhir_version w JOIN fhir_resource r ON r.rid = w.rid
                WHERE w.type = k.kind AND {bounds} AND {now.sql}
            ) v WHERE {then.sql} ORDER BY {_ORDER} LIMIT %(most)s
        ) v ORDER BY {_ORDER} LIMIT %(most)s
    """  # noqa: S608  (conditions carry their values beside them)


def _count(now: Fragment, then: Fragment, values: dict[str, Any], bounds: str) -> Steps[int]:
    rows = yield Ask(_of_one(now, then, "TRUE", "count(*)"), values)
    if not rows[0][0]:
        raise ResourceMissing()
    if bounds != "TRUE":
        rows = yield Ask(_of_one(now, then, bounds, "count(*)"), values)
    return int(rows[0][0])


def _page(rows: list[tuple[Any, ...]], count: int, total: int | None) -> HistoryPage:
    shown = rows[:count]
    versions = [
        Found(kind, id, version, stored_at, is_deleted, patients_of(patient_id, others), body, method)
        for kind, id, version, stored_at, is_deleted, patient_id, others, body, method, _ in shown
    ]
    more = len(rows) > count and shown
    last = Place(shown[-1][3], shown[-1][9], shown[-1][2]) if more else None
    return HistoryPage(versions, last, total)
