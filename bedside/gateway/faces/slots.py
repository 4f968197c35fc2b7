"""Free and busy times of one clinician, worked out when asked: there are too many to keep.

A slot's id says whose time it is and when it begins, so that the same time always has the same id.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from bedside.directory.models import Practitioner
from bedside.directory.queries import practice_facts
from bedside.fhir.documents import Document
from bedside.kernel.errors import NotFound
from bedside.kernel.time import zone
from bedside.platform.access import Actor
from bedside.scheduling.calendar import taken
from bedside.scheduling.queries import free_times
from bedside.scheduling.rules import Span
from bedside.scheduling.terms import BOOKING_HORIZON

from .directory import specialty
from .shapes import VIRTUAL, instant, reference, without_empty

#: The stretch that is answered when the search names no end.
DAYS = timedelta(days=7)
#: The longest stretch one search answers; and how long a slot that is over can still be read.
MOST_DAYS = timedelta(days=31)


def slot_id(practitioner_id: UUID, starts_at: datetime) -> str:
    """Return the id of the time that begins then."""
    return f"{practitioner_id}.{int(starts_at.timestamp())}"


def parse_slot_id(id: str) -> tuple[UUID, datetime]:
    """Return whose time an id means and when it begins. Raises: NotFound for what is no id of a slot."""
    whose, _, second = id.rpartition(".")
    try:
        return UUID(whose), datetime.fromtimestamp(int(second), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise NotFound() from error


def find_slots(
    *, actor: Actor, now: datetime, practitioner_id: UUID, first: datetime, last: datetime
) -> list[Document]:
    """Return one clinician's slots that begin from `first` and before `last`, soonest first.

    Free ones are those a patient could book now; of a busy one nobody learns why. There are none before a month ago,
    and none later than anybody may book, however far the question reaches.
    Raises: NotFound when there is no such clinician.
    """
    doctor = practice_facts(practitioner_id=practitioner_id)
    first, last = max(first, now - MOST_DAYS), min(last, now + BOOKING_HORIZON)
    if first >= last:
        return []
    within = Span(first, min(last, first + MOST_DAYS))
    here = zone(actor.time_zone)
    days = {"first_on": first.astimezone(here).date(), "last_on": last.astimezone(here).date()}
    free = free_times(actor=actor, practitioner_id=practitioner_id, now=now, doctor=doctor, **days)
    busy = taken(practitioner_id, within, now)
    spans = [(span, "free") for span in free] + [(span, "busy") for span in busy]
    chosen = [(span, status) for span, status in spans if within.starts_at <= span.starts_at < within.ends_at]
    return [_draw(doctor, span, status) for span, status in sorted(chosen, key=lambda one: one[0].starts_at)]


def find_slot(*, actor: Actor, now: datetime, id: str) -> Document:
    """Return the slot of an id. Raises: NotFound when that clinician has no time that begins then."""
    practitioner_id, starts_at = parse_slot_id(id)
    if not now - MOST_DAYS <= starts_at < now + BOOKING_HORIZON:
        raise NotFound()
    for slot in find_slots(
        actor=actor, now=now, practitioner_id=practitioner_id, first=starts_at, last=starts_at + timedelta(seconds=1)
    ):
        if slot["id"] == id:
            return slot
    raise NotFound()


def _draw(doctor: Practitioner, span: Span, status: str) -> Document:
    return without_empty(
        {
            "resourceType": "Slot",
            "id": slot_id(doctor.pk, span.starts_at),
            "serviceType": [{"coding": [VIRTUAL], "text": "Visit at a distance"}],
            "specialty": [specialty(code) for code in doctor.specialties],
            "schedule": reference("Schedule", doctor.pk),
            "status": status,
            "start": instant(span.starts_at),
            "end": instant(span.ends_at),
        }
    )
