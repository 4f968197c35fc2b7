"""Slots through the API: read by id, found for one clinician. They are worked out, so they have no history.

Shape: `schedule=Schedule/{id}` or `schedule.actor=Practitioner/{id}`; `start` with ge, gt, le, lt or nothing;
`status=free|busy`; `_count`. Anything else is refused by name.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import connections

from bedside.fhir.documents import Document, write_document
from bedside.fhir.indexing.dates import date_range
from bedside.gateway.bundles import bundle, entry
from bedside.gateway.desk import Desk
from bedside.gateway.interactions.reading import check_parameters, count_of
from bedside.gateway.messages import Answer, Pairs
from bedside.gateway.paging import link
from bedside.gateway.refusals import Refused, not_found
from bedside.kernel.errors import NotFound
from bedside.scheduling.terms import BOOKING_HORIZON

from .slots import DAYS, find_slot, find_slots

KIND = "Slot"
#: What a search for slots understands.
PARAMETERS = ("schedule", "schedule.actor", "start", "status", "_count")
_STATUSES = frozenset({"free", "busy"})


def is_for_slots(desk: Desk) -> bool:
    """Say whether a call is about slots, which no store keeps."""
    return desk.call.kind == KIND and desk.call.interaction in ("read", "search-type")


async def answer_slots(desk: Desk) -> Answer:
    """Return the answer to a call about slots."""
    return await asyncio.to_thread(_answer, desk)


def _answer(desk: Desk) -> Answer:
    try:
        return _read(desk) if desk.call.id else _search(desk)
    finally:
        connections.close_all()


def _read(desk: Desk) -> Answer:
    check_parameters(desk, frozenset())
    desk.needs(KIND, "r")
    try:
        slot = find_slot(actor=desk.grant.actor, now=desk.request.now, id=desk.call.id)
    except NotFound as error:
        raise not_found(KIND, desk.call.id) from error
    return Answer(200, write_document(slot).encode())


def _search(desk: Desk) -> Answer:
    check_parameters(desk, frozenset(PARAMETERS))
    desk.needs(KIND, "s")
    pairs, now = desk.request.pairs, desk.request.now
    first, last = _stretch(pairs, now)
    wanted = {word for name, value in pairs if name == "status" for word in value.split(",")} or _STATUSES
    found: list[Document] = []
    with suppress(NotFound):  # Nobody of that id has slots: an empty answer, like any search that finds nothing.
        found = find_slots(
            actor=desk.grant.actor, now=now, practitioner_id=_practitioner(pairs), first=first, last=last
        )
    shown = [slot for slot in found if slot["status"] in wanted][: count_of(pairs)]
    base = desk.request.base
    entries = [entry(f"{base}/{KIND}/{slot['id']}", write_document(slot), "match") for slot in shown]
    return Answer(200, bundle("searchset", entries, now=now, links=[("self", link(base, KIND, pairs))]))


def _practitioner(pairs: Pairs) -> UUID:
    named = [value for name, value in pairs if name in ("schedule", "schedule.actor")]
    if len(named) != 1:
        words = "Say whose slots: schedule=Schedule/… or schedule.actor=Practitioner/…, once."
        raise Refused(400, "required", words, path=KIND)
    try:
        return UUID(named[0].rpartition("/")[2])
    except ValueError as error:
        raise NotFound() from error


def _stretch(pairs: Pairs, now: datetime) -> tuple[datetime, datetime]:
    """Return from when until when slots are asked for: the next week where nothing is said, never past the day
    until which anybody may book. Raises: Refused."""
    first, last = now, None
    for value in (value for name, value in pairs if name == "start"):
        prefix, text = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
        meant = date_range(text)
        if meant is None:
            raise Refused(400, "value", "start is a date or an instant, like ge2026-11-24.", path=KIND)
        begins, ends = meant
        match prefix:
            case "ge":
                first = max(first, begins)
            case "gt":
                first = max(first, ends)
            case "le":
                last = ends if last is None else min(last, ends)
            case "lt":
                last = begins if last is None else min(last, begins)
            case "eq":
                first, last = max(first, begins), ends if last is None else min(last, ends)
            case _:
                raise Refused(400, "not-supported", f"start knows eq, ge, gt, le and lt, not “{prefix}”.", path=KIND)
    end = now + BOOKING_HORIZON
    first = min(first, end)
    return first, min(first + DAYS if last is None else max(first, last), end)
