"""Move a booked time to another, cancel it, or take it through the day."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bedside.consent.commands import end_care
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.platform.notify.commands import drop_emails
from bedside.scheduling.events import AppointmentCancelled, AppointmentMoved, AppointmentStatusChanged
from bedside.scheduling.models import Appointment
from bedside.scheduling.policy import AppointmentFacts
from bedside.scheduling.rules import changeable_until

from .booking import new_row, refuse_bad_time, settle_booking
from .desk import at_the_desk
from .refusals import CannotChange, TooLate
from .retry import in_one_transaction
from .rows import (
    drop_reminders,
    expire_holds,
    facts,
    insert_appointment,
    lock_appointment,
    lock_people,
    owe_reminders,
    refuse_clash,
    step,
)
from .search import rebuild_free_times

#: Who is bound by the clinic's window: the patient's side. The clinic itself may always help.
_BOUND = frozenset({"self", "proxy"})


@in_one_transaction
def reschedule_appointment(*, actor: Actor, now: datetime, appointment_id: UUID, starts_at: datetime) -> Appointment:
    """Move a booked appointment to another free time of the same doctor. The price stays as it was.

    The old row is cancelled and points forward to the new one; old reminders are dropped, new ones owed.
    Locks: the doctor and the patient (advisory, in one order), then the row.
    Raises: TooLate, CannotChange, SlotTaken, PatientBusy, InThePast, OutsideHours, DoctorNotBookable, NotFound.
    """
    old = lock_appointment(appointment_id)
    decision = authorise(actor, "scheduling.reschedule_appointment", facts(actor, old, now), Context(now))
    if already := _moved_there(old, starts_at):
        return already
    _refuse_late(old, decision.reason, now)
    desk = at_the_desk(practitioner_id=old.practitioner_id, patient_id=old.patient_id, starts_at=starts_at, now=now)
    new = new_row(desk.doctor, old.patient_id, starts_at, now)
    new.status, new.hold_expires_at, new.moved_from_id = "booked", None, old.id
    new.version, new.calendar_id = old.version + 1, old.calendar_id or old.id
    for name in ("mode", "reason", "region", "country", "fee_minor", "currency"):
        setattr(new, name, getattr(old, name))
    refuse_bad_time(desk, new, now)
    lock_people(old.practitioner_id, old.patient_id)
    expire_holds(now, practitioner_id=old.practitioner_id, patient_id=old.patient_id)
    _end(old, actor, now, why="moved to another time")
    if not insert_appointment(new, at=now, by=actor.person_id, why="moved from another time"):
        refuse_clash(new)
    settle_booking(new, actor, now, first_reminder="moved")
    rebuild_free_times(actor=actor, now=now, practitioner_ids=[old.practitioner_id])
    record_change(
        actor=actor,
        action="scheduling.reschedule_appointment",
        now=now,
        patient_id=old.patient_id,
        resource=("Appointment", new.id),
        reason=decision.reason,
    )
    announce(AppointmentMoved(new.id, old.id, new.patient_id, new.practitioner_id))
    return new


@in_one_transaction
def cancel_appointment(*, actor: Actor, now: datetime, appointment_id: UUID, why: str = "") -> Appointment:
    """Cancel a booked appointment: its time is free again and no reminder follows. Twice is once.

    Raises: TooLate for the patient's side after the clinic's window, CannotChange, NotFound.
    """
    row = lock_appointment(appointment_id)
    decision = authorise(actor, "scheduling.cancel_appointment", facts(actor, row, now), Context(now))
    if row.status == "cancelled":
        return row
    _refuse_late(row, decision.reason, now)
    _end(row, actor, now, why=why.replace("\x00", " ").strip()[:400])
    owe_reminders(row, "cancelled", now, is_last=True)
    rebuild_free_times(actor=actor, now=now, practitioner_ids=[row.practitioner_id])
    record_change(
        actor=actor,
        action="scheduling.cancel_appointment",
        now=now,
        patient_id=row.patient_id,
        resource=("Appointment", row.id),
        reason=decision.reason,
    )
    announce(AppointmentCancelled(row.id, row.patient_id, row.practitioner_id))
    return row


def _end(row: Appointment, actor: Actor, now: datetime, *, why: str) -> None:
    step(row, "cancelled", now=now, by=actor.person_id, why=why)
    row.version += 1
    row.save(update_fields=["status", "version"])
    drop_emails(dedupe_keys=[f"reminder:{owed}" for owed in drop_reminders([row.id], now)], now=now)
    end_care(
        actor=actor,
        now=now,
        patient_id=row.patient_id,
        person_id=row.practitioner_id,
        reason="booked",
        source=("appointment", row.id),
    )


def _refuse_late(row: Appointment, reason: str, now: datetime) -> None:
    if row.status not in {"booked", "arrived"} or (reason in _BOUND and row.starts_at <= now):
        raise CannotChange()
    if reason in _BOUND and now > changeable_until(row.starts_at, row.organization.change_window_minutes):
        raise TooLate()


def _moved_there(row: Appointment, starts_at: datetime) -> Appointment | None:
    """Return the appointment this one was moved to already, when the same move is asked for again."""
    if row.status != "cancelled":
        return None
    return Appointment.objects.filter(moved_from=row, starts_at=starts_at, status="booked").first()


@in_one_transaction
def move_appointment(
    *, actor: Actor, now: datetime, appointment_id: UUID, to_status: str, why: str = ""
) -> Appointment:
    """Take an appointment through the day: arrived, in visit, done, no show. Moving it to where it is is nothing.

    Cancelling goes through `cancel_appointment`. Source: requirement HDB-05.
    Raises: CannotChange when the table of moves does not have it, NotFound.
    """
    row = lock_appointment(appointment_id)
    known = facts(actor, row, now)
    asked = AppointmentFacts(known.patient_id, known.practitioner_id, known.organization_id, known.relations, to_status)
    decision = authorise(actor, "scheduling.move_appointment", asked, Context(now))
    if row.status == to_status:
        return row
    if to_status not in {"arrived", "in_visit", "done", "no_show", "booked"} or row.status == "held":
        raise CannotChange()
    step(row, to_status, now=now, by=actor.person_id, why=why.replace("\x00", " ").strip()[:400])
    row.save(update_fields=["status"])
    if to_status == "no_show":
        drop_reminders([row.id], now)
    record_change(
        actor=actor,
        action="scheduling.move_appointment",
        now=now,
        patient_id=row.patient_id,
        resource=("Appointment", row.id),
        reason=decision.reason,
        detail={"to": to_status},
    )
    announce(AppointmentStatusChanged(row.id, to_status))
    return row
