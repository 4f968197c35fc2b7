"""Connections of a pool, borrowed for a question."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool


class Borrowed:
    """A connection of a pool for as long as `async with` lasts.

    Why not `pool.connection()`: that commits at its end, and a connection in autocommit mode has nothing to commit. One
    that comes back within a transaction is rolled back by the pool.
    """

    __slots__ = ("_connection", "_pool")
    _connection: AsyncConnection[Any]

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        """Borrow from this pool."""
        self._pool = pool

    async def __aenter__(self) -> AsyncConnection[Any]:
        """Take one, waiting for it as long as the pool waits. Raises: PoolTimeout."""
        self._connection = await self._pool.getconn()
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        """Give it back."""
        await self._pool.putconn(self._connection)
