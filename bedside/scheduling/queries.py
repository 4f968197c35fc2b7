"""What screens and other rooms read of appointments and free times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from bedside.consent.queries import patient_facts
from bedside.directory.models import Practitioner
from bedside.directory.queries import home_region, list_practitioners, practice_facts
from bedside.kernel.errors import NotFound
from bedside.kernel.time import local_day_bounds, zone
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_view

from .calendar import hours_of, live, taken, times_off
from .models import Appointment, AvailabilityRule, TimeOff
from .pages import AppointmentCard
from .policy import AppointmentFacts, CalendarFacts
from .rules import Span, changeable_until
from .rules import free_times as free_times_by_rule
from .terms import BOOKING_HORIZON, NOTICE


def free_times(
    *,
    actor: Actor,
    practitioner_id: UUID,
    first_on: date,
    last_on: date,
    now: datetime,
    doctor: Practitioner | None = None,
) -> list[Span]:
    """Return what one doctor can offer between two days of the actor's own calendar. Four queries.

    Give the `doctor` when the page has loaded them already.
    Raises: NotFound when there is no such doctor.
    """
    authorise(actor, "scheduling.find_times")
    doctor = doctor or practice_facts(practitioner_id=practitioner_id)
    if not doctor.is_accepting:
        return []
    first, _ = local_day_bounds(first_on, actor.time_zone)
    _, last = local_day_bounds(last_on, actor.time_zone)
    within = Span(max(first, now + NOTICE), min(last, now + BOOKING_HORIZON))
    if within.ends_at <= within.starts_at:
        return []
    return free_times_by_rule(
        hours=hours_of(practitioner_id),
        taken=[*taken(practitioner_id, within, now), *times_off(practitioner_id, within)],
        minutes=doctor.visit_minutes,
        first=within.starts_at,
        last=within.ends_at,
    )


def _with_people() -> QuerySet[Appointment]:
    return Appointment.objects.select_related("patient", "practitioner__person", "organization")


def get_appointment(*, actor: Actor, now: datetime, appointment_id: UUID) -> Appointment:
    """Return one appointment with its people and clinic.

    Raises: NotFound when it is not the actor's to see.
    """
    row = _with_people().filter(id=appointment_id).first()
    if row is None:
        raise NotFound()
    known = appointment_facts(actor=actor, row=row, now=now)
    decision = authorise(actor, "scheduling.view_appointment", known, Context(now))
    record_view(
        actor=actor,
        action="scheduling.view_appointment",
        now=now,
        patient_id=row.patient_id,
        resource=("Appointment", row.id),
        reason=decision.reason,
    )
    return row


def appointment_facts(*, actor: Actor, row: Appointment, now: datetime) -> AppointmentFacts:
    """Return what the rules need to know of the actor and this appointment."""
    relations = (
        frozenset({"self"})
        if actor.person_id == row.patient_id
        else patient_facts(actor=actor, patient_id=row.patient_id, now=now).relations
    )
    return AppointmentFacts(row.patient_id, row.practitioner_id, row.organization_id, relations)


def upcoming_appointments(*, actor: Actor, patient_id: UUID, now: datetime, limit: int = 50) -> list[Appointment]:
    """Return a patient's booked appointments that are not over, soonest first, with doctor and clinic."""
    _authorise_list(actor, patient_id, now, "scheduling.upcoming_appointments")
    rows = _with_people().filter(patient_id=patient_id, status__in=["booked", "arrived", "in_visit"], ends_at__gt=now)
    return list(rows.order_by("starts_at")[:limit])


def past_appointments(*, actor: Actor, patient_id: UUID, now: datetime, limit: int = 50) -> list[Appointment]:
    """Return a patient's appointments that are over or were called off, latest first."""
    _authorise_list(actor, patient_id, now, "scheduling.past_appointments")
    over = Q(ends_at__lte=now, status__in=["booked", "arrived", "in_visit"]) | Q(
        status__in=["done", "no_show", "cancelled"]
    )
    was_only_held = Q(status="cancelled", moves__from_status="held", moves__to_status="cancelled")
    rows = _with_people().filter(over, patient_id=patient_id).exclude(was_only_held)
    return list(rows.order_by("-starts_at")[:limit])


def _authorise_list(actor: Actor, patient_id: UUID, now: datetime, action: str) -> None:
    relations = patient_facts(actor=actor, patient_id=patient_id, now=now).relations
    known = AppointmentFacts(patient_id, None, None, relations)
    decision = authorise(actor, "scheduling.view_appointment", known, Context(now))
    record_view(
        actor=actor,
        action=action,
        now=now,
        patient_id=patient_id,
        resource=("Appointment", ""),
        reason=decision.reason,
    )


def day_appointments(
    *, actor: Actor, practitioner_id: UUID, now: datetime, on: date | None = None
) -> list[Appointment]:
    """Return one clinician's appointments of a day (today, in their zone), earliest first, with patients.

    Raises: NotFound when it is not the actor's list to see.
    """
    doctor = practice_facts(practitioner_id=practitioner_id)
    known = CalendarFacts(practitioner_id, doctor.organization_id)
    decision = authorise(actor, "scheduling.view_day", known, Context(now))
    tz_day = on or now.astimezone(doctor.zone).date()
    first, last = local_day_bounds(tz_day, doctor.time_zone)
    rows = list(
        _with_people()
        .filter(practitioner_id=practitioner_id, starts_at__gte=first, starts_at__lt=last)
        .filter(status__in=["booked", "arrived", "in_visit", "done", "no_show"])
        .order_by("starts_at")
    )
    record_view(
        actor=actor,
        action="scheduling.view_day",
        now=now,
        resource=("Practitioner", practitioner_id),
        reason=decision.reason,
        detail={"count": len(rows)},
    )
    return rows


def offered_times(*, actor: Actor, now: datetime, patient_id: UUID) -> list[Appointment]:
    """Return the follow-up times held open for a patient now, earliest first."""
    relations = patient_facts(actor=actor, patient_id=patient_id, now=now).relations
    known = AppointmentFacts(patient_id, None, None, relations)
    authorise(actor, "scheduling.view_appointment", known, Context(now))
    rows = _with_people().filter(patient_id=patient_id, status="held", offer_id__isnull=False, hold_expires_at__gt=now)
    return list(rows.order_by("starts_at"))


def live_appointments(now: datetime) -> QuerySet[Appointment]:
    """Return the appointments that occupy their time, for rooms above that join to them."""
    return live(now)


def usual_region(*, actor: Actor, now: datetime) -> str:
    """Return the state a person said they would be in last time, or the clinic's."""
    if actor.person_id is not None:
        last = Appointment.objects.filter(patient_id=actor.person_id).exclude(region="")
        region = last.order_by("-created_at").values_list("region", flat=True).first()
        if region:
            return region
    return home_region()


def card_of(*, row: Appointment, now: datetime) -> AppointmentCard:
    """Return an appointment that was loaded already, with what may still be done about it."""
    until = changeable_until(row.starts_at, row.organization.change_window_minutes)
    return AppointmentCard(row, until, row.status in {"booked", "arrived"} and now <= until)


@dataclass(frozen=True, slots=True)
class WorkingWeek:
    """One doctor's hours and time off, and what is booked inside the time off."""

    doctor: Practitioner | None
    hours: tuple[AvailabilityRule, ...]
    off: tuple[TimeOff, ...]
    inside: tuple[Appointment, ...]
    colleagues: tuple[Practitioner, ...]


def working_week(*, actor: Actor, now: datetime, practitioner_id: UUID | None = None) -> WorkingWeek:
    """Return a doctor's week. Without an id: one's own; for an administrator, the list to pick from.

    Raises: NotFound when it is not the actor's to see.
    """
    colleagues: tuple[Practitioner, ...] = ()
    if actor.has("administrator"):
        colleagues = tuple(list_practitioners(actor=actor, now=now))
    own = practitioner_id or (actor.person_id if actor.has("physician") else None)
    if own is None:
        return WorkingWeek(None, (), (), (), colleagues)
    doctor = practice_facts(practitioner_id=own)
    known = CalendarFacts(doctor.pk, doctor.organization_id)
    authorise(actor, "scheduling.set_hours", known, Context(now))
    today = now.astimezone(doctor.zone).date()
    hours = AvailabilityRule.objects.filter(practitioner=doctor).exclude(valid_until_on__lt=today)
    off = list(TimeOff.objects.filter(practitioner=doctor, during__endswith__gt=now).order_by("during"))
    inside: list[Appointment] = []
    if off:
        hit = Q()
        for one in off:
            hit |= Q(starts_at__lt=one.during.upper, ends_at__gt=one.during.lower)
        inside = list(_with_people().filter(hit, practitioner=doctor, status="booked").order_by("starts_at"))
    return WorkingWeek(doctor, tuple(hours.order_by("weekday", "starts")), tuple(off), tuple(inside), colleagues)


def two_weeks_on(*, actor: Actor, now: datetime) -> date:
    """Return the day a follow-up is offered from when nobody says otherwise."""
    return now.astimezone(zone(actor.time_zone)).date() + timedelta(days=14)


def follow_up_of(*, actor: Actor, now: datetime, patient_id: UUID) -> list[Appointment]:
    """Return the times of this clinician's latest offer to a patient: held, or the one that was chosen.

    Raises: NotFound when the patient is not in the actor's care.
    """
    relations = patient_facts(actor=actor, patient_id=patient_id, now=now).relations
    known = AppointmentFacts(patient_id, actor.person_id, None, relations)
    authorise(actor, "scheduling.offer_follow_up", known, Context(now))
    mine = Appointment.objects.filter(patient_id=patient_id, offered_by_id=actor.person_id)
    latest = mine.order_by("-created_at").values_list("offer_id", flat=True).first()
    if latest is None:
        return []
    still = Q(status="held", hold_expires_at__gt=now) | Q(status="booked", starts_at__gt=now)
    return list(mine.filter(still, offer_id=latest).order_by("starts_at"))
