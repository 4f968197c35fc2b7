"""The statements that write: any number of resources in one, with their versions and all they are found by.

Why: one round trip and one flush to disk for a resource or for a bundle of them, and nothing half written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import psycopg
from django.db import IntegrityError

from bedside.fhir.asking import Ask, Rows, Steps, refused_by
from bedside.fhir.reach import EVERYTHING, Reach

from .columns import columns_of
from .refusals import ResourceBusy, ResourceSealed
from .rows import NewVersion, Present, patients_of

#: A statement carries at most so many resources: its arrays stay a few megabytes.
AT_ONCE = 1000

_GIVEN = """
given AS MATERIALIZED (
    SELECT {rid} AS rid, g.* FROM unnest(
        %(keys)s::bigint[], %(stored)s::timestamptz[], %(at_from)s::timestamptz[], %(at_to)s::timestamptz[],
        %(patients)s::uuid[], %(authors)s::uuid[], %(versions)s::int[], %(gone)s::bool[], %(kinds)b::text[],
        %(ids)b::text[], %(others)b::text[], %(tokens)b::text[], %(bodies)b::text[], %(methods)b::text[],
        %(rids)s::bigint[]
    ) AS g (key, stored_at, at_from, at_to, patient_id, author_id, version, is_deleted, type, id, others, tokens,
            body, method, number)
)"""

_VERSIONS = """,
versions AS (
    INSERT INTO fhir_version (rid, stored_at, patient_id, author_id, version, is_deleted, type, method, more_patients,
                              body)
    SELECT rid, stored_at, patient_id, author_id, version, is_deleted, type, method, others::uuid[], body FROM given
)"""

#: What stands in tables beside the resource, by the list of its `Entries`.
_BESIDE = {
    "dates": """,
dates AS (
    INSERT INTO fhir_date (rid, param, from_at, to_at)
    SELECT {of}, param, from_at, to_at FROM unnest(
        %(d_rids)s::bigint[], %(d_params)s::int[], %(d_from)s::timestamptz[], %(d_to)s::timestamptz[]
    ) AS d (rid, param, from_at, to_at)
)""",
    "strings": """,
strings AS (
    INSERT INTO fhir_string (rid, param, norm, raw)
    SELECT {of}, param, norm, raw FROM unnest(
        %(s_rids)s::bigint[], %(s_params)s::int[], %(s_norm)b::text[], %(s_raw)b::text[]
    ) AS d (rid, param, norm, raw)
)""",
    "numbers": """,
numbers AS (
    INSERT INTO fhir_number (rid, param, low, high, code, with_key)
    SELECT {of}, param, low, high, code, with_key FROM unnest(
        %(n_rids)s::bigint[], %(n_params)s::int[], %(n_low)s::float8[], %(n_high)s::float8[], %(n_code)s::bigint[],
        %(n_with)s::bigint[]
    ) AS d (rid, param, low, high, code, with_key)
)""",
}

_INSERT = """,
kept AS (
    INSERT INTO fhir_resource (rid, key, stored_at, at_from, at_to, patient_id, author_id, version, is_deleted, type,
                               id, more_patients, tokens, body)
    SELECT rid, key, stored_at, at_from, at_to, patient_id, author_id, version, is_deleted, type, id, others::uuid[],
           tokens::bigint[], body
    FROM given
)"""

_UPDATE = """,
kept AS (
    UPDATE fhir_resource r SET stored_at = g.stored_at, at_from = g.at_from, at_to = g.at_to, patient_id = g.patient_id,
        author_id = g.author_id, version = g.version, is_deleted = g.is_deleted, more_patients = g.others::uuid[],
        tokens = g.tokens::bigint[], body = g.body
    FROM given g WHERE r.rid = g.rid
)"""

_FOUND_BY = """,
kept AS (
    UPDATE fhir_resource r SET at_from = g.at_from, at_to = g.at_to, patient_id = g.patient_id,
        more_patients = g.others::uuid[], tokens = g.tokens::bigint[]
    FROM given g WHERE r.rid = g.rid
)"""

_CLEAR = """,
old_dates AS (DELETE FROM fhir_date WHERE rid = ANY(%(rids)s::bigint[])),
old_strings AS (DELETE FROM fhir_string WHERE rid = ANY(%(rids)s::bigint[])),
old_numbers AS (DELETE FROM fhir_number WHERE rid = ANY(%(rids)s::bigint[]))"""

_END = " SELECT rid FROM given"
#: One resource draws its number itself; of many the numbers are drawn first, so that nothing has to be joined.
_ONE = (_GIVEN.format(rid="nextval('fhir_resource_rid_seq')"), "(SELECT g.rid FROM given g)")
_MANY = (_GIVEN.format(rid="number"), "rid")
_FORMS = {
    "create one": (*_ONE, _INSERT + _VERSIONS),
    "create": (*_MANY, _INSERT + _VERSIONS),
    "change": (*_MANY, _UPDATE + _VERSIONS + _CLEAR),
    "index": (*_MANY, _FOUND_BY + _CLEAR),
}


@cache
def _statement(form: str, beside: tuple[str, ...]) -> str:
    """Return the statement that writes resources and what stands in these tables beside them.

    Why: to open a table and its indexes for nothing takes a tenth of the time of one resource.
    """
    given, of, rest = _FORMS[form]
    return "WITH" + given + rest + "".join(_BESIDE[name].format(of=of) for name in beside) + _END


def _ask(form: str, rows: Sequence[NewVersion], rids: Sequence[int], *, is_awaited: bool = True) -> Ask:
    beside = tuple(name for name in _BESIDE if any(getattr(row.entries, name) for row in rows))
    return Ask(_statement(form, beside), columns_of(rows, rids), prepare=True, is_awaited=is_awaited)


_NUMBERS = "SELECT nextval('fhir_resource_rid_seq') FROM generate_series(1, %s)"

_LOCK = """
SELECT r.rid, r.type, r.id, r.version, r.stored_at, r.is_deleted, r.patient_id, r.more_patients, r.author_id, r.body,
       {reach}
FROM fhir_resource r WHERE {named}
"""
_NAMED = "r.type = %(kind)s AND r.id = %(name)s FOR UPDATE OF r"
_ALL_NAMED = """(r.type, r.id) IN (SELECT * FROM unnest(%(kinds)b::text[], %(ids)b::text[]))
ORDER BY r.type, r.id FOR UPDATE OF r"""


def lock(names: Iterable[tuple[str, str]], reach: Reach = EVERYTHING) -> Steps[dict[tuple[str, str], Present]]:
    """Return the present versions of resources named by type and id, deleted ones too; what is not there is left out.

    Locks: their rows, in the order of type and id, until the transaction ends.
    """
    wanted = sorted(set(names))
    if not wanted:
        return {}
    mine = reach.condition("r", wanted[0][0] if len(wanted) == 1 else None)
    values: dict[str, Any]
    if len(wanted) == 1:
        values = {**mine.values, "kind": wanted[0][0], "name": wanted[0][1]}
    else:
        values = {**mine.values, "kinds": [kind for kind, _ in wanted], "ids": [id for _, id in wanted]}
    rows = yield Ask(_LOCK.format(reach=mine.sql, named=_NAMED if len(wanted) == 1 else _ALL_NAMED), values)
    return {(row[1], row[2]): _present(row) for row in rows}


def _present(row: tuple[Any, ...]) -> Present:
    rid, kind, id, version, stored_at, is_deleted, patient_id, others, author_id, body, is_reachable = row
    patients = patients_of(patient_id, others)
    return Present(rid, kind, id, version, stored_at, is_deleted, patients, author_id, body, bool(is_reachable))


def insert_one(row: NewVersion) -> Steps[None]:
    """Write one resource that is new under an id of ours, which nobody else can have taken: nobody waits for it."""
    yield _ask("create one", [row], [0], is_awaited=False)


def insert(rows: Sequence[NewVersion]) -> Steps[list[int]]:
    """Write resources that are new, and return their row numbers in order. All of them or none.

    Raises: ResourceBusy when someone has stored one of that name meanwhile.
    """
    if len(rows) == 1:
        return [rid for (rid,) in (yield from _write("create one", rows, [0]))]
    rids: list[int] = []
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        numbers = sorted(number for (number,) in (yield Ask(_NUMBERS, (len(some),))))
        yield from _write("create", some, numbers)
        rids += numbers
    return rids


def change(rows: Sequence[NewVersion]) -> Steps[None]:
    """Write the next versions of resources whose rows are locked; each row names its `rid`.

    Raises: ResourceSealed when one is signed.
    """
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        yield from _write("change", some, [row.rid or 0 for row in some])


def index(rows: Sequence[NewVersion]) -> Steps[None]:
    """Write only what resources are found by; their versions and texts stay as they are. The rows are locked."""
    yield from _write("index", rows, [row.rid or 0 for row in rows])


def _write(form: str, rows: Sequence[NewVersion], rids: Sequence[int]) -> Steps[Rows]:
    try:
        return (yield _ask(form, rows, rids))
    except (psycopg.IntegrityError, IntegrityError) as error:
        refusal = {"23505": ResourceBusy, "23001": ResourceSealed}.get(refused_by(error))
        if refusal is None:
            raise
        raise refusal() from error
