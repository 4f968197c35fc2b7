"""Statements asked on every page or every booking: PostgreSQL plans them once a connection, then only fills them in.

Why: for a row found by its key, planning takes longer than finding it. Django's own statements are planned each
time, which is right for those that differ from call to call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper

#: A statement is prepared when it is asked again. psycopg forgets what it prepared at every ROLLBACK, so that a
#: command that often says no had better say it before its transaction begins.
PREPARE_AFTER = 1


class _PlannedAnew(ServerBindingCursor):
    """Sends values apart from the words as well, and has every statement planned for the values it has this time."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=False)  # type: ignore[misc]


@contextmanager
def prepared(
    sql: str, values: Mapping[str, Any] | Sequence[Any], *, plan_anew: bool = False
) -> Iterator[CursorWrapper]:
    """Execute a statement that is always worded the same, and yield its cursor.

    Why: `plan_anew` is for one whose best plan depends on its values: planned once, it would be planned for any.

    Shape: as for Django's cursor, but values travel apart from the words, so a list is `= ANY(%s)` and a value whose
    type PostgreSQL cannot see from its place says it: `%s::text`.
    Raises: what Django's cursor raises.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None:  # Django's own cursors never prepare, whatever this says
        raw.prepare_threshold = PREPARE_AFTER
    mine: Any = (_PlannedAnew if plan_anew else ServerBindingCursor)(raw)  # type: ignore[call-arg]
    with connection.make_debug_cursor(mine) if connection.queries_logged else connection.make_cursor(mine) as cursor:
        cursor.execute(sql, values)
        yield cursor


def first_row(sql: str, values: Mapping[str, Any] | Sequence[Any]) -> tuple[Any, ...] | None:
    """Execute such a statement and return its first row, if it has one."""
    with prepared(sql, values) as cursor:
        return cursor.fetchone() if cursor.description else None
