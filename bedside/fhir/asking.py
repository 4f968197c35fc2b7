"""How this room asks the database without touching it: steps that yield questions and are sent the rows.

    def find_body(kind: str, id: str) -> Steps[str | None]:
        rows = yield Ask("SELECT body FROM fhir_resource WHERE type = %s AND id = %s", (kind, id))
        return rows[0][0] if rows else None

    answer(find_body("Patient", "1"))                            # in Django's transaction
    await answer_async(find_body("Patient", "1"), connection)    # on a connection of the gateway

Why: the chart asks inside Django's transaction on a thread, the FHIR API on an asynchronous connection. One set of
steps serves both, and a test can play the database.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from django.db import DatabaseError
from psycopg import AsyncConnection

from bedside.platform.statements import all_rows

T = TypeVar("T")
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One statement and its values, which always travel apart from it.

    `prepare`: None leaves it to psycopg (planned once after five runs), False plans it anew each time, which is right
    where the best plan depends on the values.
    """

    sql: str
    values: Sequence[Any] | Mapping[str, Any] = ()
    prepare: bool | None = None


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
                ask = steps.send(rows)
    except StopIteration as end:
        done: T = end.value
        return done


async def answer_async(steps: Steps[T], connection: AsyncConnection[Any]) -> T:
    """Run steps on an asynchronous connection, in whatever transaction is open there, as `answer` does."""
    try:
        ask = next(steps)
        while True:
            try:
                cursor = await connection.execute(ask.sql, ask.values or None, prepare=ask.prepare)
                rows = await cursor.fetchall() if cursor.description else []
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
