"""Connections kept at hand for questions that take less time than asking a pool for one.

Why: psycopg's pool locks, counts and looks a connection over each time it is lent and given back, which for a row found
by its key is a tenth of the request. Here it makes and replaces connections; between questions they wait on a list.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg_pool import AsyncConnectionPool, PoolTimeout


class Lines:
    """All the connections of a pool, lent one question at a time, in the order of asking."""

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Lend the connections of this pool, which nobody else may take from."""
        self.pool = pool
        self._free: list[AsyncConnection[Any]] = []
        self._taken = 0
        self._waiting: deque[asyncio.Future[AsyncConnection[Any] | None]] = deque()

    @property
    def in_line(self) -> int:
        """How many wait for a connection."""
        return sum(not waiting.done() for waiting in self._waiting)

    async def open(self) -> None:
        """Begin to connect. A database that is not there yet is waited for by each who asks."""
        await self.pool.open(wait=False)

    async def close(self) -> None:
        """Close every connection that is not lent, and the pool."""
        free, self._free = self._free, []
        for connection in free:
            self._taken -= 1
            await self.pool.putconn(connection)
        await self.pool.close(timeout=2)

    async def take(self) -> AsyncConnection[Any]:
        """Return a connection nobody uses, waiting for one as long as the pool waits. Raises: PoolTimeout."""
        if self._free:
            return self._free.pop()
        if self._taken < self.pool.max_size:
            self._taken += 1
            return await self._new()
        waiting: asyncio.Future[AsyncConnection[Any] | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(self.pool.timeout):
                given = await waiting
        except (TimeoutError, asyncio.CancelledError) as error:
            if waiting.done() and not waiting.cancelled():  # It came at the very moment of giving up.
                self._pass_on(waiting.result())
            if isinstance(error, TimeoutError):
                raise PoolTimeout(f"no connection came free in {self.pool.timeout:.0f} s") from error
            raise
        return given if given is not None else await self._new()

    async def give(self, connection: AsyncConnection[Any]) -> None:
        """Take a connection back. One that broke, or stands in a transaction, goes to the pool to be set right."""
        if connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self._pass_on(connection)
            return
        try:
            await self.pool.putconn(connection)
        finally:
            self._pass_on(None)

    async def _new(self) -> AsyncConnection[Any]:
        """Return a connection of the pool, for a place that is counted as taken already."""
        try:
            made: AsyncConnection[Any] = await self.pool.getconn()
        except BaseException:
            self._pass_on(None)
            raise
        return made

    def _pass_on(self, connection: AsyncConnection[Any] | None) -> None:
        """Hand a connection, or with None the place of one, to who has waited longest; else keep it for the next."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return
        if connection is not None:
            self._free.append(connection)
        else:
            self._taken -= 1


class Borrowed:
    """A connection for as long as `async with` lasts."""

    __slots__ = ("_connection", "_lines")
    _connection: AsyncConnection[Any]

    def __init__(self, lines: Lines) -> None:
        """Borrow from these lines."""
        self._lines = lines

    async def __aenter__(self) -> AsyncConnection[Any]:
        """Take one. Raises: PoolTimeout."""
        self._connection = await self._lines.take()
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        """Give it back."""
        await self._lines.give(self._connection)
