"""The same steps run on Django's connection and on an asynchronous one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from bedside.config.asgi import conninfo
from bedside.fhir import asking
from bedside.fhir.asking import Ask, Steps, answer, answer_async, answer_whole
from bedside.platform.statements.together import rows_of_last


def _double(number: int) -> Steps[int]:
    rows = yield Ask("SELECT %s::int * 2", (number,))
    rows = yield Ask("SELECT %(n)s::int * 2", {"n": rows[0][0]})
    return int(rows[0][0])


@pytest.mark.django_db
def test_steps_run_in_djangos_transaction() -> None:
    assert answer(_double(3)) == 12
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.django_db
def test_the_same_steps_run_on_an_asynchronous_connection() -> None:
    async def run() -> int:
        async with await AsyncConnection.connect(conninfo()) as raw:
            return await answer_async(_double(5), raw)

    assert asyncio.run(run()) == 20


@pytest.mark.django_db
def test_what_is_to_be_planned_anew_is_never_kept() -> None:
    def steps(prepare: bool | None) -> Steps[int]:
        for _ in range(7):
            yield Ask("SELECT %(n)s::int", {"n": 1}, prepare=prepare)
        rows = yield Ask("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1::int'")
        return int(rows[0][0])

    assert answer(steps(False)) == 0
    assert answer(steps(None)) == 1


def test_what_steps_raise_comes_through() -> None:
    def steps() -> Steps[None]:
        raise KeyError("no")
        yield Ask("SELECT 1")

    with pytest.raises(KeyError):
        answer(steps())


def _on_a_connection(run: Callable[[AsyncConnection[Any]], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        async with await AsyncConnection.connect(conninfo(), autocommit=True) as raw:
            await raw.execute("CREATE TEMPORARY TABLE kept (n int PRIMARY KEY)")
            return await run(raw)

    return asyncio.run(whole())


def _keep(*numbers: int, is_awaited: bool = False) -> Steps[str]:
    for number in numbers:
        yield Ask("INSERT INTO kept VALUES (%s)", (number,), is_awaited=is_awaited)
    return "done"


async def _kept(raw: AsyncConnection[Any]) -> list[int]:
    return [number for (number,) in await (await raw.execute("SELECT n FROM kept ORDER BY n")).fetchall()]


@pytest.mark.django_db
def test_what_nobody_waits_for_is_carried_out_before_the_end() -> None:
    async def run(raw: AsyncConnection[Any]) -> None:
        assert await answer_async(_keep(1, 2), raw) == "done"
        assert await _kept(raw) == [1, 2]

    _on_a_connection(run)


@pytest.mark.django_db
def test_a_transaction_of_its_own_keeps_all_or_nothing() -> None:
    async def run(raw: AsyncConnection[Any]) -> None:
        assert await answer_whole(_keep(1, 2), raw) == "done"
        for is_awaited in (False, True):
            with pytest.raises(psycopg.errors.UniqueViolation):
                await answer_whole(_keep(3, 1, 4, is_awaited=is_awaited), raw)
            assert raw.pgconn.transaction_status == TransactionStatus.IDLE
        assert await _kept(raw) == [1, 2]

    _on_a_connection(run)


@pytest.mark.django_db
def test_what_steps_raise_undoes_the_transaction() -> None:
    def steps() -> Steps[None]:
        yield Ask("INSERT INTO kept VALUES (1)")
        yield Ask("INSERT INTO kept VALUES (2)", is_awaited=False)
        raise KeyError("no")

    async def run(raw: AsyncConnection[Any]) -> None:
        with pytest.raises(KeyError):
            await answer_whole(steps(), raw)
        assert raw.pgconn.transaction_status == TransactionStatus.IDLE
        assert await _kept(raw) == []

    _on_a_connection(run)


@pytest.mark.django_db
def test_steps_that_swallow_a_refusal_do_not_pass_for_done() -> None:
    def steps() -> Steps[str]:
        try:
            yield from _keep(1, 1, is_awaited=True)
        except psycopg.errors.UniqueViolation:
            return "as if"
        return "done"

    async def run(raw: AsyncConnection[Any]) -> None:
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            await answer_whole(steps(), raw)
        assert await _kept(raw) == []

    _on_a_connection(run)


@pytest.mark.django_db
def test_steps_that_ask_nothing_open_no_transaction() -> None:
    def steps() -> Steps[int]:
        return 3
        yield Ask("SELECT 1")

    async def run(raw: AsyncConnection[Any]) -> None:
        await raw.execute("DROP TABLE kept")
        assert await answer_whole(steps(), raw) == 3

    _on_a_connection(run)


@pytest.mark.django_db
def test_what_nobody_waits_for_travels_with_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    packets: list[list[str]] = []

    async def noted(raw: AsyncConnection[Any], asks: Sequence[Ask]) -> list[tuple[Any, ...]]:
        packets.append([ask.sql.split()[0] for ask in asks])
        return await rows_of_last(raw, asks)

    def steps() -> Steps[None]:
        yield Ask("SELECT 1")
        yield from _keep(1, 2)

    monkeypatch.setattr(asking, "rows_of_last", noted)

    async def run(raw: AsyncConnection[Any]) -> None:
        await answer_whole(steps(), raw)
        assert packets == [["BEGIN", "SELECT"], ["INSERT", "INSERT", "COMMIT"]]
        assert await _kept(raw) == [1, 2]

    _on_a_connection(run)
