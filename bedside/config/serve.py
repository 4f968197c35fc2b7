"""Serving: uvicorn around the root ASGI app, and an eye on our children: the database, and helper processes."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import uvicorn

from .embedded_postgres import EmbeddedPostgres
from .helpers import Helpers
from .trouble import Trouble

log = logging.getLogger(__name__)

#: The largest socket frame taken. Source: ours; the live hub refuses anything longer by itself.
LARGEST_FRAME_BYTES = 64 * 1024
TICKS_PER_LOOK = 5


class Server(uvicorn.Server):
    """Uvicorn that says when it is ready, and starts our database and our helpers again when they die."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_ready: Callable[[], None],
        postgres: EmbeddedPostgres | None,
        helpers: Helpers | None,
    ) -> None:
        super().__init__(config)
        self._helpers = helpers
        self._on_ready = on_ready
        self._postgres = postgres
        self._mending: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell whoever waits."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def on_tick(self, counter: int) -> bool:
        """Look after our children about twice a second, beside uvicorn's own chores."""
        if self._helpers and counter % TICKS_PER_LOOK == 0:
            self._helpers.look()
        if self._postgres and counter % TICKS_PER_LOOK == 0 and not self._mending and not self._postgres.is_running:
            log.warning("the database ended; starting it again")
            # In this thread, which is the main one and lives longest; only the waiting goes elsewhere.
            self._postgres.begin()
            self._mending = asyncio.create_task(self._mended(self._postgres))
        return await super().on_tick(counter)

    async def _mended(self, postgres: EmbeddedPostgres) -> None:
        try:
            await asyncio.to_thread(postgres.wait)
            log.warning("the database is back")
        except Trouble as trouble:
            # The next look starts it once more; a full disk may have been emptied by then.
            log.error("the database does not start: %s", trouble.sentence)
            await asyncio.sleep(2)
        finally:
            self._mending = None


def open_sockets(host: str, port: int) -> list[socket.socket]:
    """Take the port, on both kinds of loopback when the host is localhost.

    Raises: Trouble when it is taken.
    """
    wanted = [("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)] if host == "localhost" else []
    wanted = wanted or [(host, socket.AF_INET6 if ":" in host else socket.AF_INET)]
    opened: list[socket.socket] = []
    for address, family in wanted:
        try:
            one = socket.socket(family, socket.SOCK_STREAM)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((address, port))
            port = one.getsockname()[1]
            opened.append(one)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Trouble(
                    f"Port {port} is taken by another program: stop that one, or choose another with --port {port + 1}."
                ) from None
            if error.errno == errno.EACCES:
                raise Trouble(f"Port {port} is kept for the system: choose one above 1023 with --port.") from None
            if not opened and address == wanted[-1][0]:
                raise Trouble(f"Bedside cannot listen on {host}:{port} ({error.strerror}): choose another.") from None
    return opened


def serve(
    sockets: list[socket.socket],
    *,
    on_ready: Callable[[], None],
    tls: tuple[Path, Path] | None = None,
    trusted_proxies: str = "",
    postgres: EmbeddedPostgres | None = None,
    helpers: int = 0,
) -> None:
    """Serve until told to stop; then let what is being answered finish, for ten seconds at most.

    With helpers, so many more processes take their share of what comes to these sockets.
    """
    config = uvicorn.Config(
        "bedside.config.asgi:application",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=LARGEST_FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies or None,
        ssl_certfile=str(tls[0]) if tls else None,
        ssl_keyfile=str(tls[1]) if tls else None,
    )
    beside = Helpers(helpers, sockets, tls) if helpers else None
    server = Server(config, on_ready=on_ready, postgres=postgres, helpers=beside)
    try:
        with suppress(KeyboardInterrupt):
            server.run(sockets=sockets)
    finally:
        if beside:
            beside.stop()
    if not server.started:
        raise Trouble("Bedside did not start: the lines above say why.")


def end_on_signals() -> None:
    """Have a request to end, from a terminal that closed or a service manager, unwind like Ctrl-C does."""

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), end)
