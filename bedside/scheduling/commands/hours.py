"""Working hours and time off, typed by people in the doctor's own wall time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction

from bedside.directory.models import Practitioner
from bedside.directory.queries import practice_facts
from bedside.kernel.errors import NotFound
from bedside.kernel.time import wall_to_instants
from bedside.platform.access import Actor, Context, authorise
from bedside.platform.audit.write import record_change
from bedside.scheduling.models import AvailabilityRule, TimeOff
from bedside.scheduling.policy import CalendarFacts

from .refusals import HoursBackwards, HoursOverlap, InThePast, WallTimeAmbiguous, WallTimeSkipped
from .search import rebuild_free_times


def _authorised(actor: Actor, practitioner_id: UUID, now: datetime) -> Practitioner:
    doctor = practice_facts(practitioner_id=practitioner_id)
    facts = CalendarFacts(doctor.pk, doctor.organization_id)
    authorise(actor, "scheduling.set_hours", facts, Context(now))
    return doctor


def _settle(actor: Actor, now: datetime, action: str, doctor_id: UUID, row: tuple[str, UUID]) -> None:
    rebuild_free_times(actor=actor, now=now, practitioner_ids=[doctor_id])
    record_change(actor=actor, action=action, now=now, resource=row)


@transaction.atomic
def add_hours(
    *, actor: Actor, now: datetime, practitioner_id: UUID, weekday: int, starts: time, ends: time
) -> AvailabilityRule:
    """Open a stretch of one weekday, from today on. Times are wall times in the doctor's zone.

    Raises: HoursBackwards, HoursOverlap, NotFound.
    """
    doctor = _authorised(actor, practitioner_id, now)
    if starts >= ends or not 0 <= weekday <= 6:
        raise HoursBackwards()
    Practitioner.objects.select_for_update().get(pk=doctor.pk)
    today = now.astimezone(doctor.zone).date()
    there = AvailabilityRule.objects.filter(
        practitioner=doctor, weekday=weekday, starts__lt=ends, ends__gt=starts
    ).exclude(valid_until_on__lt=today)
    if there.exists():
        raise HoursOverlap()
    row = AvailabilityRule.objects.create(
        practitioner=doctor,
        weekday=weekday,
        starts=starts,
        ends=ends,
        slot_minutes=doctor.visit_minutes,
        time_zone=doctor.time_zone,
        valid_from_on=today,
    )
    _settle(actor, now, "scheduling.add_hours", doctor.pk, ("AvailabilityRule", row.id))
    return row


@transaction.atomic
def remove_hours(*, actor: Actor, now: datetime, rule_id: UUID) -> UUID:
    """Close a stretch from today on. What is booked in it stays booked. Return whose hours they were."""
    row = AvailabilityRule.objects.select_for_update().filter(id=rule_id).first()
    if row is None:
        raise NotFound()
    doctor = _authorised(actor, row.practitioner_id, now)
    yesterday = now.astimezone(doctor.zone).date() - timedelta(days=1)
    if row.valid_from_on > yesterday:
        row.delete()
    else:
        row.valid_until_on = yesterday
        row.save(update_fields=["valid_until_on"])
    _settle(actor, now, "scheduling.remove_hours", doctor.pk, ("AvailabilityRule", rule_id))
    return doctor.person_id


@transaction.atomic
def add_time_off(
    *, actor: Actor, now: datetime, practitioner_id: UUID, starts: datetime, ends: datetime, note: str = ""
) -> TimeOff:
    """Keep a stretch free of new patients. `starts` and `ends` are wall times without a zone: the doctor's.

    What is booked in it stays booked; the page shows it, so that the clinic can move it.
    Raises: WallTimeSkipped, WallTimeAmbiguous, HoursBackwards, InThePast, NotFound.
    """
    doctor = _authorised(actor, practitioner_id, now)
    from_at, until_at = only_instant(starts, doctor.time_zone), only_instant(ends, doctor.time_zone)
    if from_at >= until_at:
        raise HoursBackwards()
    if until_at <= now:
        raise InThePast()
    row = TimeOff.objects.create(
        practitioner=doctor, during=(from_at, until_at), note=note.replace("\x00", " ").strip()[:200]
    )
    _settle(actor, now, "scheduling.add_time_off", doctor.pk, ("TimeOff", row.id))
    return row


@transaction.atomic
def remove_time_off(*, actor: Actor, now: datetime, time_off_id: UUID) -> UUID:
    """See patients again in a stretch that was kept free. Return whose it was."""
    row = TimeOff.objects.select_for_update().filter(id=time_off_id).first()
    if row is None:
        raise NotFound()
    doctor = _authorised(actor, row.practitioner_id, now)
    row.delete()
    _settle(actor, now, "scheduling.remove_time_off", doctor.pk, ("TimeOff", time_off_id))
    return doctor.person_id


def only_instant(wall: datetime, zone_name: str) -> datetime:
    """Return the one instant at which clocks in the zone show that wall time.

    Raises: WallTimeSkipped when they never do, WallTimeAmbiguous when they do twice.
    """
    instants = wall_to_instants(wall.date(), wall.time(), zone_name)
    if not instants:
        raise WallTimeSkipped()
    if len(instants) > 1:
        raise WallTimeAmbiguous()
    return instants[0]
