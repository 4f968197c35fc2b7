"""One visit, for whoever takes part in it or treats the patient."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bedside.consent.queries import relations
from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_view
from bedside.visits.models import Participant, Visit
from bedside.visits.policy import VisitFacts
from bedside.visits.terms import PUT_OUT_STATES


def get_visit(*, actor: Actor, visit_id: UUID, now: datetime) -> Visit:
    """Return a visit with its patient, practitioner, appointment and participants. Raises: NotFound."""
    return _get(actor, now, id=visit_id)


def get_visit_of_appointment(*, actor: Actor, appointment_id: UUID, now: datetime) -> Visit:
    """Return the visit of an appointment. Raises: NotFound when there is none, or not for this actor."""
    return _get(actor, now, appointment_id=appointment_id)


def find_visit_of_appointment(*, actor: Actor, appointment_id: UUID, now: datetime) -> Visit | None:
    """Return the visit of an appointment, or None when it was never opened or is not for this actor."""
    try:
        return _get(actor, now, appointment_id=appointment_id)
    except NotFound:
        return None


def _get(actor: Actor, now: datetime, **which: UUID) -> Visit:
    visit = (
        Visit.objects.select_related(
            "patient", "practitioner__person", "practitioner__organization", "appointment", "check_in"
        )
        .filter(**which)
        .first()
    )
    if visit is None:
        raise NotFound()
    mine = Participant.objects.filter(visit_id=visit.id, person_id=actor.person_key).first()
    facts = VisitFacts(
        patient_id=visit.patient_id,
        practitioner_id=visit.practitioner_id,
        organization_id=visit.practitioner.organization_id,
        state=visit.state,
        role=mine.role if mine else "",
        place=mine.state if mine else "",
        is_admitted=bool(mine and mine.admitted_at),
        relations=frozenset() if mine else relations(actor=actor, patient_id=visit.patient_id, now=now),
    )
    decision = authorise(actor, "visits.see_visit", facts, Context(now))
    record_view(
        actor=actor,
        action="visits.see_visit",
        now=now,
        patient_id=visit.patient_id,
        resource=("Visit", visit.id),
        reason=decision.reason,
    )
    return visit


def is_participant(*, actor: Actor, visit_id: UUID) -> bool:
    """Say whether the actor takes part in the visit and was not put out of it."""
    mine = Participant.objects.filter(visit_id=visit_id, person_id=actor.person_key)
    return mine.exclude(state__in=PUT_OUT_STATES).exists()


def may_open_file_of(*, actor: Actor, visit_id: UUID, now: datetime) -> bool:
    """Say whether the actor may open what was sent in the visit's chat: its people, and who treats the patient."""
    if is_participant(actor=actor, visit_id=visit_id):
        return True
    patient_id = Visit.objects.filter(id=visit_id).values_list("patient_id", flat=True).first()
    if patient_id is None or not actor.is_staff:
        return False
    return bool(relations(actor=actor, patient_id=patient_id, now=now) & {"treating", "covering", "break_glass"})
