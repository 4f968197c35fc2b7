"""The hub of one process: its sockets, its bus, its database threads, and the watch over sessions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connections
from django.http.request import validate_host
from psycopg_pool import AsyncConnectionPool

from bedside.platform.access import Actor, decide

from . import terms
from .bus import Bus
from .socket import Receive, Send, Socket

T = TypeVar("T")
Scope = MutableMapping[str, Any]
Serve = Callable[["Hub", Socket], Awaitable[None]]
#: Says who a session key belongs to, or None. Runs in a thread.
Identify = Callable[[str], Actor | None]
#: Says which of these session keys still live. Runs in a thread.
Living = Callable[[list[str]], set[str]]
#: Marks these sessions as in use. Runs in a thread.
InUse = Callable[[list[str]], None]

log = logging.getLogger(__name__)


class Hub:
    """What every live socket of this process shares."""

    def __init__(
        self, *, bus: Bus, pool: AsyncConnectionPool[Any], identify: Identify, living: Living, in_use: InUse
    ) -> None:
        self.bus = bus
        self.pool = pool
        self._identify = identify
        self._living = living
        self._in_use = in_use
        self._keeping: set[Socket] = set()
        self._sockets: set[Socket] = set()
        self._by_person: dict[UUID, set[Socket]] = defaultdict(set)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._threads = ThreadPoolExecutor(settings.LIVE_THREADS, thread_name_prefix="live")
        self._is_stopping = False

    async def start(self) -> None:
        """Open the pool and the bus, and begin to watch over sessions."""
        await self.pool.open()
        await self.bus.start()
        self.spawn(self._watch_sessions())
        self.spawn(self._keep_sessions())

    async def stop(self) -> None:
        """Close every socket so that clients come back elsewhere, then everything else."""
        self._is_stopping = True
        for socket in list(self._sockets):
            socket.close(terms.CLOSE_RESTART)
        for _ in range(20):
            if not self._sockets:
                break
            await asyncio.sleep(0.05)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.bus.stop()
        await self.pool.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def spawn(self, work: Awaitable[Any]) -> asyncio.Task[Any]:
        """Run something beside, until it ends or the hub stops. A failure is logged."""

        async def logged() -> None:
            try:
                await work
            except Exception:
                log.exception("a task of the hub failed")

        task = asyncio.create_task(logged())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def in_thread(self, command: Callable[..., T], **arguments: Any) -> T:
        """Run a command or query of a room in a database thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(_with_database, command, arguments))

    @property
    def sockets(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    async def serve(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        serve: Serve,
        action: str,
        keeps_session: bool = False,
    ) -> None:
        """Let a WebSocket in: same origin, a live session, the verb's audience, not too many. Then serve it.

        `keeps_session`: while the socket is open, its session counts as in use.
        """
        await receive()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if self._is_stopping or not is_own_origin(headers, scope.get("scheme", "ws")):
            await send({"type": "websocket.close", "code": 1008})
            return
        key = session_key_of(headers.get("cookie", ""))
        actor = await self.in_thread(self._identify, session_key=key) if key else None
        await send({"type": "websocket.accept"})
        nobody = Actor(person_id=None)
        socket = Socket(receive, send, actor=actor or nobody, session_key=key)
        if actor is None or actor.person_id is None or not decide(actor, action).allowed:
            socket.refuse("not_signed_in", "sign_in", terms.CLOSE_SIGNED_OUT)
            await socket.run(_until_closed)
            return
        mine = self._by_person[actor.person_id]
        if len(mine) >= terms.SOCKETS_PER_PERSON:
            socket.refuse("too_many", "too_many", terms.CLOSE_TOO_FAST)
            await socket.run(_until_closed)
            return
        self._sockets.add(socket)
        mine.add(socket)
        if keeps_session:
            self._keeping.add(socket)
        try:
            await socket.run(partial(serve, self))
        except Exception:
            log.exception("a live socket failed")
        finally:
            self._sockets.discard(socket)
            self._keeping.discard(socket)
            mine.discard(socket)
            if not mine:
                self._by_person.pop(actor.person_id, None)

    async def _watch_sessions(self) -> None:
        while True:
            await asyncio.sleep(terms.SESSION_CHECK_SECONDS)
            try:
                await self.check_sessions()
            except Exception:
                log.exception("sessions could not be checked")

    async def _keep_sessions(self) -> None:
        while True:
            await asyncio.sleep(terms.HEARTBEAT_SECONDS)
            keys = sorted({socket.session_key for socket in self._keeping})
            if keys:
                with contextlib.suppress(Exception):
                    await self.in_thread(self._in_use, keys=keys)

    async def check_sessions(self) -> None:
        """Close every socket whose session has ended."""
        keys = sorted({socket.session_key for socket in self._sockets})
        if not keys:
            return
        alive = await self.in_thread(self._living, keys=keys)
        for socket in list(self._sockets):
            if socket.session_key not in alive and socket.session_key in keys:
                socket.tell({"t": "ended", "reason": "signed_out"})
                socket.close(terms.CLOSE_SIGNED_OUT)


async def _until_closed(socket: Socket) -> None:
    while True:
        await socket.next_text()


def _with_database(command: Callable[..., T], arguments: dict[str, Any]) -> T:
    close_old_connections()
    try:
        return command(**arguments)
    finally:
        if not connections["default"].in_atomic_block:
            close_old_connections()


def session_key_of(cookie: str) -> str:
    """Return the session key in a Cookie header, or ""."""
    with contextlib.suppress(CookieError):
        found = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
        if found is not None and found.value.isalnum() and len(found.value) <= 64:
            return found.value
    return ""


def is_own_origin(headers: dict[str, str], scheme: str) -> bool:
    """Say whether a page of ours opened this socket: its origin is the host it came to, or one of the settings.

    A browser always sends Origin with a WebSocket; whoever sends none is refused.
    """
    origin, host = headers.get("origin", ""), headers.get("host", "")
    if not origin:
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS or origin == settings.PUBLIC_URL.rstrip("/"):
        return True
    parts = urlsplit(origin)
    if parts.scheme not in ("http", "https") or parts.netloc != host:
        return False
    if scheme == "wss" and parts.scheme != "https":
        return False
    name = parts.hostname or ""
    return validate_host(f"[{name}]" if ":" in name else name, settings.ALLOWED_HOSTS)
