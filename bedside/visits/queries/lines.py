"""The waiting room, from the doctor's side and from the patient's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bedside.accounts.models import Person
from bedside.directory.models import Practitioner
from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_view
from bedside.visits.models import Participant, Visit
from bedside.visits.policy import BoardFacts, VisitFacts
from bedside.visits.rules import estimate_wait, line_key, readiness
from bedside.visits.terms import TOGETHER_STATES

#: How long after the last sign of life someone still counts as there.
PRESENT_FOR = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Waiter:
    """One patient who waits. `readiness` is what the device test promises (rules.readiness)."""

    visit_id: UUID
    appointment_id: UUID
    patient: Person
    reason: str
    mode: str
    starts_at: datetime
    waiting_since: datetime
    wait_minutes: int
    position: int
    readiness: str
    is_present: bool


@dataclass(frozen=True, slots=True)
class PlaceInLine:
    """Where a patient stands, and data for honest words about the wait.

    `doctor` is ready, with_patient or away.
    """

    position: int
    ahead: int
    late_minutes: int
    doctor: str
    expected_at: datetime


def waiting_room(*, actor: Actor, practitioner_id: UUID, now: datetime) -> list[Waiter]:
    """Return who waits for a practitioner, in the order they should be seen.

    The practitioner and the staff of the clinic may ask. Raises: NotFound.
    """
    practitioner = Practitioner.objects.filter(person_id=practitioner_id).first()
    if practitioner is None:
        raise NotFound()
    facts = BoardFacts(practitioner.person_id, practitioner.organization_id)
    decision = authorise(actor, "visits.see_waiting_room", facts, Context(now))
    visits = _line(practitioner_id)
    present = _present([visit.id for visit in visits], now)
    record_view(
        actor=actor,
        action="visits.see_waiting_room",
        now=now,
        resource=("Practitioner", practitioner_id),
        reason=decision.reason,
        detail={"patients": [str(visit.patient_id) for visit in visits]},
    )
    return [
        Waiter(
            visit_id=visit.id,
            appointment_id=visit.appointment_id,
            patient=visit.patient,
            reason=visit.appointment.reason,
            mode=visit.mode,
            starts_at=visit.appointment.starts_at,
            waiting_since=visit.waiting_since or now,
            wait_minutes=max(0, int((now - (visit.waiting_since or now)).total_seconds() // 60)),
            position=place,
            readiness=readiness(visit.check_in.device_test),
            is_present=(visit.id, visit.patient_id) in present,
        )
        for place, visit in enumerate(visits, start=1)
    ]


def _line(practitioner_id: UUID) -> list[Visit]:
    waiting = Visit.objects.filter(practitioner_id=practitioner_id, state="waiting").select_related(
        "patient", "appointment", "check_in"
    )
    return sorted(waiting, key=lambda v: (line_key(v.appointment.starts_at, v.waiting_since or v.created_at), v.id))


def _present(visit_ids: list[UUID], now: datetime) -> set[tuple[UUID, UUID]]:
    there = Participant.objects.filter(
        visit_id__in=visit_ids, state__in=("lobby", "admitted", "connected"), seen_at__gte=now - PRESENT_FOR
    )
    return set(there.values_list("visit_id", "person_id"))


def place_in_line(*, actor: Actor, visit_id: UUID, now: datetime) -> PlaceInLine:
    """Return where the actor, the patient of a visit, stands in line. Raises: NotFound."""
    visit = Visit.objects.select_related("practitioner", "appointment").filter(id=visit_id).first()
    if visit is None:
        raise NotFound()
    facts = VisitFacts(
        patient_id=visit.patient_id,
        practitioner_id=visit.practitioner_id,
        organization_id=visit.practitioner.organization_id,
        state=visit.state,
    )
    authorise(actor, "visits.see_place_in_line", facts, Context(now))
    return line_of(visit, now)


def line_of(visit: Visit, now: datetime) -> PlaceInLine:
    """Return where the patient of a visit stands, for someone who was let see that already."""
    ids = [waiting.id for waiting in _line(visit.practitioner_id)]
    ahead = ids.index(visit.id) if visit.id in ids else 0
    busy = (
        Visit.objects.filter(practitioner_id=visit.practitioner_id, state__in=TOGETHER_STATES)
        .exclude(id=visit.id)
        .order_by("started_at")
        .last()
    )
    wait = estimate_wait(
        now=now,
        starts_at=visit.appointment.starts_at,
        waiting_since=visit.waiting_since or now,
        ahead=ahead,
        visit_minutes=visit.practitioner.visit_minutes,
        present_visit_started_at=busy.started_at if busy else None,
    )
    doctor = "with_patient" if busy else "ready" if _is_doctor_here(visit, now) else "away"
    return PlaceInLine(
        position=ahead + 1,
        ahead=ahead,
        late_minutes=wait.late_minutes,
        doctor=doctor,
        expected_at=wait.expected_at,
    )


def _is_doctor_here(visit: Visit, now: datetime) -> bool:
    return Participant.objects.filter(
        visit__practitioner_id=visit.practitioner_id,
        person_id=visit.practitioner_id,
        state="connected",
        seen_at__gte=now - PRESENT_FOR,
    ).exists()
