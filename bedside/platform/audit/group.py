"""Audit rows of many requests written together: one statement, one flush to disk, and nobody goes on before it.

Why: a row for each read, each with a flush of its own, costs more than the reads. Rows that come while others are on
their way to the disk wait for them and then go together; a row that comes alone goes at once.

Nothing here is lost or put off: `write` returns when the rows are on disk and raises when they are not, and whoever
calls it answers only after that.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson

from bedside.kernel.errors import Unavailable
from bedside.platform.access import Actor
from bedside.platform.statements.borrowing import Borrowed, Lines
from bedside.platform.statements.together import all_rows_async

log = logging.getLogger(__name__)

Event = dict[str, Any]

#: Rows written at once, and how long that may take before it counts as failed. Units: rows, seconds.
ROWS_AT_ONCE = 2_000
PATIENCE_SECONDS = 10.0

_INSERT = """
INSERT INTO audit_event (at, kind, action, actor_id, actor_name, actor_roles, job, is_stepped_in,
                         patient_id, resource_type, resource_id, reason, detail)
SELECT at, kind, action, actor_id, actor_name, actor_roles, job, is_stepped_in,
       patient_id, resource_type, resource_id, {reason}, detail
FROM json_to_recordset(%s::json) AS given (
    at timestamptz, kind text, action text, actor_id uuid, actor_name text, actor_roles text, job text,
    is_stepped_in bool, patient_id uuid, resource_type text, resource_id text, reason text, reasons text[],
    detail jsonb)
"""


class AuditUnavailable(Unavailable):
    """Bedside cannot write down right now who looks at what, so it shows nothing. Nothing was lost; try again soon."""


def event(
    kind: Literal["view", "change", "refusal"],
    *,
    actor: Actor,
    action: str,
    now: datetime,
    patient_id: UUID | None = None,
    resource: tuple[str, str] = ("", ""),
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Return an audit row to be written. `detail` holds codes and counts only."""
    return {
        "at": now,
        "kind": kind,
        "action": action,
        "actor_id": actor.author_id,
        "actor_name": actor.name,
        "actor_roles": " ".join(sorted(actor.roles)),
        "job": actor.job,
        "is_stepped_in": actor.is_stepped_in,
        "patient_id": patient_id,
        "resource_type": resource[0],
        "resource_id": resource[1],
        "reason": reason,
        "detail": dict(detail or {}),
    }


def insert_statement(events: Sequence[Event], *, reason: str = "given.reason") -> tuple[str, tuple[str]]:
    """Return the statement and the value that write rows, to be run in the transaction of the change they record.

    `reason` is an expression of SQL over a row named `given`, whose `reasons` may hold what it is to choose from.
    """
    return _INSERT.format(reason=reason), (orjson.dumps(events).decode(),)


class GroupWriter:
    """Writes audit rows of this process's requests, those that wait together in one go."""

    def __init__(self, lines: Lines, *, reason: str = "given.reason") -> None:
        """Write on these lines, which must not be those the requests hold while they wait."""
        self._lines = lines
        self._reason = reason
        self._waiting: list[tuple[Sequence[Event], asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write. Call it where the event loop runs."""
        self._task = asyncio.create_task(self._work(), name="audit")

    async def stop(self) -> None:
        """Stop. Whoever still waits is told that nothing was written."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        waiting, self._waiting = self._waiting, []
        _fail(waiting)

    async def write(self, events: Sequence[Event]) -> None:
        """Write rows; return once they are on disk. Raises: AuditUnavailable when they are not."""
        if not events:
            return
        if self._task is None or self._task.done():
            raise AuditUnavailable()
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((events, written))
        self._wake.set()
        await written

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch = self._next_batch()
                try:
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        await self._write(batch)
                except asyncio.CancelledError:
                    _fail(batch)
                    raise
                except Exception:
                    log.exception("audit rows could not be written; their answers are withheld")
                    _fail(batch)
                else:
                    for _, written in batch:
                        if not written.done():
                            written.set_result(None)

    def _next_batch(self) -> list[tuple[Sequence[Event], asyncio.Future[None]]]:
        rows = count = 0
        while count < len(self._waiting) and rows < ROWS_AT_ONCE:
            rows += len(self._waiting[count][0])
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _write(self, batch: Sequence[tuple[Sequence[Event], asyncio.Future[None]]]) -> None:
        events = [one for events, _ in batch for one in events]
        async with Borrowed(self._lines) as connection:
            await all_rows_async(connection, *insert_statement(events, reason=self._reason), prepare=True)


def _fail(waiting: Sequence[tuple[Sequence[Event], asyncio.Future[None]]]) -> None:
    for _, written in waiting:
        if not written.done():
            written.set_exception(AuditUnavailable())
