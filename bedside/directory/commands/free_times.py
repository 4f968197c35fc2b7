"""The search rows: written by scheduling, which knows the calendars, through these few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from bedside.directory.models import License, Practitioner
from bedside.directory.terms import tag
from bedside.platform.statements import first_row

_TAKE = """
UPDATE doctor_search AS search SET free = left_over, next_free = lower(left_over)
FROM (
    SELECT row.practitioner_id,
           free - tstzmultirange(tstzrange(%(starts_at)s - doctor.visit_minutes * interval '1 minute',
                                           %(ends_at)s, '()')) AS left_over
    FROM doctor_search AS row JOIN practitioner AS doctor ON doctor.person_id = row.practitioner_id
    WHERE row.practitioner_id = %(practitioner)s
    FOR UPDATE OF row
) AS after
WHERE search.practitioner_id = after.practitioner_id
"""

_FORGET = """
UPDATE doctor_search SET
    free = free * tstzmultirange(tstzrange(%(before)s, NULL)),
    next_free = lower(free * tstzmultirange(tstzrange(%(before)s, NULL)))
WHERE next_free < %(before)s
"""

_STORE = """
INSERT INTO doctor_search (practitioner_id, tags, free, next_free, built_until)
SELECT %(practitioner)s, %(tags)s::int[],
       coalesce((SELECT range_agg(tstzrange(at, at, '[]')) FROM unnest(%(starts)s::timestamptz[]) AS at),
                '{}'::tstzmultirange),
       %(next_free)s, %(built_until)s
ON CONFLICT (practitioner_id) DO UPDATE SET
    tags = excluded.tags, free = excluded.free, next_free = excluded.next_free,
    built_until = excluded.built_until
"""


def take_free_time(*, practitioner_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """Take every start that a booked time makes impossible out of the doctor's search row.

    Locks: the search row, until the booking commits.
    """
    first_row(_TAKE, {"practitioner": practitioner_id, "starts_at": starts_at, "ends_at": ends_at})


def forget_past_times(*, before: datetime) -> int:
    """Drop the starts that lie before an instant from every search row that still has one."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"before": before})
        return int(cursor.rowcount)


def lock_search_rows(*, practitioner_ids: Sequence[UUID]) -> None:
    """Lock these search rows in order of id, before their calendars are read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM doctor_search WHERE practitioner_id = ANY(%s) ORDER BY practitioner_id FOR UPDATE",
            [list(practitioner_ids)],
        )


def store_free_times(*, now: datetime, free: Mapping[UUID, Sequence[datetime]], built_until: datetime) -> None:
    """Write these doctors' search rows: what they do, and when they are free up to `built_until`."""
    tags = _tags(list(free), now)
    rows = [
        {
            "practitioner": practitioner_id,
            "tags": tags.get(practitioner_id, []),
            "starts": list(starts),
            "next_free": starts[0] if starts else None,
            "built_until": built_until,
        }
        for practitioner_id, starts in free.items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_STORE, rows)


def _tags(practitioner_ids: list[UUID], now: datetime) -> dict[UUID, list[int]]:
    tags: dict[UUID, set[int]] = {}
    doctors = Practitioner.objects.filter(pk__in=practitioner_ids)
    for pk, specialties, languages in doctors.values_list("pk", "specialties", "languages"):
        tags[pk] = {tag("specialty", one) for one in specialties} | {tag("language", one) for one in languages}
    papers = License.objects.filter(
        practitioner_id__in=practitioner_ids, verified_at__isnull=False, expires_on__gte=now.date()
    )
    for pk, country, region in papers.values_list("practitioner_id", "country", "region"):
        tags[pk].add(tag("place", f"{country}-{region}"))
    return {pk: sorted(found) for pk, found in tags.items()}
