"""The bus: what one process publishes on a topic, every process that subscribed hears, at most once.

News may be lost when a process or the database goes away. Nothing that must not be lost travels only here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql

from bedside.kernel.ids import new_id

from .terms import CHANNEL, NOTIFY_BYTES_MOST, PARCEL_SECONDS

log = logging.getLogger(__name__)

Payload = dict[str, Any]
Listener = Callable[[str, Payload], None]


class Bus(Protocol):
    """Publish and subscribe by topic, within one process or many."""

    def publish(self, topic: str, payload: Payload) -> None:
        """Hand a payload to every subscriber of the topic, here at once and elsewhere soon. Never blocks."""

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Have `listener` called in the event loop for each payload. Return what ends the subscription."""

    async def start(self) -> None:
        """Begin to hear other processes."""

    async def stop(self) -> None:
        """Stop hearing them."""


class _Local:
    """Delivery within this process."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = defaultdict(list)

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Have `listener` called for each payload on the topic. Return what ends the subscription."""
        self._listeners[topic].append(listener)

        def end() -> None:
            with contextlib.suppress(KeyError, ValueError):
                self._listeners[topic].remove(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]

        return end

    def deliver(self, topic: str, payload: Payload) -> None:
        """Call every listener of the topic. One that fails is logged and does not stop the others."""
        for listener in list(self._listeners.get(topic, ())):
            try:
                listener(topic, payload)
            except Exception:
                log.exception("a listener of the bus failed")

    def topics(self) -> list[str]:
        """Return every topic that has a listener."""
        return list(self._listeners)


class MemoryBus(_Local):
    """A bus of one process. For tests only."""

    def publish(self, topic: str, payload: Payload) -> None:
        """Deliver here."""
        self.deliver(topic, payload)

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""


class PostgresBus(_Local):
    """A bus over LISTEN/NOTIFY: one connection of its own, remade when it is lost.

    A publisher in the event loop is delivered to at once; others hear it through the database. What was
    published outside (by `nudge`, in a page's thread or another process) arrives the same way. After the
    connection was lost and remade, every listener gets the payload {"k": "resync"}: it may have missed news.
    """

    def __init__(self, conninfo: str) -> None:
        super().__init__()
        self._conninfo = conninfo
        self._origin = str(new_id())
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(maxsize=10_000)
        self._task: asyncio.Task[None] | None = None
        self.is_connected = asyncio.Event()
        self.reconnects = 0

    def publish(self, topic: str, payload: Payload) -> None:
        """Deliver here at once and put it in line for the other processes."""
        self.deliver(topic, payload)
        line = envelope(self._origin, topic, payload)
        try:
            self._outgoing.put_nowait(line)
        except asyncio.QueueFull:
            log.warning("the bus is full; news was dropped")

    async def start(self) -> None:
        """Connect, and stay connected until stopped."""
        self._task = asyncio.create_task(self._stay_connected(), name="live-bus")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.is_connected.wait(), 10)

    async def stop(self) -> None:
        """Disconnect."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _stay_connected(self) -> None:
        wait = 0.2
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as hearing:
                    await hearing.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as telling:
                        wait = 0.2
                        self._connected()
                        await self._run(hearing, telling)
            except (psycopg.Error, OSError) as error:
                log.warning("the bus lost the database (%s); it tries again", type(error).__name__)
            self.is_connected.clear()
            await asyncio.sleep(wait)
            wait = min(wait * 2, 5.0)

    def _connected(self) -> None:
        was_lost = self.reconnects > 0
        self.reconnects += 1
        self.is_connected.set()
        if was_lost:
            for topic in self.topics():
                self.deliver(topic, {"k": "resync"})

    async def _run(self, hearing: psycopg.AsyncConnection[Any], telling: psycopg.AsyncConnection[Any]) -> None:
        tasks = [asyncio.create_task(self._hear(hearing, telling)), asyncio.create_task(self._tell(telling))]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear(self, hearing: psycopg.AsyncConnection[Any], telling: psycopg.AsyncConnection[Any]) -> None:
        async for note in hearing.notifies():
            try:
                origin, topic, payload, parcel = open_envelope(note.payload)
            except (msgspec.MsgspecError, ValueError, KeyError, TypeError):
                log.warning("the bus heard something it does not understand")
                continue
            if origin == self._origin:
                continue
            if parcel is not None:
                cursor = await telling.execute("SELECT body FROM live_parcel WHERE id = %s", [parcel])
                row = await cursor.fetchone()
                if row is None:
                    continue
                payload = msgspec.json.decode(row[0])
            self.deliver(topic, payload)

    async def _tell(self, telling: psycopg.AsyncConnection[Any]) -> None:
        while True:
            lines = [await self._outgoing.get()]
            while not self._outgoing.empty() and len(lines) < 200:
                lines.append(self._outgoing.get_nowait())
            small = [line for line in lines if len(line.encode()) <= NOTIFY_BYTES_MOST]
            for line in lines:
                if len(line.encode()) > NOTIFY_BYTES_MOST:
                    small.append(await self._send_parcel(telling, line))
            await telling.execute("SELECT pg_notify(%s, line) FROM unnest(%s::text[]) AS line", [CHANNEL, small])

    async def _send_parcel(self, telling: psycopg.AsyncConnection[Any], line: str) -> str:
        origin, topic, payload, _ = open_envelope(line)
        parcel = new_id()
        await telling.execute(
            "INSERT INTO live_parcel (id, body, at) VALUES (%s, %s, now())",
            [parcel, msgspec.json.encode(payload).decode()],
        )
        await telling.execute("DELETE FROM live_parcel WHERE at < now() - make_interval(secs => %s)", [PARCEL_SECONDS])
        return envelope(origin, topic, {}, parcel)


def envelope(origin: str, topic: str, payload: Payload, parcel: UUID | None = None) -> str:
    """Wrap a payload for its way through the database. The id keeps equal news from being folded into one."""
    wrapped = {"o": origin, "t": topic, "p": payload, "i": str(new_id())}
    if parcel is not None:
        wrapped["x"] = str(parcel)
    return msgspec.json.encode(wrapped).decode()


def open_envelope(line: str) -> tuple[str, str, Payload, UUID | None]:
    """Unwrap it. Raises: msgspec.MsgspecError, KeyError or ValueError for anything else."""
    wrapped = msgspec.json.decode(line, type=dict[str, Any])
    parcel = UUID(wrapped["x"]) if "x" in wrapped else None
    return wrapped["o"], wrapped["t"], wrapped["p"], parcel
