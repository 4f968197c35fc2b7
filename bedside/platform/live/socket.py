"""One live socket: bounded both ways, so that no client can hold up the house."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from bedside.platform.access import Actor

from . import terms

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_encode = msgspec.json.Encoder().encode


class Bucket:
    """Lets through so many a second, with a burst."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._left = burst
        self._at = time.monotonic()

    def take(self, now: float | None = None) -> float:
        """Take one. Return 0, or the seconds until there will be one."""
        now = time.monotonic() if now is None else now
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._per_second


def error_frame(code: str, words: str, *, re: int | None = None, fatal: bool = False, **more: Any) -> dict[str, Any]:
    """Return an error as the client reads it (docs/reference/signalling.md, "Errors")."""
    return {"t": "error", "code": code, "words": words, "re": re, "fatal": fatal, **more}


class Socket:
    """An accepted WebSocket of a signed-in person."""

    def __init__(self, receive: Receive, send: Send, *, actor: Actor, session_key: str) -> None:
        self.actor = actor
        self.session_key = session_key
        self._receive = receive
        self._send = send
        self._out: deque[str] = deque()
        self._wake = asyncio.Event()
        self._close_code: int | None = None
        self._bucket = Bucket(terms.FRAMES_PER_SECOND, terms.FRAMES_BURST)
        self._too_fast = 0
        self.is_open = True

    def tell(self, frame: dict[str, Any]) -> None:
        """Put a frame in line. A reader who is 400 frames behind is closed: it can resume or reload."""
        self.tell_text(_encode(frame).decode())

    def tell_text(self, text: str) -> None:
        """Put a frame that is text already in line."""
        if not self.is_open or self._close_code is not None:
            return
        if len(self._out) >= terms.WAITING_FRAMES_MOST:
            self._out.clear()
            self.close(terms.CLOSE_TOO_SLOW)
            return
        self._out.append(text)
        self._wake.set()

    def close(self, code: int) -> None:
        """Close once everything in line has been sent."""
        if self._close_code is None:
            self._close_code = code
            self._wake.set()

    def refuse(self, code: str, words: str, close_code: int) -> None:
        """Say what is wrong, and close."""
        self.tell(error_frame(code, words, fatal=True))
        self.close(close_code)

    async def run(self, serve: Callable[[Socket], Awaitable[None]]) -> None:
        """Serve the socket until either side ends it."""
        writer = asyncio.create_task(self._write())
        reader = asyncio.create_task(self._serve(serve))
        try:
            await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
            if reader.done() and self.is_open and not writer.done():
                self.close(1000)
                await asyncio.wait({writer}, timeout=5)
        finally:
            self.is_open = False
            for task in (writer, reader):
                task.cancel()
            await asyncio.gather(writer, reader, return_exceptions=True)

    async def _serve(self, serve: Callable[[Socket], Awaitable[None]]) -> None:
        try:
            await serve(self)
        except SocketGone:
            pass
        except Exception:
            log.exception("a live socket failed")
            self.refuse("server", "try_again", terms.CLOSE_OUR_FAULT)

    async def _write(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._out:
                    sending = self._send({"type": "websocket.send", "text": self._out.popleft()})
                    try:
                        await asyncio.wait_for(sending, 20)
                    except TimeoutError:
                        self._out.clear()
                        self.close(terms.CLOSE_TOO_SLOW)
                if self._close_code is not None:
                    await asyncio.wait_for(self._send({"type": "websocket.close", "code": self._close_code}), 10)
                    return

    async def next_text(self) -> str:
        """Return the next frame's text. Frames over the limits are answered here and never returned.

        Raises: SocketGone when the socket has ended.
        """
        while True:
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                self.is_open = False
                raise SocketGone()
            if self._close_code is not None:
                continue
            text: str | None = message.get("text")
            if text is None:
                self.tell(error_frame("bad_frame", "not_understood"))
                continue
            if len(text) > terms.FRAME_BYTES_MOST or len(text.encode()) > terms.FRAME_BYTES_MOST:
                self.refuse("too_big", "too_big", terms.CLOSE_TOO_BIG)
                continue
            if self._is_in_time(text):
                return str(text)

    def _is_in_time(self, text: str) -> bool:
        wait = self._bucket.take()
        if not wait:
            self._too_fast = 0
            return True
        self._too_fast += 1
        if self._too_fast >= terms.TOO_FAST_MOST:
            self.refuse("too_fast", "too_fast", terms.CLOSE_TOO_FAST)
        else:
            self.tell(error_frame("too_fast", "too_fast", re=seq_in(text), retry_ms=int(wait * 1000) + 1))
        return False


class SocketGone(Exception):
    """The socket has ended."""


def seq_in(text: str) -> int | None:
    """Return the number of a frame that may be broken in other ways, or None."""
    try:
        frame = msgspec.json.decode(text)
    except msgspec.MsgspecError:
        return None
    seq = frame.get("seq") if isinstance(frame, dict) else None
    return seq if isinstance(seq, int) and not isinstance(seq, bool) else None
