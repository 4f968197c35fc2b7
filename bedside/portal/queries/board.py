"""The day board: who waits, who is next, what is still to be signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bedside.directory.models import Practitioner
from bedside.fhir.queries import find_of_patients
from bedside.kernel.time import age_on, local_day_bounds, zone
from bedside.platform.access import Actor, authorise
from bedside.platform.audit.write import record_view_once
from bedside.portal.terms import LONG_WAIT_MINUTES, NOTES_BACK
from bedside.record.models import NoteSignature
from bedside.record.reading import allergy_of
from bedside.record.words import Words
from bedside.results.queries import open_counts
from bedside.scheduling.models import Appointment
from bedside.visits.models import Participant, Visit
from bedside.visits.queries.lines import PRESENT_FOR
from bedside.visits.rules import line_key, readiness

#: More than this on one board is a clinic's list, not a person's day.
ROWS_MOST = 200


@dataclass(frozen=True, slots=True)
class Seat:
    """One patient on the board. `wait_minutes` counts from the booked time or the arrival, whichever was later."""

    appointment: Appointment
    visit: Visit | None
    age: int | None
    allergies: tuple[Words, ...]
    wait_minutes: int
    percent: int
    readiness: str
    is_present: bool

    @property
    def patient(self) -> object:
        """Who it is."""
        return self.appointment.patient

    @property
    def is_long(self) -> bool:
        """Say whether they have waited too long."""
        return self.wait_minutes >= LONG_WAIT_MINUTES


@dataclass(frozen=True, slots=True)
class Slot:
    """One appointment in the drawing of the day. Units: `x`, `width` and `middle` are percent of the strip."""

    x: str
    width: str
    middle: str
    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The day drawn: hour marks (percent, hour), slots, and where now is."""

    hours: tuple[tuple[str, datetime], ...]
    slots: tuple[Slot, ...]
    now: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board. `is_whole_clinic` for those who look after every doctor's room.

    Shape: `results` is how many results wait for the actor, and how many of them are critical.
    """

    now: datetime
    is_whole_clinic: bool
    practitioner: Practitioner | None
    in_visit: tuple[Seat, ...]
    waiting: tuple[Seat, ...]
    next: tuple[Seat, ...]
    done: tuple[Seat, ...]
    missed: tuple[Seat, ...]
    to_sign: tuple[Visit, ...]
    results: tuple[int, int]
    strip: Strip | None

    @property
    def count(self) -> int:
        """How many visits the day has."""
        return len(self.in_visit) + len(self.waiting) + len(self.next) + len(self.done) + len(self.missed)

    @property
    def next_free(self) -> Seat | None:
        """The next one who is not here yet."""
        return self.next[0] if self.next else None


def board(*, actor: Actor, now: datetime) -> Board:
    """Return a clinician's own day; for a nurse or telepresenter, the waiting rooms of their whole clinic.

    Seven queries and one audit row, however many patients.
    """
    authorise(actor, "portal.view_board")
    mine = Practitioner.objects.select_related("person").filter(person_id=actor.person_key).first()
    zone_name = mine.time_zone if mine else actor.time_zone
    rows = list(_appointments(actor, mine, zone_name, now))
    seats = _seats(rows, now)
    record_view_once(
        actor=actor,
        action="portal.view_board",
        now=now,
        reason="own_list" if mine else "clinic",
        detail={"patients": sorted({str(row.patient_id) for row in rows})},
    )
    waiting = sorted((s for s in seats if _state(s) == "waiting"), key=_line)
    return Board(
        now=now,
        is_whole_clinic=mine is None,
        practitioner=mine,
        in_visit=tuple(s for s in seats if _state(s) in {"in_call", "on_hold"}),
        waiting=tuple(waiting),
        next=tuple(s for s in seats if _state(s) in {"booked", "opened", "checked_in"}),
        done=tuple(s for s in seats if _state(s) in {"done", "ended"}),
        missed=tuple(s for s in seats if _state(s) == "no_show"),
        to_sign=tuple(_to_sign(mine, now)) if mine else (),
        results=open_counts(actor=actor) if mine else (0, 0),
        strip=draw_day(seats, now, zone_name) if mine and seats else None,
    )


def _appointments(actor: Actor, mine: Practitioner | None, zone_name: str, now: datetime) -> QuerySet[Appointment]:
    first, last = local_day_bounds(now.astimezone(zone(zone_name)).date(), zone_name)
    if mine is not None:
        whose = Q(practitioner_id=mine.person_id)
    else:
        whose = Q(organization_id__in=actor.organization_ids)
    today = Q(starts_at__gte=first, starts_at__lt=last, status__in=["booked", "arrived", "in_visit", "done", "no_show"])
    still_here = Q(visit__state__in=["waiting", "in_call", "on_hold"])
    return (
        Appointment.objects.filter(whose, today | still_here)
        .select_related("patient", "practitioner__person", "visit__check_in")
        .order_by("starts_at")[:ROWS_MOST]
    )


def _seats(rows: list[Appointment], now: datetime) -> list[Seat]:
    visits = {row.id: getattr(row, "visit", None) for row in rows}
    there = Participant.objects.filter(
        visit_id__in=[visit.id for visit in visits.values() if visit],
        state__in=("lobby", "admitted", "connected"),
        seen_at__gte=now - PRESENT_FOR,
    )
    present = set(there.values_list("visit_id", "person_id"))
    allergies = _allergies({row.patient_id for row in rows})
    return [_seat(row, visits[row.id], allergies.get(row.patient_id, ()), present, now) for row in rows]


def _seat(
    row: Appointment, visit: Visit | None, allergies: tuple[Words, ...], present: set[tuple[UUID, UUID]], now: datetime
) -> Seat:
    waited = 0
    if visit and visit.waiting_since:
        waited = max(0, int((now - line_key(row.starts_at, visit.waiting_since)).total_seconds() // 60))
    check_in = getattr(visit, "check_in", None) if visit else None
    born = row.patient.birth_on
    return Seat(
        appointment=row,
        visit=visit,
        age=age_on(born, now.date()) if born else None,
        allergies=allergies,
        wait_minutes=waited,
        percent=min(100, round(100 * waited / LONG_WAIT_MINUTES)),
        readiness=readiness(check_in.device_test) if check_in else "",
        is_present=visit is not None and (visit.id, row.patient_id) in present,
    )


def _allergies(patient_ids: Iterable[UUID]) -> dict[UUID, tuple[Words, ...]]:
    found = find_of_patients(type="AllergyIntolerance", patient_ids=set(patient_ids))
    return {patient_id: tuple(allergy_of(one).name for one in documents) for patient_id, documents in found.items()}


def _state(seat: Seat) -> str:
    """Return the visit's state where there is one that tells more than the appointment's status."""
    if seat.appointment.status in {"done", "no_show"} or seat.visit is None:
        return seat.appointment.status
    return seat.visit.state


def _line(seat: Seat) -> tuple[datetime, UUID]:
    assert seat.visit is not None
    return line_key(seat.appointment.starts_at, seat.visit.waiting_since or seat.visit.created_at), seat.visit.id


def _to_sign(mine: Practitioner, now: datetime) -> QuerySet[Visit]:
    signed = NoteSignature.objects.filter(visit_id=OuterRef("id"), is_addendum=False)
    return (
        Visit.objects.filter(~Exists(signed), practitioner=mine, state="ended", ended_at__gt=now - NOTES_BACK)
        .select_related("patient", "appointment")
        .order_by("ended_at")[:30]
    )


def draw_day(seats: list[Seat], now: datetime, zone_name: str) -> Strip:
    """Lay the day out along a line: whole hours from the first to the last appointment."""
    tz = zone(zone_name)
    starts = min(seat.appointment.starts_at for seat in seats).astimezone(tz).replace(minute=0, second=0, microsecond=0)
    ends = max(seat.appointment.ends_at for seat in seats).astimezone(tz)
    hours = max(4, -int((starts - ends).total_seconds() // 3600))
    whole = hours * 3600

    def at(instant: datetime) -> float:
        return max(0.0, min(100.0, (instant - starts).total_seconds() / whole * 100))

    marks = tuple((f"{hour / hours * 100:.2f}%", starts + timedelta(hours=hour)) for hour in range(hours + 1))
    slots = []
    for seat in seats:
        left, right = at(seat.appointment.starts_at), at(seat.appointment.ends_at)
        slots.append(
            Slot(
                x=f"{left:.2f}%",
                width=f"{max(1.0, right - left - 0.25):.2f}%",
                middle=f"{(left + right) / 2:.2f}%",
                label=seat.appointment.patient.initials,
                state=_slot_state(seat),
            )
        )
    return Strip(marks, tuple(slots), f"{at(now):.2f}%")


def _slot_state(seat: Seat) -> str:
    if _state(seat) in {"waiting", "in_call", "on_hold"}:
        return "now"
    return "done" if _state(seat) in {"done", "ended", "no_show"} else ""
