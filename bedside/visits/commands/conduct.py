"""The visit itself: let the patient in, change how it is held, pause, end, or call it a no-show."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bedside.consent.commands import begin_care
from bedside.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.events import announce
from bedside.scheduling.commands import move_appointment
from bedside.scheduling.models import Appointment
from bedside.scheduling.terms import MODES
from bedside.visits.events import ParticipantChanged, VisitChanged, VisitEnded, VisitStarted
from bedside.visits.models import Participant, Visit
from bedside.visits.policy import VisitFacts
from bedside.visits.terms import ARRIVING_STATES, LIVE_STATES, OVER_STATES, TOGETHER_STATES, WHY_MOST

from .steps import VisitIsOver, VisitMovedOn, ask, lock_visit, move, plain, step, write_down


class PatientNotReady(NotAllowed):
    """The patient has not finished checking in. You can join once their place, phone and consent are known."""


class ReasonMissing(Invalid):
    """Say in a few words why the visit goes on without video. The clinic needs it for the bill."""


class UnknownMode(Invalid):
    """A visit can be by video, by voice or by chat. Choose one of these."""


class TooEarlyForNoShow(Conflict):
    """The visit has not begun yet, so the patient can still come. Wait until its time."""


@transaction.atomic
def admit_patient(*, actor: Actor, now: datetime, visit_id: UUID) -> Visit:
    """Let the waiting patient in: the visit starts, and so does the clinician's care. Twice is once.

    Raises: PatientNotReady before check-in, VisitMovedOn, VisitIsOver.
    """
    visit = lock_visit(visit_id)
    facts, decision = ask(actor, "visits.admit_patient", visit, now)
    if not facts.is_checked_in:
        raise PatientNotReady()
    if visit.state in TOGETHER_STATES:
        return visit
    move(visit, "in_call", actor=actor, now=now, started_at=now)
    patient = Participant.objects.select_for_update().get(visit=visit, person_id=visit.patient_id)
    let_in(visit, patient, now)
    begin_care(
        actor=actor,
        now=now,
        patient_id=visit.patient_id,
        person_id=visit.practitioner_id,
        reason="treating",
        source=("visit", visit.id),
    )
    _move_appointment(actor, now, visit.appointment_id, "in_visit", "patient admitted")
    write_down(actor, "visits.admit_patient", visit, now, decision)
    announce(VisitStarted(visit.id, visit.practitioner_id))
    announce(ParticipantChanged(visit.id, visit.practitioner_id, patient.id))
    return visit


def let_in(visit: Visit, participant: Participant, now: datetime) -> None:
    """Let a participant of a locked visit into the room: from the door they come in as the newcomer."""
    participant.admitted_at = participant.admitted_at or now
    visit.join_count += 1
    participant.entry_no = visit.join_count
    if participant.state == "lobby":
        participant.state = "admitted"
    visit.save(update_fields=["join_count"])
    participant.save(update_fields=["admitted_at", "entry_no", "state"])


def _move_appointment(actor: Actor, now: datetime, appointment_id: UUID, to_status: str, why: str) -> None:
    status = Appointment.objects.values_list("status", flat=True).get(id=appointment_id)
    if status != to_status:
        move_appointment(actor=actor, now=now, appointment_id=appointment_id, to_status=to_status, why=why)


@transaction.atomic
def change_mode(*, actor: Actor, now: datetime, visit_id: UUID, mode: str, why: str) -> Visit:
    """Go on by video, voice or chat, without reconnecting. Leaving video takes a reason, kept for billing.

    Raises: UnknownMode, ReasonMissing, VisitIsOver. Source: requirement SYN-02.
    """
    visit = lock_visit(visit_id)
    _, decision = ask(actor, "visits.change_mode", visit, now)
    if mode not in dict(MODES):
        raise UnknownMode()
    if visit.state in OVER_STATES:
        raise VisitIsOver()
    if visit.mode == mode:
        return visit
    why = plain(why, WHY_MOST)
    if visit.mode == "video" and not why:
        raise ReasonMissing()
    was, visit.mode = visit.mode, mode
    visit.save(update_fields=["mode"])
    step(visit, "mode", was, mode, actor=actor, now=now, why=why)
    write_down(actor, "visits.change_mode", visit, now, decision, mode=mode)
    announce(VisitChanged(visit.id, visit.practitioner_id))
    return visit


@transaction.atomic
def hold_visit(*, actor: Actor, now: datetime, visit_id: UUID) -> Visit:
    """Pause the visit. Holding twice is once."""
    return _pause(actor, now, visit_id, "on_hold")


@transaction.atomic
def take_up_visit(*, actor: Actor, now: datetime, visit_id: UUID) -> Visit:
    """Go on with a visit on hold. Twice is once."""
    return _pause(actor, now, visit_id, "in_call")


def _pause(actor: Actor, now: datetime, visit_id: UUID, to_state: str) -> Visit:
    visit = lock_visit(visit_id)
    _, decision = ask(actor, "visits.hold_visit", visit, now)
    if visit.state == to_state:
        return visit
    if visit.state in ARRIVING_STATES:
        raise VisitMovedOn()
    move(visit, to_state, actor=actor, now=now)
    write_down(actor, "visits.hold_visit", visit, now, decision, to=to_state)
    announce(VisitChanged(visit.id, visit.practitioner_id))
    return visit


@transaction.atomic
def end_visit(*, actor: Actor, now: datetime, visit_id: UUID, why: str = "") -> Visit:
    """End the visit for everyone. Ending twice is once. The care relationship stays.

    Raises: VisitMovedOn when the patient was never let in (that is a no-show or a cancellation).
    """
    visit = lock_visit(visit_id)
    _, decision = ask(actor, "visits.end_visit", visit, now)
    if visit.state == "ended":
        return visit
    move(visit, "ended", actor=actor, now=now, why=plain(why, WHY_MOST), ended_at=now, end_reason="ended by clinician")
    _move_appointment(actor, now, visit.appointment_id, "done", "visit ended")
    write_down(actor, "visits.end_visit", visit, now, decision)
    announce(VisitEnded(visit.id, visit.practitioner_id))
    return visit


@transaction.atomic
def mark_no_show(*, actor: Actor, now: datetime, appointment_id: UUID) -> Appointment:
    """Write down that the patient did not come, whether or not they began to check in. Twice is once.

    Raises: TooEarlyForNoShow, VisitMovedOn once the patient was let in.
    """
    appointment = Appointment.objects.filter(id=appointment_id).first()
    if appointment is None:
        raise NotFound()
    visit = Visit.objects.select_for_update(of=("self",)).filter(appointment_id=appointment_id).first()
    facts = VisitFacts(
        patient_id=appointment.patient_id,
        practitioner_id=appointment.practitioner_id,
        organization_id=appointment.organization_id,
        state=visit.state if visit else "",
        role="clinician" if actor.person_id == appointment.practitioner_id else "",
    )
    authorise(actor, "visits.mark_no_show", facts, Context(now))
    if appointment.status == "no_show":
        return appointment
    if now < appointment.starts_at:
        raise TooEarlyForNoShow()
    if visit is not None and visit.state in LIVE_STATES:
        if visit.state in TOGETHER_STATES:
            raise VisitMovedOn()
        move(visit, "no_show", actor=actor, now=now, why="did not come", ended_at=now, end_reason="no_show")
        write_down(actor, "visits.mark_no_show", visit, now)
        announce(VisitEnded(visit.id, visit.practitioner_id))
    _move_appointment(actor, now, appointment_id, "no_show", "did not come")
    appointment.refresh_from_db()
    return appointment
