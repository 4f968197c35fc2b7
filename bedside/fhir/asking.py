"""How this room asks the database without touching it: steps that yield questions and are sent the rows.

    def find_body(kind: str, id: str) -> Steps[str | None]:
        rows = yield Ask("SELECT body FROM fhir_resource WHERE type = %s AND id = %s", (kind, id))
        return rows[0][0] if rows else None

    answer(find_body("Patient", "1"))                            # in Django's transaction
    await answer_async(find_body("Patient", "1"), connection)    # on a connection of the gateway
    await answer_whole(create(writer, document), connection)     # there, in a transaction of its own

Why: the chart asks inside Django's transaction on a thread, the FHIR API on an asynchronous connection. One set of
steps serves both, and a test can play the database.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from django.db import DatabaseError
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from bedside.platform.statements import all_rows
from bedside.platform.statements.together import rows_of_last

T = TypeVar("T")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One statement and its values, which always travel apart from it.

    `prepare`: None leaves it to psycopg (planned once after five runs), False plans it anew each time, which is right
    where the best plan depends on the values. `is_awaited`: False says that no step depends on what comes back, which
    is then no rows: the statement may travel with the next one, and is refused there if it is.
    """

    sql: str
    values: Sequence[Any] | Mapping[str, Any] = ()
    prepare: bool | None = None
    is_awaited: bool = True


Steps = Generator[Ask, Rows, T]


def answer(steps: Steps[T]) -> T:
    """Run steps on Django's connection, in whatever transaction is open there, and return what they return.

    What the database refuses is raised where the steps asked, so that they may say what it means.
    """
    try:
        ask = next(steps)
        while True:
            try:
                rows = all_rows(ask.sql, ask.values, prepare=ask.prepare is not False)
            except DatabaseError as error:
                ask = steps.throw(error)
            else:
                ask = steps.send(rows if ask.is_awaited else [])
    except StopIteration as end:
        done: T = end.value
        return done


async def answer_async(steps: Steps[T], connection: AsyncConnection[Any]) -> T:
    """Run steps on an asynchronous connection, in whatever transaction is open there, as `answer` does."""
    waiting: list[Ask] = []
    done = await _carry_out(steps, connection, waiting)
    if waiting:
        await rows_of_last(connection, waiting)
    return done


async def answer_whole(steps: Steps[T], connection: AsyncConnection[Any]) -> T:
    """Run steps in a transaction of their own and return what they return once it is committed.

    Why: its beginning travels with their first question, and its end with what nobody waits for.
    """
    waiting = [_BEGIN]
    try:
        done = await _carry_out(steps, connection, waiting)
        if connection.pgconn.transaction_status == TransactionStatus.INERROR:
            raise psycopg.errors.InFailedSqlTransaction("a step went on after a statement was refused")
        if waiting != [_BEGIN]:
            await rows_of_last(connection, [*waiting, _COMMIT])
    except BaseException:
        if connection.pgconn.transaction_status in _OPEN:
            with contextlib.suppress(psycopg.Error):
                await rows_of_last(connection, [_ROLLBACK])
        raise
    return done


_BEGIN, _COMMIT, _ROLLBACK = (Ask(word, prepare=False) for word in ("BEGIN", "COMMIT", "ROLLBACK"))
_OPEN = frozenset({TransactionStatus.INTRANS, TransactionStatus.INERROR})


async def _carry_out(steps: Steps[T], connection: AsyncConnection[Any], waiting: list[Ask]) -> T:
    """Run steps to their end, sending what waits with each question that is awaited; leave the rest waiting."""
    try:
        ask = next(steps)
        while True:
            waiting.append(ask)
            if not ask.is_awaited:
                ask = steps.send([])
                continue
            together = list(waiting)
            waiting.clear()
            try:
                rows = await rows_of_last(connection, together)
            except psycopg.DatabaseError as error:
                ask = steps.throw(error)
            else:
                ask = steps.send(rows)
    except StopIteration as end:
        done: T = end.value
        return done


def refused_by(error: Exception) -> str:
    """Return the SQLSTATE of what a database refused, on either connection; "" when it has none."""
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    return (cause.sqlstate or "") if isinstance(cause, psycopg.Error) else ""
