"""Statements that travel together: all answered, the first refusal raised, nothing behind it carried out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.pq import PipelineStatus, TransactionStatus

from bedside.config.asgi import conninfo
from bedside.platform.statements import together
from bedside.platform.statements.together import rows_of_last

pytestmark = pytest.mark.django_db


@dataclass
class One:
    sql: str
    values: Any = ()
    prepare: bool | None = None


Use = Callable[[AsyncConnection[Any]], Awaitable[Any]]


def on_a_connection(use: Use) -> Any:
    async def run() -> Any:
        async with await AsyncConnection.connect(conninfo(), autocommit=True) as raw:
            return await use(raw)

    return asyncio.run(run())


async def _prepared(raw: AsyncConnection[Any]) -> int:
    return int((await rows_of_last(raw, [One("SELECT count(*) FROM pg_prepared_statements", prepare=False)]))[0][0])


def test_the_rows_of_the_last_come_back_and_all_were_carried_out() -> None:
    async def use(raw: AsyncConnection[Any]) -> None:
        added = One("INSERT INTO kept VALUES (%(n)s::int)", {"n": 7})
        table = One("CREATE TEMPORARY TABLE kept (n int)", prepare=False)
        await rows_of_last(raw, [table])
        asked = [added, added, One("SELECT n, %s::text FROM kept", ["ñ"], prepare=True)]
        assert await rows_of_last(raw, asked) == [(7, "ñ"), (7, "ñ")]
        assert await rows_of_last(raw, [added]) == []

    on_a_connection(use)


def test_what_stood_behind_a_refusal_was_not_carried_out_and_the_connection_goes_on() -> None:
    async def use(raw: AsyncConnection[Any]) -> None:
        await rows_of_last(raw, [One("CREATE TEMPORARY TABLE kept (n int)", prepare=False)])
        add = One("INSERT INTO kept VALUES (1)")
        with pytest.raises(psycopg.errors.DivisionByZero):
            await rows_of_last(raw, [add, One("SELECT 1 / %s::int", [0]), add])
        assert raw.pgconn.pipeline_status == PipelineStatus.OFF
        assert raw.pgconn.transaction_status == TransactionStatus.IDLE
        assert await rows_of_last(raw, [One("SELECT count(*) FROM kept")]) == [(0,)]

    on_a_connection(use)


def test_a_statement_is_prepared_once_at_once_or_never_as_it_says() -> None:
    async def use(raw: AsyncConnection[Any]) -> None:
        once, never, often = (One(f"SELECT %s::int + {n}", [1], how) for n, how in enumerate((True, False, None)))
        for time in range(1, together.OFTEN + 1):
            await rows_of_last(raw, [once, never, once])
            await rows_of_last(raw, [often])
            assert await _prepared(raw) == (2 if time == together.OFTEN else 1)

    on_a_connection(use)


def test_a_failure_keeps_the_names_that_were_given_before_it_and_no_others() -> None:
    async def use(raw: AsyncConnection[Any]) -> None:
        good, wrong, after = One("SELECT 1", (), True), One("SELECT no_such_word", (), True), One("SELECT 2", (), True)
        with pytest.raises(psycopg.errors.UndefinedColumn):
            await rows_of_last(raw, [good, wrong, after])
        assert await _prepared(raw) == 1
        assert await rows_of_last(raw, [good, after]) == [(2,)]
        assert await _prepared(raw) == 2

    on_a_connection(use)


def test_the_oldest_name_gives_way_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOST_PREPARED", 3)

    async def use(raw: AsyncConnection[Any]) -> None:
        for n in (1, 2, 3, 4, 5, 1):
            assert await rows_of_last(raw, [One(f"SELECT {n}", (), True)]) == [(n,)]
        assert await _prepared(raw) == 3

    on_a_connection(use)


def test_names_that_somebody_else_let_go_of_are_given_anew() -> None:
    async def use(raw: AsyncConnection[Any]) -> None:
        kept = One("SELECT 41 + %s::int", [1], True)
        await rows_of_last(raw, [kept])
        await raw.execute("DEALLOCATE ALL")
        with pytest.raises(psycopg.errors.InvalidSqlStatementName):
            await rows_of_last(raw, [kept])
        assert await rows_of_last(raw, [kept]) == [(42,)]

    on_a_connection(use)


def test_a_connection_that_breaks_says_so() -> None:
    async def use(raw: AsyncConnection[Any]) -> None:
        leave = One("SELECT pg_terminate_backend(pg_backend_pid())", prepare=False)
        with pytest.raises(psycopg.OperationalError):
            await rows_of_last(raw, [One("SELECT 1", prepare=False), leave, One("SELECT 2", prepare=False)])
        assert raw.broken

    on_a_connection(use)


def test_more_than_one_packet_of_bytes_goes_and_comes() -> None:
    async def use(raw: AsyncConnection[Any]) -> None:
        words = "ñ" * 3_000_000
        first, second = (One(f"SELECT %s::text || '{n}'", [words], prepare=False) for n in (1, 2))
        assert await rows_of_last(raw, [first, first, second]) == [(words + "2",)]

    on_a_connection(use)


def test_what_is_cancelled_leaves_the_connection_in_order() -> None:
    async def use(raw: AsyncConnection[Any]) -> None:
        await rows_of_last(raw, [One("SELECT 1", (), True)])
        sleep = [One("SELECT 1", (), True), One("SELECT pg_sleep(30)", prepare=False)]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(rows_of_last(raw, sleep), 0.05)
        assert await rows_of_last(raw, [One("SELECT 5", (), True)]) == [(5,)]

    on_a_connection(use)
