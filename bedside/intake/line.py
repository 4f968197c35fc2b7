"""The line laboratories send results over: MLLP, each message acknowledged once it is kept and filed.

One message of a line at a time: a sender waits for its answer before it sends the next. Nothing larger than a message
may be is held, a line that says nothing for long is closed, and there are only so many lines.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connections

from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.platform.access import system_actor

from .commands import receive_message
from .hl7v2.acks import acknowledgements
from .hl7v2.frames import Cut, Event, FrameReader, TooLong, framed
from .hl7v2.reading import control_id_of
from .terms import MLLP_IDLE_SECONDS, MLLP_LINES_MOST, MLLP_STALL_SECONDS

log = logging.getLogger(__name__)

HOUSE = system_actor("intake.file_result")
_PIECE = 64 * 1024


class ResultLine:
    """A listener for laboratories."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        stall_seconds: float = MLLP_STALL_SECONDS,
        idle_seconds: float = MLLP_IDLE_SECONDS,
    ) -> None:
        """Name where to listen. `start` opens the port."""
        self._host, self._port = host, port
        self._stall, self._idle = stall_seconds, idle_seconds
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="results")

    @property
    def port(self) -> int:
        """The port that was opened; of port 0 the one that was given."""
        assert self._server is not None, "the line is not open"
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Open the port. Raises: OSError when it is taken."""
        self._server = await asyncio.start_server(self._take, self._host, self._port, limit=2 * _PIECE)

    async def stop(self) -> None:
        """Close the port and the lines. A message in hand is filed to its end; its sender asks again."""
        if self._server is not None:
            self._server.close()
        for line in list(self._lines):
            line.cancel()
        if self._lines:
            await asyncio.wait(self._lines, timeout=10)
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown(wait=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._lines) >= MLLP_LINES_MOST:
            writer.close()
            return
        self._lines.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        except Exception:
            log.exception("a line of a laboratory ended by an error; it may call again")
        finally:
            self._lines.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = FrameReader()
        while True:
            patience = self._stall if frames.is_inside else self._idle
            try:
                piece = await asyncio.wait_for(reader.read(_PIECE), patience)
            except TimeoutError:
                log.warning("a laboratory said nothing for %s seconds; its line is closed", patience)
                return
            if not piece:
                return
            for event in frames.feed(piece):
                for answer in await self._answers(event):
                    writer.write(framed(answer))
                await writer.drain()

    async def _answers(self, event: Event) -> list[bytes]:
        """Return what to answer. A frame that was cut off is not answered: its sender sends it again."""
        if isinstance(event, Cut):
            log.warning("a message of a laboratory was cut off after %s bytes", event.bytes)
            return []
        if isinstance(event, TooLong):
            return acknowledgements(
                None, "R", now=utc_now(), own_id=new_id().hex[:20], control_id=control_id_of(event.head), error="207",
                words="longer than 8 MB",
            )  # fmt: skip
        return await asyncio.get_running_loop().run_in_executor(self._thread, receive_and_answer, event.content)


def receive_and_answer(raw: bytes) -> list[bytes]:
    """Receive a message in this thread, and return what to answer. What fails here may be sent again: AE."""
    close_old_connections()
    now, own_id = utc_now(), new_id().hex[:20]
    try:
        receipt = receive_message(actor=HOUSE, now=now, raw=raw, door="line")
    except Exception:
        log.exception("a result could not be kept; the laboratory is asked to send it again")
        id, words = control_id_of(raw), "not kept; send it again"
        return acknowledgements(None, "E", now=now, own_id=own_id, control_id=id, error="207", words=words)
    return acknowledgements(
        receipt.message, receipt.verdict, now=now, own_id=own_id, control_id=receipt.control_id, error=receipt.error,
        words=receipt.words,
    )  # fmt: skip
