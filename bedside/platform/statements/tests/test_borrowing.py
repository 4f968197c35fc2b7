"""Lines are lent in the order of asking, and none is lost, whoever breaks one, gives up or goes away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bedside.config.asgi import conninfo
from bedside.platform.statements.borrowing import Borrowed, Lines
from bedside.platform.statements.together import all_rows_async

pytestmark = pytest.mark.django_db


def with_lines(use: Callable[[Lines], Awaitable[Any]], *, most: int = 2, patience: float = 5.0) -> Any:
    async def run() -> Any:
        lines = Lines(
            AsyncConnectionPool(
                conninfo(), min_size=1, max_size=most, open=False, timeout=patience, kwargs={"autocommit": True}
            )
        )
        await lines.open()
        try:
            found = await use(lines)
            taken = await asyncio.gather(*(lines.take() for _ in range(most)))
            assert len({one.info.backend_pid for one in taken}) == most, "all of them can be had again"
            await asyncio.gather(*(lines.give(one) for one in taken))
            return found
        finally:
            await lines.close()

    return asyncio.run(run())


async def _number(lines: Lines) -> int:
    async with Borrowed(lines) as connection:
        return int((await all_rows_async(connection, "SELECT pg_backend_pid()"))[0][0])


def test_the_same_connection_serves_one_after_the_other() -> None:
    async def use(lines: Lines) -> set[int]:
        return {await _number(lines) for _ in range(5)}

    assert len(with_lines(use)) == 1


def test_more_than_there_are_wait_and_are_served_in_the_order_of_asking() -> None:
    async def use(lines: Lines) -> list[int]:
        served: list[int] = []

        async def one(number: int) -> None:
            async with Borrowed(lines) as connection:
                await all_rows_async(connection, "SELECT 1")
                served.append(number)

        first = await lines.take()
        second = await lines.take()
        asking = [asyncio.create_task(one(number)) for number in range(6)]
        while lines.in_line < 6:
            await asyncio.sleep(0)
        await lines.give(first)
        await asyncio.gather(*asking)
        await lines.give(second)
        return served

    assert with_lines(use) == [0, 1, 2, 3, 4, 5]


def test_a_broken_one_is_replaced_for_whoever_waits() -> None:
    async def use(lines: Lines) -> None:
        async with Borrowed(lines) as connection:
            waiting = asyncio.create_task(_number(lines))
            while not lines.in_line:
                await asyncio.sleep(0)
            broken = connection.info.backend_pid
            with pytest.raises(psycopg.OperationalError):
                await all_rows_async(connection, "SELECT pg_terminate_backend(pg_backend_pid())")
        assert await waiting != broken

    with_lines(use, most=1)


def test_one_left_within_a_transaction_is_rolled_back_before_it_is_lent_again() -> None:
    async def use(lines: Lines) -> Any:
        async with Borrowed(lines) as connection:
            await all_rows_async(connection, "BEGIN")
            await all_rows_async(connection, "CREATE TEMPORARY TABLE left_over (n int)")
        async with Borrowed(lines) as connection:
            return await all_rows_async(connection, "SELECT to_regclass('left_over')::text")

    assert with_lines(use, most=1) == [(None,)]


def test_whoever_waits_too_long_is_told_and_takes_nothing_away() -> None:
    async def use(lines: Lines) -> None:
        async with Borrowed(lines):
            with pytest.raises(PoolTimeout):
                await lines.take()

    with_lines(use, most=1, patience=0.05)


def test_whoever_goes_away_while_waiting_or_as_it_comes_takes_nothing_away() -> None:
    async def use(lines: Lines) -> None:
        held = await lines.take()
        early, late = (asyncio.create_task(lines.take()) for _ in range(2))
        while lines.in_line < 2:
            await asyncio.sleep(0)
        early.cancel()
        await lines.give(held)
        late.cancel()
        for task in (early, late):
            with pytest.raises(asyncio.CancelledError):
                await task

    with_lines(use, most=1)
