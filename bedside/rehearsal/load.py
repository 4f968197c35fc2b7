"""Fast ways into the tables: rows by COPY, in the order the columns are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def copy_rows(model: type[models.Model], columns: str, rows: Iterable[Sequence[Any]]) -> int:
    """Copy rows into the table of a model and return how many there were.

    A column left out gets the model's own default, as it would from `create`.
    Shape: `columns` are database columns separated by spaces; ranges are given as text "[from,to)", JSON as text.
    """
    given = columns.split()
    left_out = [
        field
        for field in model._meta.concrete_fields
        if field.column not in given and not field.primary_key and not field.null
    ]
    names = ", ".join(f'"{column}"' for column in [*given, *(field.column for field in left_out)])
    count = 0
    with connection.cursor() as cursor:
        statement = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
        with cursor.cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([*row, *(field.get_db_prep_save(field.get_default(), connection) for field in left_out)])
                count += 1
    return count


def as_range(starts_at: Any, ends_at: Any) -> str:
    """Write a half-open range of instants as PostgreSQL reads it."""
    return f"[{starts_at.isoformat()},{ends_at.isoformat()})"
