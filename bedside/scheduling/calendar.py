"""One doctor's calendar as values: hours, time off and what is taken. Reads only, for commands and queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from .models import Appointment, AvailabilityRule, TimeOff
from .rules import Hours, Span
from .terms import LIVE_STATUSES


def as_hours(rule: AvailabilityRule) -> Hours:
    """Return a stored rule as a value."""
    return Hours(
        rule.weekday,
        rule.starts,
        rule.ends,
        rule.slot_minutes,
        rule.time_zone,
        rule.valid_from_on,
        rule.valid_until_on,
    )


def hours_of(practitioner_id: UUID) -> list[Hours]:
    """Return one doctor's working hours. One query."""
    return [as_hours(rule) for rule in AvailabilityRule.objects.filter(practitioner_id=practitioner_id)]


def times_off(practitioner_id: UUID, within: Span) -> list[Span]:
    """Return one doctor's time off that touches a span. One query."""
    rows = TimeOff.objects.filter(practitioner_id=practitioner_id, during__overlap=(within.starts_at, within.ends_at))
    return [Span(off.lower, off.upper) for off in rows.values_list("during", flat=True)]


def live(now: datetime) -> QuerySet[Appointment]:
    """Return the appointments that occupy their time: not the holds that ran out."""
    return Appointment.objects.filter(status__in=LIVE_STATUSES).exclude(Q(status="held") & Q(hold_expires_at__lte=now))


def taken(practitioner_id: UUID, within: Span, now: datetime) -> list[Span]:
    """Return one doctor's held and booked times that touch a span. One query."""
    rows = live(now).filter(practitioner_id=practitioner_id, starts_at__lt=within.ends_at, ends_at__gt=within.starts_at)
    return [Span(*row) for row in rows.values_list("starts_at", "ends_at")]


def calendars(
    practitioner_ids: Iterable[UUID], within: Span, now: datetime
) -> tuple[dict[UUID, list[Hours]], dict[UUID, list[Span]]]:
    """Return many doctors' hours, and what is not free of them, by doctor. Three queries."""
    ids = list(practitioner_ids)
    hours: dict[UUID, list[Hours]] = defaultdict(list)
    for rule in AvailabilityRule.objects.filter(practitioner_id__in=ids):
        hours[rule.practitioner_id].append(as_hours(rule))
    blocked: dict[UUID, list[Span]] = defaultdict(list)
    off = TimeOff.objects.filter(
        practitioner_id__in=ids, during__overlap=(within.starts_at, within.ends_at)
    ).values_list("practitioner_id", "during")
    for practitioner_id, during in off:
        blocked[practitioner_id].append(Span(during.lower, during.upper))
    booked = (
        live(now)
        .filter(practitioner_id__in=ids, starts_at__lt=within.ends_at, ends_at__gt=within.starts_at)
        .values_list("practitioner_id", "starts_at", "ends_at")
    )
    for practitioner_id, starts_at, ends_at in booked:
        blocked[practitioner_id].append(Span(starts_at, ends_at))
    return hours, blocked
