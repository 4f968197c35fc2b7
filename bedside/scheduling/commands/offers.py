"""Follow-ups: a clinician holds three real times, the patient taps one, the others are free again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bedside.directory.queries import practice_facts
from bedside.kernel.errors import NotFound
from bedside.kernel.ids import new_id
from bedside.kernel.time import local_day_bounds
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.scheduling.calendar import hours_of, live, taken, times_off
from bedside.scheduling.events import AppointmentBooked, FollowUpOffered
from bedside.scheduling.models import Appointment
from bedside.scheduling.rules import Span, free_times, spread
from bedside.scheduling.terms import BOOKING_HORIZON, NOTICE, OFFER_FOR, OFFERED_TIMES

from .booking import new_row, refuse_bad_time, settle_booking
from .desk import at_the_desk
from .refusals import CannotChange, HoldExpired, NoTimesToOffer
from .retry import in_one_transaction
from .rows import expire_holds, facts, facts_of, insert_appointment, lock_people, step
from .search import rebuild_free_times


@dataclass(frozen=True, slots=True)
class Offer:
    """Three held times a patient may choose from until they run out."""

    id: UUID
    expires_at: datetime
    times: tuple[Appointment, ...]


@in_one_transaction
def offer_follow_up(
    *, actor: Actor, now: datetime, patient_id: UUID, practitioner_id: UUID, on_or_after: date
) -> Offer:
    """Hold three free times from a day on (in the doctor's zone), spread over days, for one patient.

    An earlier offer of this doctor to this patient is withdrawn. The place and mode are those of the last
    visit the two had, or the clinic's.
    Locks: the doctor and the patient (advisory).
    Raises: NoTimesToOffer, DoctorNotBookable, NotFound.
    """
    doctor = practice_facts(practitioner_id=practitioner_id)
    known = facts_of(
        actor=actor,
        patient_id=patient_id,
        practitioner_id=practitioner_id,
        organization_id=doctor.organization_id,
        now=now,
    )
    decision = authorise(actor, "scheduling.offer_follow_up", known, Context(now))
    lock_people(practitioner_id, patient_id)
    expire_holds(now, practitioner_id=practitioner_id, patient_id=patient_id)
    _withdraw(patient_id, practitioner_id, actor, now)
    template = _last_together(patient_id, practitioner_id)
    if on_or_after > (now + BOOKING_HORIZON).date():
        raise NoTimesToOffer()
    first, _ = local_day_bounds(max(on_or_after, now.date()), doctor.time_zone)
    within = Span(max(first, now + NOTICE), now + BOOKING_HORIZON)
    if within.starts_at >= within.ends_at:
        raise NoTimesToOffer()
    theirs = live(now).filter(patient_id=patient_id, ends_at__gt=within.starts_at)
    blocked = [
        *taken(practitioner_id, within, now),
        *times_off(practitioner_id, within),
        *(Span(*row) for row in theirs.values_list("starts_at", "ends_at")),
    ]
    free = free_times(
        hours=hours_of(practitioner_id),
        taken=blocked,
        minutes=doctor.visit_minutes,
        first=within.starts_at,
        last=within.ends_at,
    )
    offer_id, held = new_id(), []
    for span in spread(free, OFFERED_TIMES, doctor.time_zone):
        row = new_row(doctor, patient_id, span.starts_at, now)
        row.offer_id, row.offered_by_id, row.hold_expires_at = offer_id, actor.person_id, now + OFFER_FOR
        row.mode = template.mode if template else "video"
        row.region = template.region if template and template.region else doctor.home_region
        row.country = template.country if template and template.country else doctor.home_country
        desk = at_the_desk(practitioner_id=practitioner_id, patient_id=patient_id, starts_at=row.starts_at, now=now)
        refuse_bad_time(desk, row, now)
        if insert_appointment(row, at=now, by=actor.person_id, why="offered as a follow-up"):
            held.append(row)
    if len(held) < OFFERED_TIMES:
        raise NoTimesToOffer()
    rebuild_free_times(actor=actor, now=now, practitioner_ids=[practitioner_id])
    record_change(
        actor=actor,
        action="scheduling.offer_follow_up",
        now=now,
        patient_id=patient_id,
        resource=("FollowUpOffer", offer_id),
        reason=decision.reason,
    )
    announce(FollowUpOffered(offer_id, patient_id))
    return Offer(offer_id, now + OFFER_FOR, tuple(held))


def _last_together(patient_id: UUID, practitioner_id: UUID) -> Appointment | None:
    return (
        Appointment.objects.filter(patient_id=patient_id, practitioner_id=practitioner_id)
        .exclude(status="expired")
        .order_by("-starts_at")
        .first()
    )


def _withdraw(patient_id: UUID, practitioner_id: UUID, actor: Actor, now: datetime) -> None:
    offered = Appointment.objects.select_for_update().filter(
        patient_id=patient_id, practitioner_id=practitioner_id, status="held", offer_id__isnull=False
    )
    for row in offered.order_by("id"):
        step(row, "cancelled", now=now, by=actor.person_id, why="offered other times")
        row.save(update_fields=["status"])


@in_one_transaction
def accept_follow_up(*, actor: Actor, now: datetime, appointment_id: UUID) -> Appointment:
    """Book one of the offered times and give the others back. Two taps at once book once.

    Locks: every row of the offer, in order of id.
    Raises: HoldExpired, CannotChange when another of the three was chosen, NotFound.
    """
    offer_id = Appointment.objects.filter(id=appointment_id).values_list("offer_id", flat=True).first()
    if offer_id is None:
        raise NotFound()
    locked = Appointment.objects.select_for_update().filter(offer_id=offer_id).order_by("id")
    rows = {row.id: row for row in locked}
    chosen = rows[appointment_id]
    decision = authorise(actor, "scheduling.accept_follow_up", facts(actor, chosen, now), Context(now))
    if chosen.status == "booked":
        return chosen
    if any(row.status == "booked" for row in rows.values()):
        raise CannotChange()
    if chosen.status == "expired" or (chosen.hold_expires_at or now) <= now:
        raise HoldExpired()
    step(chosen, "booked", now=now, by=actor.person_id, why="follow-up")
    chosen.hold_expires_at = None
    chosen.save(update_fields=["status", "hold_expires_at"])
    for row in rows.values():
        if row.status == "held":
            step(row, "cancelled", now=now, by=actor.person_id, why="another offered time was chosen")
            row.save(update_fields=["status"])
    settle_booking(chosen, actor, now, first_reminder="booked")
    rebuild_free_times(actor=actor, now=now, practitioner_ids=[chosen.practitioner_id])
    record_change(
        actor=actor,
        action="scheduling.accept_follow_up",
        now=now,
        patient_id=chosen.patient_id,
        resource=("Appointment", chosen.id),
        reason=decision.reason,
    )
    announce(AppointmentBooked(chosen.id, chosen.patient_id, chosen.practitioner_id))
    return chosen


@transaction.atomic
def expire_all_holds(*, actor: Actor, now: datetime) -> int:
    """Let go of every hold and offer that ran out, and show their times as free. Return how many doctors' changed."""
    authorise(actor, "scheduling.expire_holds")
    changed = expire_holds(now)
    if changed:
        rebuild_free_times(actor=actor, now=now, practitioner_ids=sorted(changed))
    return len(changed)
