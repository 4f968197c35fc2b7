"""Every prefix against every way two ranges can lie to each other, in PostgreSQL itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, get_args

import pytest
from django.db import connection

from bedside.fhir.search.query import Amount, Prefix, Span
from bedside.fhir.search.ranges import date_condition, instant_condition, number_condition, seconds_condition

from .naive import date_holds, instant_holds, number_holds

DAYS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(8)]
RANGES = [(a, b) for a, b in product([None, *DAYS], [None, *DAYS]) if (a or b) and (a is None or b is None or a < b)]


class Values:
    """Keeps values apart from the words, as `Statement` does."""

    def __init__(self) -> None:
        self.given: dict[str, object] = {}

    def put(self, value: object, sort: str) -> str:
        name = f"g{len(self.given)}"
        self.given[name] = value
        return f"%({name})s::{sort}"


def which(asked: str, columns: str, given: list[tuple[Any, ...]], made: Values) -> list[bool]:
    """Return for which of some rows a condition is true."""
    words = [[made.put(None if each is None else str(each), "text") for each in row] for row in given]
    table = ", ".join(f"({at}, {', '.join(row)})" for at, row in enumerate(words))
    sql = f"SELECT ({asked}) IS TRUE FROM (VALUES {table}) v(n, {columns}) ORDER BY n"
    with connection.cursor() as cursor:
        cursor.execute(sql, made.given)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", get_args(Prefix))
def test_dates_compare_as_ranges(prefix: Prefix) -> None:
    for days in (1, 2):
        span, made = Span(prefix, DAYS[3], DAYS[3 + days]), Values()
        asked = date_condition(span, "v.a::timestamptz", "v.b::timestamptz", made.put)
        assert which(asked, "a, b", RANGES, made) == [date_holds(span, one) for one in RANGES]


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", get_args(Prefix))
def test_dates_kept_as_seconds_compare_as_ranges(prefix: Prefix) -> None:
    span, made = Span(prefix, DAYS[3], DAYS[5]), Values()
    seconds = [(a.timestamp() if a else -float("inf"), b.timestamp() if b else float("inf")) for a, b in RANGES]
    asked = seconds_condition(span, "v.a::float8", "v.b::float8", made.put)
    assert which(asked, "a, b", seconds, made) == [date_holds(span, one) for one in RANGES]


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", get_args(Prefix))
def test_instants_compare_with_ranges(prefix: Prefix) -> None:
    span, made = Span(prefix, DAYS[3], DAYS[5]), Values()
    asked = instant_condition(span, "v.a::timestamptz", made.put)
    assert which(asked, "a", [(day,) for day in DAYS], made) == [instant_holds(span, day) for day in DAYS]


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", get_args(Prefix))
def test_numbers_compare_by_the_digits_that_were_asked(prefix: Prefix) -> None:
    numbers = [Decimal(n) for n in ("-3", "0", "89.9", "90", "99.49", "99.5", "100", "100.49", "100.5", "110", "110.1")]
    for value in ("100", "100.0", "-3", "0"):
        half = Decimal(5).scaleb(int(Decimal(value).as_tuple().exponent) - 1)
        amount = Amount(prefix, Decimal(value), Decimal(value) - half, Decimal(value) + half)
        made = Values()
        asked = number_condition(amount, "v.a::float8", "v.b::float8", made.put)
        given = [(float(number), float(number)) for number in numbers]
        assert which(asked, "a, b", given, made) == [number_holds(amount, number) for number in numbers]
