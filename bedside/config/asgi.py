"""The root of the running house: FHIR, live sockets and the pulse raw, everything else Django on a thread pool."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")

from .wsgi import application as django_app

# isort: split
from django.conf import settings
from django.db import connection, connections
from django.urls import get_resolver
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from bedside.gateway.app import Gateway
from bedside.gateway.terms import BASE_PATH
from bedside.intake.line import ResultLine
from bedside.platform.live.bus import PostgresBus
from bedside.platform.live.hub import Hub
from bedside.platform.live.news import serve_news
from bedside.visits.live import serve_visit

from .live_sessions import SessionWatch
from .thread_pool import ThreadPool
from .wsgi_adapter import WsgiAdapter

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = logging.getLogger(__name__)

#: The paths of live sockets: what serves them, and the verb at their door.
SOCKETS = {
    "/live/visits": (serve_visit, "visits.join_room"),
    "/live/news": (serve_news, "live.listen"),
}


def conninfo() -> str:
    """Return how raw connections reach the database Django uses."""
    known = connection.settings_dict
    parts = {
        "dbname": known["NAME"],
        "user": known["USER"],
        "password": known["PASSWORD"],
        "host": known["HOST"],
        "port": known["PORT"],
    }
    options = {k: str(v) for k, v in known.get("OPTIONS", {}).items() if isinstance(v, str | int) and k != "service"}
    return make_conninfo(**{k: v for k, v in parts.items() if v}, **options)


def build_hub() -> Hub:
    """Put the hub of this process together."""
    watch = SessionWatch()
    info = conninfo()
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        info,
        min_size=1,
        max_size=4,
        open=False,
        kwargs={"autocommit": True},
        check=AsyncConnectionPool.check_connection,
    )
    return Hub(bus=PostgresBus(info), pool=pool, identify=watch.identify, living=watch.living, in_use=watch.in_use)


def query_canceller() -> Callable[[], None]:
    """Return what stops the query of the thread that asks: nobody waits for its answer any more."""
    mine = connections["default"]

    def cancel() -> None:
        raw = mine.connection
        if raw is not None:
            with contextlib.suppress(Exception):
                raw.cancel_safe(timeout=2)

    return cancel


def _settle_in() -> None:
    """Load every room's pages now, and have Python no longer look through what is there for good.

    Why: looking through all of it for garbage stops every page of this process for a tenth of a second.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


def _is_fhir(path: str) -> bool:
    return path == BASE_PATH or path.startswith(f"{BASE_PATH}/")


class House:
    """The root ASGI app."""

    def __init__(self, wsgi: Any = django_app, *, runs_jobs: bool = True) -> None:
        self._runs_jobs = runs_jobs
        self._jobs: asyncio.Task[None] | None = None
        self._line: ResultLine | None = None
        self._wsgi = wsgi
        self._open_pages()
        self.hub: Hub | None = None
        self.fhir: Gateway | None = None

    def _open_pages(self) -> None:
        self.threads = ThreadPool(settings.WEB_THREADS, lanes=settings.WEB_LANES, on_thread_end=connections.close_all)
        self.pages = WsgiAdapter(self._wsgi, self.threads, canceller=query_canceller)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send each thing to who answers it."""
        match scope["type"]:
            case "lifespan":
                await self._live(receive, send)
            case "websocket":
                await self._socket(scope, receive, send)
            case "http" if scope["path"] == "/healthz":
                await self._pulse(receive, send)
            case "http" if _is_fhir(scope["path"]) and self.fhir is not None:
                await self.fhir(scope, receive, send)
            case "http":
                await self.pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self._start()
                except Exception:
                    log.exception("Bedside could not start")
                    await send({"type": "lifespan.startup.failed", "message": "Bedside could not start."})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _start(self) -> None:
        self._open_pages()
        self.hub = build_hub()
        await self.hub.start()
        self.fhir = Gateway(
            conninfo(), connections=settings.FHIR_CONNECTIONS, requests_a_minute=settings.FHIR_REQUESTS_A_MINUTE
        )
        await self.fhir.start()
        if self._runs_jobs and settings.MLLP_ADDRESS:
            self._line = ResultLine(*settings.MLLP_ADDRESS)
            await self._line.start()
        if self._runs_jobs:
            self._jobs = asyncio.create_task(self._work(), name="jobs")
        _settle_in()

    async def _work(self) -> None:
        """Run the worker of background jobs, and again if it fails: the pages must not wait for it."""
        from bedside.platform.jobs.worker import worker

        while True:
            try:
                await worker()
            except Exception:
                log.exception("the worker of jobs stopped; it starts again")
            await asyncio.sleep(5)

    async def _stop(self) -> None:
        if self._jobs is not None:
            self._jobs.cancel()
        if self._line is not None:
            await self._line.stop()
        if self.hub is not None:
            await self.hub.stop()
        if self.fhir is not None:
            await self.fhir.stop()
        if self._jobs is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait_for(self._jobs, 12)
        self.threads.stop()

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = SOCKETS.get(scope["path"])
        if known is None or self.hub is None:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        serve, action = known
        keeps = scope["path"] == "/live/visits"
        await self.hub.serve(scope, receive, send, serve=serve, action=action, keeps_session=keeps)

    async def _pulse(self, receive: Receive, send: Send) -> None:
        """Answer whether this process and its database are well. Says nothing else to anyone."""
        status, body = 503, b'{"status":"down"}'
        if self.hub is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._ask_database(self.hub), 2)
                status, body = 200, b'{"status":"ok"}'
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    @staticmethod
    async def _ask_database(hub: Hub) -> None:
        async with hub.pool.connection(timeout=1.5) as asked:
            await asked.execute("SELECT 1")


application = House(runs_jobs=settings.RUN_JOBS)
