"""What booking must know of a doctor before it says yes or no, in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db import connection

from bedside.directory.models import Practitioner
from bedside.kernel.errors import NotFound
from bedside.platform.statements import first_row
from bedside.scheduling.rules import Hours, Span
from bedside.scheduling.terms import LIVE_STATUSES

_FIELDS = [field.attname for field in Practitioner._meta.concrete_fields]

_DESK = f"""
SELECT {", ".join(f"practitioner.{name}" for name in _FIELDS)},
    organization.country,
    coalesce((SELECT region FROM location WHERE organization_id = organization.id ORDER BY location.id LIMIT 1), ''),
    EXISTS (
        SELECT 1 FROM appointment AS other
        WHERE other.practitioner_id = practitioner.person_id AND other.status = ANY(%(live)s::text[])
          AND other.starts_at < span.ends_at AND other.ends_at > span.starts_at
          AND other.patient_id <> %(patient)s
          AND NOT (other.status = 'held' AND other.hold_expires_at <= %(now)s)
    ),
    EXISTS (
        SELECT 1 FROM appointment AS own
        WHERE own.patient_id = %(patient)s AND own.status = ANY(%(live)s::text[])
          AND own.starts_at < span.ends_at AND own.ends_at > span.starts_at
          AND own.practitioner_id <> practitioner.person_id
          AND NOT (own.status = 'held' AND (own.offer_id IS NULL OR own.hold_expires_at <= %(now)s))
    ),
    (SELECT json_agg(json_build_array(country, region, number, expires_on, verified_at, verified_against))
     FROM license WHERE practitioner_id = practitioner.person_id),
    (SELECT json_agg(json_build_array(expires_on, verified_at, verified_against))
     FROM board_certificate WHERE practitioner_id = practitioner.person_id),
    (SELECT json_agg(json_build_array(weekday, starts, ends, slot_minutes, time_zone, valid_from_on, valid_until_on))
     FROM availability_rule WHERE practitioner_id = practitioner.person_id),
    (SELECT json_agg(json_build_array(lower(during), upper(during)))
     FROM time_off WHERE practitioner_id = practitioner.person_id
       AND during && tstzrange(span.starts_at, span.ends_at))
FROM practitioner
JOIN organization ON organization.id = practitioner.organization_id
CROSS JOIN LATERAL (
    SELECT %(starts_at)s::timestamptz AS starts_at,
           %(starts_at)s::timestamptz + practitioner.visit_minutes * interval '1 minute' AS ends_at
) AS span
WHERE practitioner.person_id = %(practitioner)s
"""  # noqa: S608  (column names are the model's own)


@dataclass(frozen=True, slots=True)
class Paper:
    """A licence, or (without a place) a board certificate: what the rules ask of one."""

    country: str
    region: str
    number: str
    expires_on: Any
    verified_at: datetime | None
    verified_against: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A doctor, as of one wanted time. `is_taken`: somebody else has it; `is_busy`: the patient has a visit then.

    `country` and `region` are where the clinic is.
    """

    doctor: Practitioner
    country: str
    region: str
    is_taken: bool
    is_busy: bool
    licences: tuple[Paper, ...]
    certificates: tuple[Paper, ...]
    hours: tuple[Hours, ...]
    time_off: tuple[Span, ...]


def at_the_desk(*, practitioner_id: UUID, patient_id: UUID, starts_at: datetime, now: datetime) -> Desk:
    """Return what is known of the doctor and that time. One statement, so that a no is quick.

    Raises: NotFound when there is no such doctor.
    """
    asked = {
        "practitioner": practitioner_id,
        "patient": patient_id,
        "starts_at": starts_at,
        "now": now,
        "live": list(LIVE_STATUSES),
    }
    row = first_row(_DESK, asked)
    if row is None:
        raise NotFound()
    country, region, is_taken, is_busy, licences, certificates, hours, time_off = row[len(_FIELDS) :]
    return Desk(
        Practitioner.from_db(connection.alias, _FIELDS, row[: len(_FIELDS)]),
        country,
        region,
        is_taken,
        is_busy,
        tuple(_paper(*one) for one in licences or ()),
        tuple(_paper("", "", "", *one) for one in certificates or ()),
        tuple(_hours(*one) for one in hours or ()),
        tuple(Span(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in time_off or ()),
    )


def _paper(
    country: str, region: str, number: str, expires_on: str | None, verified_at: str | None, verified_against: str
) -> Paper:
    return Paper(
        country,
        region,
        number,
        date.fromisoformat(expires_on) if expires_on else None,
        datetime.fromisoformat(verified_at) if verified_at else None,
        verified_against,
    )


def _hours(
    weekday: int, starts: str, ends: str, minutes: int, zone: str, valid_from: str, valid_until: str | None
) -> Hours:
    return Hours(
        weekday,
        time.fromisoformat(starts),
        time.fromisoformat(ends),
        minutes,
        zone,
        date.fromisoformat(valid_from),
        date.fromisoformat(valid_until) if valid_until else None,
    )
