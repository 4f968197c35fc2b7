"""Statements planned once: prepared by name, inside Django's transactions, with Django's errors and counts."""

from uuid import uuid4

import psycopg
import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from bedside.platform.statements import all_rows, first_row

pytestmark = pytest.mark.django_db

_ADD = "INSERT INTO rate_bucket (key, tokens, is_allowed, taken_at) VALUES (%(key)s, 1, true, now()) RETURNING key"
_COUNT = "SELECT count(*) FROM rate_bucket WHERE key = %s"


def _prepared(sql):
    rows = all_rows("SELECT name FROM pg_prepared_statements WHERE statement = %s::text", [sql])
    return [name for (name,) in rows]


def test_a_statement_is_prepared_once_however_often_it_is_asked():
    for number in (1, 2, 3):
        assert first_row("SELECT %s::int + 41 AS once", [number]) == (number + 41,)
    assert len(_prepared("SELECT $1::int + 41 AS once")) == 1


def test_a_rollback_does_not_forget_what_was_prepared():
    with transaction.atomic():
        first_row("SELECT %s::int AS kept", [1])
        first_row(_ADD, {"key": "undone"})
        transaction.set_rollback(True)
    assert first_row(_COUNT, ["undone"]) == (0,)
    before = _prepared("SELECT $1::int AS kept")
    assert first_row("SELECT %s::int AS kept", [2]) == (2,)
    assert _prepared("SELECT $1::int AS kept") == before != []


def test_names_may_stand_in_any_order_and_more_than_once_and_a_percent_sign_stays_one():
    asked = "SELECT %(second)s::text || %(first)s::text || %(second)s::text, 'a' LIKE 'a%%'"
    assert first_row(asked, {"first": "1", "second": "2", "unused": "3"}) == ("212", True)


def test_values_keep_their_type_and_nothing_stays_nothing():
    key = uuid4()
    asked = "SELECT %s::uuid, %s::int[], %s::text, %s::timestamptz"
    assert first_row(asked, [key, [1, 2], "ñ", None]) == (key, [1, 2], "ñ", None)
    assert first_row(asked, [None, [70_000], None, None]) == (None, [70_000], None, None)


def test_a_value_may_travel_as_bytes():
    assert first_row("SELECT %(file)b::bytea, %(words)t::text", {"file": b"\x00\xff", "words": "a"}) == (
        b"\x00\xff",
        "a",
    )


def test_rows_come_back_all_or_none():
    assert all_rows("SELECT one FROM generate_series(1, %s::int) AS one", [3]) == [(1,), (2,), (3,)]
    assert all_rows("SELECT 1 WHERE %s::bool", [False]) == []
    assert first_row("UPDATE rate_bucket SET tokens = 0 WHERE key = %s", ["nobody"]) is None


def test_what_the_database_refuses_is_raised_as_django_does():
    first_row(_ADD, {"key": "once"})
    with pytest.raises(IntegrityError), transaction.atomic():
        first_row(_ADD, {"key": "once"})
    assert first_row(_COUNT, ["once"]) == (1,)


def test_a_transaction_that_broke_takes_no_more_statements():
    with transaction.atomic():
        with pytest.raises(DataError), transaction.atomic(savepoint=False):
            first_row("SELECT 1 / %s::int", [0])
        with pytest.raises(transaction.TransactionManagementError):
            first_row(_COUNT, ["anything"])
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_first_statement_of_a_transaction_begins_it():
    with transaction.atomic():
        first_row(_ADD, {"key": "begun"})
        assert connection.connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        transaction.set_rollback(True)
    assert first_row(_COUNT, ["begun"]) == (0,)


def test_statements_are_counted_where_django_counts_its_own():
    seen = []

    def watch(execute, sql, values, many, context):
        seen.append(sql)
        return execute(sql, values, many, context)

    with connection.execute_wrapper(watch), CaptureQueriesContext(connection) as counted:
        first_row(_COUNT, ["one"])
    assert seen == [_COUNT] == [one["sql"] for one in counted]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_says_so_and_the_next_one_prepares_anew(test_database):
    first_row(_COUNT, ["lost"])
    with psycopg.connect(test_database.app_address, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    with pytest.raises(OperationalError):
        first_row(_COUNT, ["lost"])
    connection.close_if_unusable_or_obsolete()
    assert first_row(_COUNT, ["lost"]) == (0,)


def test_a_statement_that_is_not_to_be_prepared_is_only_asked():
    assert all_rows("SELECT %s::int AS unprepared", [7], prepare=False) == [(7,)]
    assert _prepared("SELECT $1::int AS unprepared") == []


@pytest.mark.django_db(transaction=True)
def test_the_oldest_statement_gives_way_when_there_are_many(monkeypatch):
    monkeypatch.setattr("bedside.platform.statements.MOST_PREPARED", 2)
    connection.close()
    for number in (1, 2, 3):
        assert first_row(f"SELECT %s::int AS number_{number}", [number]) == (number,)
    assert all_rows("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time", [], prepare=False) == [
        ("SELECT $1::int AS number_2",),
        ("SELECT $1::int AS number_3",),
    ]
    assert first_row("SELECT %s::int AS number_1", [4]) == (4,)
