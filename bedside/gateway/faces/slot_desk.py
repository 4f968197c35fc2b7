"""Slots through the API: read by id, found for one clinician. They are worked out, so they have no history.

Shape: `schedule=Schedule/{id}` or `schedule.actor=Practitioner/{id}`; `start` with ge, gt, le, lt or nothing;
`status=free|busy`; `_count`. Anything else is refused by name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import connections

from bedside.fhir.documents import Document, read_document, write_document
from bedside.fhir.indexing.dates import date_range
from bedside.fhir.store.items import Item, read_items
from bedside.gateway.bundles import bundle, entry
from bedside.gateway.desk import Desk
from bedside.gateway.interactions.bundling import desk_for
from bedside.gateway.interactions.reading import check_parameters, count_of
from bedside.gateway.messages import Answer, Pairs
from bedside.gateway.paging import link
from bedside.gateway.refusals import Refused, not_found
from bedside.kernel.errors import NotFound, Refusal
from bedside.scheduling.terms import BOOKING_HORIZON

from .slot_limits import ENTRIES_MOST, KIND, is_about_slots
from .slots import DAYS, find_slot, find_slots

T = TypeVar("T")

#: What a search for slots understands.
PARAMETERS = ("schedule", "schedule.actor", "start", "status", "_count")
_STATUSES = frozenset({"free", "busy"})


async def answer_slots(desk: Desk) -> Answer:
    """Return the answer to a call about slots."""
    return await asyncio.to_thread(_apart, lambda: _answer(desk))


async def slots_of_bundle(desk: Desk) -> dict[str, Answer | Refusal]:
    """Return the answers to the entries of a Bundle that ask for slots, by their url, before anything is done.

    Why: nothing in a Bundle changes a calendar, so what is free is the same before it and after.
    """
    if KIND.encode() not in desk.request.body:
        return {}
    try:
        items = read_items(read_document(desk.request.body), f"{desk.request.base}/")
    except Refusal:
        return {}  # Whoever carries the Bundle out refuses it, with what is wrong.
    desks: dict[str, Desk] = {}
    for item in items:
        if isinstance(item, Item) and item.method in ("GET", "HEAD"):
            with suppress(Refusal):
                inner = desk_for(desk, item)
                if is_about_slots(inner.call):
                    desks[item.url] = inner
    some = dict(list(desks.items())[:ENTRIES_MOST])
    return await asyncio.to_thread(_apart, lambda: {url: _answer_or_refuse(inner) for url, inner in some.items()})


def _apart(work: Callable[[], T]) -> T:
    """Do something on a connection of this thread, and give it back."""
    try:
        return work()
    finally:
        connections.close_all()


def _answer_or_refuse(desk: Desk) -> Answer | Refusal:
    try:
        return _answer(desk)
    except Refusal as refusal:
        return refusal


def _answer(desk: Desk) -> Answer:
    return _read(desk) if desk.call.id else _search(desk)


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
