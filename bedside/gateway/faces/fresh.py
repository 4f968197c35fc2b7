"""Before faces are read, what is due is drawn: nobody is shown a calendar older than the question."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from django.db import connections

from bedside.gateway.files import SEEN_AS
from bedside.gateway.refusals import Refused
from bedside.gateway.routing import Call
from bedside.platform.access import system_actor
from bedside.platform.statements.borrowing import Borrowed, Lines
from bedside.platform.statements.together import all_rows_async

from .drawing import draw_due_faces
from .sources import SOURCES

HOUSE = system_actor("gateway.draw_faces")

#: Batches a reader waits for; more than that is a clinic being loaded, and the job of the minute goes on with it.
BATCHES_MOST = 4

#: The types that are drawn, and the one whose reach is that of a face.
_SHOWING = SOURCES.keys() | SEEN_AS

_IS_DUE = "SELECT EXISTS (SELECT 1 FROM fhir_face_due)"


def may_show_faces(call: Call, pairs: Sequence[tuple[str, str]]) -> bool:
    """Say whether the answer to a call may hold a face: by its type, by following references, or by being of all."""
    if call.kind in _SHOWING or not call.kind or call.interaction in ("operation", "search-compartment", "batch"):
        return True
    return any("." in name or ":" in name or name.startswith(("_has", "_include", "_revinclude")) for name, _ in pairs)


async def draw_what_is_due(lines: Lines, now: datetime) -> None:
    """Draw what changed since it was last drawn. Raises: Refused when that is more than a reader can wait for."""
    async with Borrowed(lines) as connection:
        rows = await all_rows_async(connection, _IS_DUE, (), prepare=True)
    if not rows[0][0]:
        return
    if await asyncio.to_thread(_draw, now):
        words = "The calendar and the directory are being made ready. Ask again in a few seconds."
        raise Refused(503, "transient", words, headers={"retry-after": "5"})


def _draw(now: datetime) -> int:
    """Draw in this thread, on a connection of Django's that is given back after. Return how much is left."""
    try:
        left = 0
        for _ in range(BATCHES_MOST):
            left = draw_due_faces(actor=HOUSE, now=now)
            if not left:
                break
        return left
    finally:
        connections.close_all()
