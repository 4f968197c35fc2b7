"""The statements of a search: one page of matches, how many there are, and what comes along with them."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from bedside.fhir.asking import Ask
from bedside.fhir.faults import Fault
from bedside.fhir.indexing.keys import param_key, reference_key
from bedside.fhir.reach import Reach

from .conditions import all_conditions, is_scoped, patients_kept_to
from .limits import KEYS_MOST
from .query import Chain, Clause, Has, Include, Query
from .refusal import SearchRefused
from .schema import Schema
from .sorting import after, order_by, sort_expressions
from .statement import Statement


class Row(NamedTuple):
    """One resource found. Shape: `body` is its JSON as it is stored; `patient_ids` are those whose chart it is in."""

    rid: int
    kind: str
    id: str
    body: str
    patient_ids: tuple[UUID, ...]


_COLUMNS = "{r}.rid, {r}.type, {r}.id, {r}.body, {r}.patient_id, {r}.more_patients"
#: Where the columns end, and what a page is sorted by begins.
COLUMNS = 6


def row_of(found: tuple[Any, ...]) -> Row:
    """Return a row of the columns all statements here begin with."""
    rid, kind, id, body, patient, others = found[:COLUMNS]
    if others is None:
        return Row(rid, kind, id, body, () if patient is None else (patient,))
    return Row(rid, kind, id, body, (patient, *others))


def _kinds(query: Query) -> tuple[str, ...]:
    return (query.kind,) if query.kind else query.kinds


def _prepare(clauses: tuple[Clause, ...]) -> bool | None:
    """Return whether such a statement may be planned once: the rows of one patient are found in one way only.

    Why: for one patient there is one index to use, whatever the values; elsewhere the best plan depends on them.
    """
    return None if is_scoped(clauses) and not _follows(clauses) else False


def _follows(clauses: tuple[Clause, ...]) -> bool:
    """Say whether other resources are asked about."""
    return any(isinstance(clause, Chain | Has) for clause in clauses)


def page_of(query: Query, reach: Reach) -> Ask:
    """Return the question for one page, and for one row more, which says whether another page follows."""
    made = Statement(reach)
    where = made.rows("r", _kinds(query), patients_kept_to(query.clauses))
    where += all_conditions(query.clauses, "r", made)
    worth = sort_expressions(query.sorts, "r", made)
    keys = "".join(f", {each} AS k{at}" for at, each in enumerate(worth))
    if query.after:
        where += f" AND {after(query.after, query.sorts, worth, 'r', made)}"
    order = order_by(query.sorts, "r", found_first=is_scoped(query.clauses) or _follows(query.clauses))
    limit = made.put(query.count + 1, "int")
    sql = f"SELECT {_COLUMNS.format(r='r')}{keys} FROM fhir_resource r WHERE {where}"
    sql = f"{sql} ORDER BY {order} LIMIT {limit}"
    return Ask(sql, made.values, prepare=_prepare(query.clauses))


def count_of(query: Query, reach: Reach, most: int | None = None) -> Ask:
    """Return the question how many matches there are, counted no further than `most`."""
    made = Statement(reach)
    where = made.rows("r", _kinds(query), patients_kept_to(query.clauses))
    where += all_conditions(query.clauses, "r", made)
    if most is None:
        sql = f"SELECT count(*) FROM fhir_resource r WHERE {where}"
    else:
        limit = made.put(most, "int")
        sql = f"SELECT count(*) FROM (SELECT FROM fhir_resource r WHERE {where} LIMIT {limit}) counted"
    return Ask(sql, made.values, prepare=_prepare(query.clauses))


# --- What comes along ------------------------------------------------------------------------------------------
def included_by(
    include: Include, rows: list[Row], seen: list[int], reach: Reach, schema: Schema, most: int
) -> Ask | None:
    """Return the question for what some rows refer to, or for what refers to them; None where nothing can."""
    mixed = _mixed(include, rows, schema)
    if not mixed:
        return None
    made = Statement(reach)
    if include.is_reverse:
        alias, kinds = "s", () if include.source == "*" else (include.source,)
        where = f"{made.rows('s', kinds)} AND s.tokens && {made.put(mixed, 'bigint[]')}"
    else:
        alias = "t"
        where = f"{made.rows('t', include.targets)} AND {_referred(rows, mixed, made)}"
    where += f" AND {alias}.rid <> ALL({made.put(seen, 'bigint[]')})"
    columns = _COLUMNS.format(r=alias)
    limit = made.put(most, "int")
    sql = f"SELECT {columns} FROM fhir_resource {alias} WHERE {where} ORDER BY {alias}.rid LIMIT {limit}"
    return Ask(sql, made.values, prepare=False)


def _mixed(include: Include, rows: list[Row], schema: Schema) -> list[int]:
    """Return the keys to look up: of the parameters, or, in reverse, of the rows in those parameters."""
    found: dict[int, None] = {}
    kinds = {row.kind for row in rows}
    if not include.is_reverse:
        for kind in sorted(kinds if include.source == "*" else kinds & {include.source}):
            found.update((param_key(kind, code), None) for code in _codes(include, kind, schema))
        return list(found)
    for kind in schema.types if include.source == "*" else (include.source,):
        for code in _codes(include, kind, schema):
            mixed, targets = param_key(kind, code), schema.search[kind][code].targets
            for row in rows:
                if (not targets or row.kind in targets) and (not include.targets or row.kind in include.targets):
                    found[reference_key(row.kind, row.id) ^ mixed] = None
        if len(found) > KEYS_MOST:
            words = "One page brings along too much in this way. Ask for fewer matches (_count) or name a parameter."
            raise SearchRefused([Fault("http._revinclude", "too-costly", words)])
    return list(found)


def _codes(include: Include, kind: str, schema: Schema) -> tuple[str, ...]:
    if include.codes:
        return include.codes
    return tuple(code for code, each in schema.search[kind].items() if each.kind == "reference")


def _referred(rows: list[Row], mixed: list[int], made: Statement) -> str:
    rids = made.put([row.rid for row in rows], "bigint[]")
    return (
        f"t.key = ANY(ARRAY(SELECT one # mixed FROM fhir_resource f, unnest(f.tokens) one, "
        f"unnest({made.put(mixed, 'bigint[]')}) mixed WHERE f.rid = ANY({rids}) AND {made.rows('f', ())}))"
    )
