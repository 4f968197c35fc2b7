"""A statement that goes alone: planned as asked, refused as psycopg does, never mixed up after a cut."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from bedside.config.asgi import conninfo
from bedside.platform.statements.borrowing import Borrowed, Lines
from bedside.platform.statements.together import all_rows_async

pytestmark = pytest.mark.django_db(transaction=True)
Use = Callable[[AsyncConnection[Any]], Awaitable[Any]]


def on_a_connection(use: Use, options: str = "") -> Any:
    async def run() -> Any:
        async with await AsyncConnection.connect(conninfo(), autocommit=True, options=options) as connection:
            return await use(connection)

    return asyncio.run(run())


def test_values_and_rows_keep_their_types_and_nothing_stays_nothing() -> None:
    key, at = UUID(int=7), datetime(2026, 11, 24, 15, tzinfo=UTC)
    asked = "SELECT %(id)s::uuid, %(at)s::timestamptz, %(words)s::text[], %(many)s::bigint[], %(none)s::text, 'a%%'"
    values = {"id": key, "at": at, "words": ["ñ"], "many": [2**60], "none": None, "unused": 1}
    found = on_a_connection(lambda connection: all_rows_async(connection, asked, values))
    assert found == [(key, at, ["ñ"], [2**60], None, "a%")]


@pytest.mark.parametrize("options", ["", "-c plan_cache_mode=force_generic_plan"])
def test_what_is_planned_for_its_values_is_whatever_the_connection_does_otherwise(options: str) -> None:
    async def use(connection: AsyncConnection[Any]) -> Any:
        asked = "SELECT current_setting('plan_cache_mode') || %s::text"
        before = await all_rows_async(connection, asked, [""], prepare=True)
        within = await all_rows_async(connection, asked, ["!"], prepare=False)
        return before, within, await all_rows_async(connection, asked, [""], prepare=True)

    before, within, after = on_a_connection(use, options)
    assert within == [("force_custom_plan!",)]
    assert before == after == [("force_generic_plan" if options else "auto",)]


@pytest.mark.parametrize("prepare", [True, None, False])
def test_what_the_database_refuses_is_raised_and_the_connection_goes_on(prepare: bool | None) -> None:
    async def use(connection: AsyncConnection[Any]) -> Any:
        with pytest.raises(psycopg.errors.DivisionByZero):
            await all_rows_async(connection, "SELECT 1 / %s::int", [0], prepare=prepare)
        with pytest.raises(psycopg.errors.UndefinedTable):
            await all_rows_async(connection, "SELECT * FROM nothing_of_that_name", (), prepare=prepare)
        asked = "SELECT current_setting('plan_cache_mode')"
        return await all_rows_async(connection, asked, (), prepare=True)

    assert on_a_connection(use) == [("auto",)]


def test_a_transaction_is_kept_and_undone_with_what_was_asked_in_it() -> None:
    async def use(connection: AsyncConnection[Any]) -> Any:
        add = "INSERT INTO rate_bucket (key, tokens, is_allowed, taken_at) VALUES (%s, 1, true, now())"

        async def fail() -> None:
            async with connection.transaction():
                await all_rows_async(connection, add, ["first"])
                async with connection.transaction():
                    await all_rows_async(connection, add, ["second"], prepare=False)
                await all_rows_async(connection, add, ["first"], prepare=False)

        with pytest.raises(psycopg.errors.UniqueViolation):
            await fail()
        async with connection.transaction():
            await all_rows_async(connection, add, ["third"], prepare=True)
        asked = "SELECT key, current_setting('plan_cache_mode') FROM rate_bucket"
        return await all_rows_async(connection, asked, ())

    assert on_a_connection(use) == [("third", "auto")]


@pytest.mark.slow
def test_a_value_larger_than_what_the_line_holds_arrives_whole() -> None:
    words = "ñ" * 20_000_000
    found = on_a_connection(lambda connection: all_rows_async(connection, "SELECT length(%s::text)", [words]))
    assert found == [(20_000_000,)]


def test_whoever_is_cancelled_leaves_no_answer_behind_for_the_next() -> None:
    async def run() -> Any:
        pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            conninfo(), min_size=1, max_size=1, open=False, kwargs={"autocommit": True}
        )
        lines = Lines(pool)
        async with pool:
            async with Borrowed(lines) as connection:
                number = connection.info.backend_pid
                waiting = asyncio.create_task(all_rows_async(connection, "SELECT 1 FROM pg_sleep(60)", ()))
                async with await AsyncConnection.connect(conninfo(), autocommit=True) as other:
                    asked = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
                    while not (await all_rows_async(other, asked, [number]))[0][0]:
                        await asyncio.sleep(0)
                waiting.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await waiting
            async with Borrowed(lines) as connection:
                assert connection.info.backend_pid != number
                return await all_rows_async(connection, "SELECT 2", ())

    assert asyncio.run(run()) == [(2,)]


def test_a_line_that_was_cut_is_said_and_replaced() -> None:
    async def run() -> Any:
        pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            conninfo(), min_size=1, max_size=1, open=False, kwargs={"autocommit": True}
        )
        lines = Lines(pool)
        async with pool:
            async with Borrowed(lines) as connection:
                with pytest.raises(psycopg.OperationalError):
                    await all_rows_async(connection, "SELECT pg_terminate_backend(pg_backend_pid())", ())
            async with Borrowed(lines) as connection:
                return await all_rows_async(connection, "SELECT 3", ())

    assert asyncio.run(run()) == [(3,)]
