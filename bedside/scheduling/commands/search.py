"""Keep the search rows true: work out when doctors are free and hand it down to the directory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from bedside.directory.commands import forget_past_times, lock_search_rows, store_free_times
from bedside.directory.models import DoctorSearch, Practitioner
from bedside.directory.terms import SEARCH_DAYS
from bedside.platform.access import Actor
from bedside.scheduling.calendar import calendars
from bedside.scheduling.rules import Span, free_times
from bedside.scheduling.terms import NOTICE

BATCH = 200


@transaction.atomic
def rebuild_free_times(*, actor: Actor, now: datetime, practitioner_ids: Sequence[UUID] | None = None) -> int:
    """Work out these doctors' search rows (or everyone's) again. Return how many.

    Call it after hours, time off, licences or specialties change, and after loading many doctors at once.
    Locks: the search rows, before reading the calendars, so that a booking made meanwhile is never undone here.
    """
    wanted = Practitioner.objects.all()
    if practitioner_ids is not None:
        wanted = wanted.filter(pk__in=list(practitioner_ids))
    minutes = dict(wanted.order_by("pk").values_list("pk", "visit_minutes"))
    ids = list(minutes)
    within = Span(now, now + timedelta(days=SEARCH_DAYS))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        lock_search_rows(practitioner_ids=batch)
        hours, blocked = calendars(batch, within, now)
        free = {
            pk: [
                visit.starts_at
                for visit in free_times(
                    hours=hours[pk],
                    taken=blocked[pk],
                    minutes=minutes[pk],
                    first=within.starts_at,
                    last=within.ends_at,
                )
            ]
            for pk in batch
        }
        store_free_times(now=now, free=free, built_until=within.ends_at)
    return len(ids)


def refresh_search(*, actor: Actor, now: datetime) -> int:
    """Roll the search forward: forget times that passed, and work out rows that see less than they should."""
    forget_past_times(before=now + NOTICE)
    seen = now + timedelta(days=SEARCH_DAYS - 1)
    known = DoctorSearch.objects.filter(built_until__gte=seen).values("pk")
    stale = list(Practitioner.objects.exclude(pk__in=known).values_list("pk", flat=True)[: 10 * BATCH])
    return rebuild_free_times(actor=actor, now=now, practitioner_ids=stale) if stale else 0
