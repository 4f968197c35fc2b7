"""Statements asked on every page or every booking: PostgreSQL plans them once a connection, then only fills them in.

Why: for a row found by its key, planning takes longer than finding it, and working out what to send takes longer
than sending it. So such a statement is prepared by name the first time a connection asks it, and goes straight to
libpq after that. Django's own statements are planned each time, which is right for those that differ from call to
call. It is still Django's connection: its transactions, its count of queries, its errors.

Shape: as for Django's cursor, but values travel apart from the words, so a list is `= ANY(%s)` and a value whose
type PostgreSQL cannot see from its place says it: `%s::text`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from .wording import numbered

Values = Mapping[str, Any] | Sequence[Any]
Row = tuple[Any, ...]

#: What each connection has prepared: the words and the types of their values, and the name it was given.
_names: WeakKeyDictionary[psycopg.Connection[Any], dict[tuple[str, tuple[int, ...]], bytes]] = WeakKeyDictionary()

_numbers = count()

#: More than the house has words for; a statement put together from many parts may come in any number.
MOST_PREPARED = 200


def all_rows(sql: str, values: Values, *, prepare: bool = True) -> list[Row]:
    """Execute a statement that is always worded the same and return its rows, if it has any.

    One that is seldom worded the same, or whose best plan depends on the values, says `prepare=False`.
    Raises: what Django's cursor raises.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    send: Any = partial(_send, prepare)
    if connection.queries_logged:
        send = partial(_log, send)
    for wrapper in reversed(connection.execute_wrappers):
        send = partial(wrapper, send)
    rows: list[Row] = send(sql, values, False, {"connection": connection, "cursor": None})
    return rows


def first_row(sql: str, values: Values) -> Row | None:
    """Execute such a statement and return its first row, if it has one."""
    rows = all_rows(sql, values)
    return rows[0] if rows else None


def _send(prepare: bool, sql: str, values: Values, *_: Any) -> list[Row]:
    """Have PostgreSQL execute it, inside Django's transaction if there is one."""
    with connection.wrap_database_errors:
        raw: psycopg.Connection[Any] = connection.connection
        words, order, formats = numbered(sql)
        adapting = Transformer(raw)
        plain = [values[name] for name in order] if isinstance(values, Mapping) else values
        sent: Any = adapting.dump_sequence(plain, formats)
        if not raw.autocommit and raw.pgconn.transaction_status == TransactionStatus.IDLE:
            _checked(raw, raw.pgconn.exec_(b"BEGIN"))
        types = adapting.types or ()
        if prepare:
            name = _prepared(raw, sql, words, types)
            result = _checked(raw, raw.pgconn.exec_prepared(name, sent, adapting.formats))
        else:
            result = _checked(raw, raw.pgconn.exec_params(words, sent, types, adapting.formats))
        adapting.set_pgresult(result)
        return adapting.load_rows(0, result.ntuples, tuple) if result.ntuples else []


def _prepared(raw: psycopg.Connection[Any], sql: str, words: bytes, types: tuple[int, ...]) -> bytes:
    """Return the name under which this connection knows the statement; the oldest gives way at a limit."""
    known = _names.setdefault(raw, {})
    name = known.get((sql, types))
    if name is None:
        if len(known) >= MOST_PREPARED:
            _checked(raw, raw.pgconn.exec_(b"DEALLOCATE " + known.pop(next(iter(known)))))
        name = b"bedside_%d" % next(_numbers)
        _checked(raw, raw.pgconn.prepare(name, words, types))
        known[sql, types] = name
    return name


def _checked(raw: psycopg.Connection[Any], result: psycopg.pq.abc.PGresult) -> psycopg.pq.abc.PGresult:
    """Return a result that is one. Raises: what psycopg raises for it."""
    if result.status in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        return result
    if raw.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError("the connection was lost")
    raise psycopg.errors.error_from_result(result, raw.info.encoding)


def _log(send: Any, sql: str, values: Values, *more: Any) -> list[Row]:
    """Note the statement where Django notes its own: for the console of a developer, and for tests that count."""
    began = time.monotonic()
    try:
        rows: list[Row] = send(sql, values, *more)
        return rows
    finally:
        connection.queries_log.append({"sql": sql, "time": f"{time.monotonic() - began:.3f}"})
