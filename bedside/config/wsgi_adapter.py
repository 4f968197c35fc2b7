"""Django (WSGI) inside the root ASGI app, on a bounded pool of threads.

Why our own: adapters of this kind let a thread wait for a client who has gone, and when every thread waits the
server freezes for ever. Here no thread ever waits on a client without a limit: it hands over bytes up to a
mark, is told at once when the client hangs up, and gives a client who reads nothing thirty seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote_to_bytes

from .thread_pool import PoolBusy, ThreadPool

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

log = logging.getLogger(__name__)

BODY_BYTES_MOST = 25 * 1024 * 1024
BODY_BYTES_IN_MEMORY = 1024 * 1024
#: How much of an answer may wait for the client before the thread is held up.
AHEAD_BYTES_MOST = 256 * 1024
#: A client that sends or reads nothing for this long is gone.
STALL_SECONDS = 30.0


class ClientGone(Exception):
    """Nobody reads the answer any more."""


class BodyTooLarge(Exception):
    """The request's body is larger than any page takes."""


class Answer:
    """An answer on its way from a thread to the client: filled by the thread, emptied by the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._room = threading.Condition()
        self._parts: deque[Message] = deque()
        self._ahead = 0
        self._is_gone = False
        self._news = asyncio.Event()

    @property
    def is_gone(self) -> bool:
        """Say whether the client has hung up."""
        return self._is_gone

    def put(self, *parts: Message) -> None:
        """Hand over parts, from the thread. Raises: ClientGone, at once or after a client has stalled."""
        size = sum(len(part.get("body", b"")) for part in parts)
        with self._room:
            while self._ahead >= AHEAD_BYTES_MOST and not self._is_gone:
                if not self._room.wait(timeout=STALL_SECONDS):
                    self._is_gone = True
            if self._is_gone:
                raise ClientGone()
            self._parts.extend(parts)
            self._ahead += size
        # A loop that is closed has no client either.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._news.set)

    def hang_up(self) -> None:
        """Note that the client is gone, and free a thread that waits to hand over more."""
        with self._room:
            self._is_gone = True
            self._room.notify_all()
        self._news.set()

    async def take(self) -> list[Message]:
        """Return the parts handed over since; wait for some. Empty when the client is gone."""
        await self._news.wait()
        with self._room:
            self._news.clear()
            parts = list(self._parts)
            self._parts.clear()
            return [] if self._is_gone else parts

    def sent(self, size: int) -> None:
        """Note that so much has been given to the client's socket."""
        with self._room:
            self._ahead -= size
            self._room.notify_all()


class WsgiAdapter:
    """An ASGI app that answers HTTP with a WSGI app."""

    def __init__(
        self, app: WsgiApp, pool: ThreadPool, *, canceller: Callable[[], Callable[[], None]] | None = None
    ) -> None:
        """Serve `app` on `pool`. `canceller`, called in a page's thread, returns what stops that thread's query."""
        self.app = app
        self.pool = pool
        self._canceller = canceller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, run the app in a thread, pass on what it says; stop when the client is gone."""
        with SpooledTemporaryFile(max_size=BODY_BYTES_IN_MEMORY) as body:
            try:
                size = await _read_body(scope, receive, body)
            except BodyTooLarge:
                await _plain(send, 413, b"This is more than 25 MB, and nothing was saved. Send it in smaller parts.\n")
                return
            except TimeoutError:
                await _plain(send, 408, b"The request did not arrive in time, and nothing was saved. Try again.\n")
                return
            if size is None:
                return
            await self._answer(environ_of(scope, body, size), receive, send, is_head=scope["method"] == "HEAD")

    async def _answer(self, environ: dict[str, Any], receive: Receive, send: Send, *, is_head: bool) -> None:
        answer = Answer(asyncio.get_running_loop())
        finished = asyncio.Event()
        loop = asyncio.get_running_loop()
        # What someone asked to be done is done, also when they do not wait; what they asked to see is not.
        is_safe = environ["REQUEST_METHOD"] in ("GET", "HEAD")

        def run() -> None:
            try:
                _run(self.app, environ, answer, is_head=is_head)
            finally:
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(finished.set)

        try:
            work = self.pool.submit(run, canceller=self._canceller if is_safe else None)
        except PoolBusy:
            await _plain(send, 503, b"Bedside is very busy. Nothing was lost; try again in a minute.\n")
            return
        watcher = asyncio.create_task(_watch(receive, answer))
        try:
            await _pass_on(answer, send)
        except BaseException:
            answer.hang_up()
            raise
        finally:
            watcher.cancel()
            if answer.is_gone:
                self.pool.write_off(work)
                if not work.started:
                    finished.set()
                elif not finished.is_set():
                    loop.run_in_executor(None, work.stop_waiting)
            # The spooled body must not be closed under a thread that may still read it.
            if not finished.is_set() and work.started:
                await finished.wait()


async def _watch(receive: Receive, answer: Answer) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    answer.hang_up()


async def _pass_on(answer: Answer, send: Send) -> None:
    while True:
        parts = await answer.take()
        if answer.is_gone:
            return
        for part in parts:
            if part["type"] == "bedside.broken":
                raise RuntimeError("the answer broke off")
            try:
                await asyncio.wait_for(send(part), STALL_SECONDS)
            except TimeoutError:
                answer.hang_up()
                return
            answer.sent(len(part.get("body", b"")))
            if part["type"] == "http.response.body" and not part.get("more_body"):
                return


async def _read_body(scope: Scope, receive: Receive, body: SpooledTemporaryFile[bytes]) -> int | None:
    """Read the whole body into the file. None when the client hung up before its end."""
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > BODY_BYTES_MOST:
        raise BodyTooLarge()
    size = 0
    while True:
        message = await asyncio.wait_for(receive(), STALL_SECONDS)
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > BODY_BYTES_MOST:
            raise BodyTooLarge()
        body.write(chunk)
        if not message.get("more_body", False):
            body.seek(0)
            return size


async def _plain(send: Send, status: int, words: bytes) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(words)).encode()),
        (b"connection", b"close"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})


def environ_of(scope: Scope, body: Any, size: int) -> dict[str, Any]:
    """Return the WSGI environment of a request. Source: PEP 3333.

    A header with an underscore in its name is dropped, since it could pass for one with a hyphen.
    """
    root = scope.get("root_path", "")
    path = unquote_to_bytes(scope["raw_path"]).decode("latin-1") if scope.get("raw_path") else scope["path"]
    server = scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root,
        "PATH_INFO": path,
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": scope["client"][0] if scope.get("client") else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(size),
    }
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").upper(), raw_value.decode("latin-1")
        if "_" in name or name in ("CONTENT-LENGTH", "TRANSFER-ENCODING"):
            continue
        key = "CONTENT_TYPE" if name == "CONTENT-TYPE" else f"HTTP_{name.replace('-', '_')}"
        if key in environ:
            value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value
    return environ


def _run(app: WsgiApp, environ: dict[str, Any], answer: Answer, *, is_head: bool) -> None:
    """Run the app to its end, in a thread. Whatever happens, the answer is ended and `close` is called."""
    if answer.is_gone:
        return
    response = _Response(answer, is_head=is_head)
    chunks: Iterable[bytes] = ()
    try:
        chunks = app(environ, response.start)
        for chunk in chunks:
            response.write(chunk)
        response.end()
    except ClientGone:
        pass
    except BaseException:
        log.exception("a page failed outside its own error handling")
        with contextlib.suppress(ClientGone):
            response.fail()
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            try:
                close()
            except Exception:
                log.exception("closing an answer failed")


class _Response:
    """What the app says, in the order it says it. The head is held back until the first byte of the body."""

    def __init__(self, answer: Answer, *, is_head: bool) -> None:
        self._answer = answer
        self._is_bare = is_head
        self._head: Message | None = None
        self._is_sent = False
        self._is_over = False
        self._is_whole = False
        self._held = b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        if exc_info is not None and self._is_sent:
            raise exc_info[1].with_traceback(exc_info[2])
        code = int(status.split(" ", 1)[0])
        self._is_bare = self._is_bare or code in (204, 304) or code < 200
        self._is_whole = any(name.lower() == "content-length" for name, _ in headers)
        self._head = {
            "type": "http.response.start",
            "status": code,
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        return self.write

    def _head_once(self) -> list[Message]:
        if self._is_sent:
            return []
        if self._head is None:
            raise RuntimeError("the app began its answer without start_response")
        self._is_sent = True
        return [self._head]

    def write(self, chunk: bytes) -> None:
        """Pass on a chunk. Of an answer of known length the last one is held back, so that a page leaves in one go."""
        if self._answer.is_gone:
            raise ClientGone()
        if self._is_bare or not chunk:
            return
        ready, self._held = (self._held, chunk) if self._is_whole else (chunk, b"")
        if ready:
            self._answer.put(*self._head_once(), {"type": "http.response.body", "body": ready, "more_body": True})

    def end(self) -> None:
        last = {"type": "http.response.body", "body": self._held, "more_body": False}
        self._answer.put(*self._head_once(), last)
        self._is_over = True

    def fail(self) -> None:
        if self._is_over:
            return
        if self._is_sent:
            self._answer.put({"type": "bedside.broken"})
            return
        words = b"Something went wrong on our side. Nothing was lost; try again in a minute.\n"
        self._head = {
            "type": "http.response.start",
            "status": 500,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(words)).encode()),
            ],
        }
        self._held = b"" if self._is_bare else words
        self.end()
