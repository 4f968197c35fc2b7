"""Hold a time, fill in the reason, book it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from bedside.consent.commands import begin_care
from bedside.directory.commands import take_free_time
from bedside.directory.models import Practitioner
from bedside.directory.rules import may_be_booked
from bedside.kernel.errors import NotFound
from bedside.kernel.ids import new_id
from bedside.kernel.time import UTC, zone
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.scheduling.events import AppointmentBooked
from bedside.scheduling.models import Appointment
from bedside.scheduling.rules import Span, free_times
from bedside.scheduling.terms import BOOKED_CARE_LASTS, BOOKING_HORIZON, HOLD_FOR, MODES

from .desk import Desk, at_the_desk
from .refusals import (
    CannotChange,
    DoctorNotBookable,
    HoldExpired,
    InThePast,
    OutsideHours,
    PatientBusy,
    PriceChanged,
    SlotTaken,
    TooFarAhead,
    UnknownMode,
)
from .retry import in_one_transaction
from .rows import (
    expire_holds,
    facts,
    facts_of,
    holds_matter,
    insert_appointment,
    lock_appointment,
    lock_people,
    mark_booked,
    owe_reminders,
    refuse_clash,
    step,
)
from .search import rebuild_free_times


def hold_appointment(
    *,
    actor: Actor,
    now: datetime,
    practitioner_id: UUID,
    starts_at: datetime,
    mode: str = "video",
    patient_id: UUID | None = None,
    region: str = "",
    country: str = "",
    shown_fee_minor: int | None = None,
) -> Appointment:
    """Hold a time for a patient while they say why they come. Asking twice for the same time is asking once.

    `region` and `country` are where the patient will be; without them, where the clinic is. The price is fixed
    here. A time the patient held before is given back. Most who lose are told so before a transaction begins.
    Locks: the patient (advisory); the exclusion constraints settle who gets the time.
    Raises: SlotTaken, PatientBusy, PriceChanged, InThePast, TooFarAhead, OutsideHours, DoctorNotBookable,
    UnknownMode, NotFound.
    """
    patient_id = patient_id or actor.person_id
    if patient_id is None:
        raise NotFound()
    desk = at_the_desk(practitioner_id=practitioner_id, patient_id=patient_id, starts_at=starts_at, now=now)
    doctor = desk.doctor
    known = facts_of(
        actor=actor,
        patient_id=patient_id,
        practitioner_id=practitioner_id,
        organization_id=doctor.organization_id,
        now=now,
    )
    decision = authorise(actor, "scheduling.hold_appointment", known, Context(now))
    if mode not in dict(MODES):
        raise UnknownMode()
    if shown_fee_minor is not None and shown_fee_minor != doctor.fee_minor:
        raise PriceChanged()
    row = new_row(doctor, patient_id, starts_at, now)
    row.mode, row.region, row.country = mode, region or desk.region, country or desk.country
    row.hold_expires_at = now + HOLD_FOR
    if desk.is_taken:
        raise SlotTaken()
    refuse_bad_time(desk, row, now)
    if desk.is_busy:
        raise PatientBusy()
    return _hold(actor, now, row, decision.reason)


@in_one_transaction
def _hold(actor: Actor, now: datetime, row: Appointment, allowed_by: str) -> Appointment:
    """Take the time, unless someone was quicker.

    Raises: SlotTaken, PatientBusy.
    """
    practitioner_id, patient_id = row.practitioner_id, row.patient_id
    lock_people(patient_id)
    changed: set[UUID] = set()
    if holds_matter(now, practitioner_id=practitioner_id, patient_id=patient_id):
        mine = list(
            Appointment.objects.select_for_update()
            .filter(patient_id=patient_id, status="held", offer_id__isnull=True)
            .order_by("id")
        )
        for held in mine:
            if _is_same(held, row, now):
                return held
        changed.update(expire_holds(now, practitioner_id=practitioner_id, patient_id=patient_id))
        changed.update(_give_back(mine, actor, now))
    if not insert_appointment(row, at=now, by=actor.person_id, why=""):
        refuse_clash(row)
    if changed:
        rebuild_free_times(actor=actor, now=now, practitioner_ids=sorted({*changed, practitioner_id}))
    else:
        take_free_time(practitioner_id=practitioner_id, starts_at=row.starts_at, ends_at=row.ends_at)
    record_change(
        actor=actor,
        action="scheduling.hold_appointment",
        now=now,
        patient_id=patient_id,
        resource=("Appointment", row.id),
        reason=allowed_by,
    )
    return row


def new_row(doctor: Practitioner, patient_id: UUID, starts_at: datetime, now: datetime) -> Appointment:
    """Return an unsaved held appointment at the doctor's present price and length."""
    starts_at = starts_at.astimezone(UTC)
    row_id = new_id()
    return Appointment(
        id=row_id,
        patient_id=patient_id,
        practitioner_id=doctor.pk,
        organization_id=doctor.organization_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=doctor.visit_minutes),
        practitioner_zone=doctor.time_zone,
        status="held",
        fee_minor=doctor.fee_minor,
        currency=doctor.currency,
        calendar_id=row_id,
        created_at=now,
    )


def refuse_bad_time(desk: Desk, row: Appointment, now: datetime) -> None:
    """Refuse a time the doctor does not offer, or may not see this patient at.

    Raises: InThePast, TooFarAhead, OutsideHours, DoctorNotBookable.
    """
    if row.starts_at <= now:
        raise InThePast()
    if row.starts_at > now + BOOKING_HORIZON:
        raise TooFarAhead()
    doctor = desk.doctor
    on = row.ends_at.astimezone(zone(doctor.time_zone)).date()
    bookable = may_be_booked(desk.licences, desk.certificates, row.region, row.country, on)
    if not doctor.is_accepting or not bookable.ok or row.patient_id == doctor.pk:
        raise DoctorNotBookable()
    offered = free_times(
        hours=desk.hours,
        taken=desk.time_off,
        minutes=doctor.visit_minutes,
        first=row.starts_at,
        last=row.starts_at + timedelta(seconds=1),
    )
    if Span(row.starts_at, row.ends_at) not in offered:
        raise OutsideHours()


def _is_same(held: Appointment, row: Appointment, now: datetime) -> bool:
    is_kept = held.hold_expires_at is not None and held.hold_expires_at > now
    wanted = (row.practitioner_id, row.starts_at, row.mode)
    return is_kept and (held.practitioner_id, held.starts_at, held.mode) == wanted


def _give_back(mine: Sequence[Appointment], actor: Actor, now: datetime) -> list[UUID]:
    """Release what the patient held before. Return whose calendars changed."""
    changed = []
    for one in mine:
        if not _ran_out(one, now):
            step(one, "cancelled", now=now, by=actor.person_id, why="chose another time")
            one.save(update_fields=["status"])
            changed.append(one.practitioner_id)
    return changed


@in_one_transaction
def book_appointment(*, actor: Actor, now: datetime, appointment_id: UUID, reason: str) -> Appointment:
    """Book a held time. Booking it again answers with the same booking.

    Locks: the appointment.
    Raises: HoldExpired, CannotChange, NotFound.
    """
    row = lock_appointment(appointment_id)
    decision = authorise(actor, "scheduling.book_appointment", facts(actor, row, now), Context(now))
    if row.status == "booked" and row.offer_id is None:
        return row
    if row.status == "expired" or (row.status == "held" and _ran_out(row, now)):
        raise HoldExpired()
    if row.status != "held":
        raise CannotChange()
    mark_booked(row, reason=reason.replace("\x00", " ").strip()[:2000], now=now, by=actor.person_id)
    begin_booked_care(row, actor, now)
    record_change(
        actor=actor,
        action="scheduling.book_appointment",
        now=now,
        patient_id=row.patient_id,
        resource=("Appointment", row.id),
        reason=decision.reason,
    )
    announce(AppointmentBooked(row.id, row.patient_id, row.practitioner_id))
    return row


def _ran_out(row: Appointment, now: datetime) -> bool:
    return row.hold_expires_at is None or row.hold_expires_at <= now


def settle_booking(row: Appointment, actor: Actor, now: datetime, *, first_reminder: str) -> None:
    """Write what a booked time owes: its reminders, and the doctor's leave to read the chart."""
    owe_reminders(row, first_reminder, now)
    begin_booked_care(row, actor, now)


def begin_booked_care(row: Appointment, actor: Actor, now: datetime) -> None:
    """Let the doctor of a booked time read the chart."""
    begin_care(
        actor=actor,
        now=now,
        patient_id=row.patient_id,
        person_id=row.practitioner_id,
        reason="booked",
        source=("appointment", row.id),
        ends_at=row.ends_at + BOOKED_CARE_LASTS,
    )


@transaction.atomic
def release_appointment(*, actor: Actor, now: datetime, appointment_id: UUID) -> Appointment:
    """Give a held time back before it runs out. Giving back what is gone already changes nothing."""
    row = lock_appointment(appointment_id)
    decision = authorise(actor, "scheduling.release_appointment", facts(actor, row, now), Context(now))
    if row.status != "held":
        return row
    step(row, "cancelled", now=now, by=actor.person_id, why="given back")
    row.save(update_fields=["status"])
    rebuild_free_times(actor=actor, now=now, practitioner_ids=[row.practitioner_id])
    record_change(
        actor=actor,
        action="scheduling.release_appointment",
        now=now,
        patient_id=row.patient_id,
        resource=("Appointment", row.id),
        reason=decision.reason,
    )
    return row
