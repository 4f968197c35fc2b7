"""The few SQL statements that booking stands on, and the rows that go with each step.

Why raw SQL: a booking that loses must lose at once and quietly. `INSERT … ON CONFLICT DO NOTHING RETURNING`
is the one form that neither deadlocks nor raises under 50 clients on one time (docs/decisions).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from bedside.consent.queries import patient_facts
from bedside.kernel.errors import NotFound
from bedside.kernel.ids import new_id
from bedside.platform.access import Actor
from bedside.platform.statements import first_row
from bedside.scheduling.models import Appointment, AppointmentMove, Reminder
from bedside.scheduling.policy import AppointmentFacts
from bedside.scheduling.rules import Span, may_move, reminders_owed
from bedside.scheduling.terms import LIVE_STATUSES

from .refusals import CannotChange, PatientBusy, SlotTaken

_COLUMNS = (
    "id",
    "patient_id",
    "practitioner_id",
    "organization_id",
    "starts_at",
    "ends_at",
    "practitioner_zone",
    "status",
    "mode",
    "reason",
    "region",
    "country",
    "fee_minor",
    "currency",
    "hold_expires_at",
    "offered_by_id",
    "offer_id",
    "moved_from_id",
    "version",
    "calendar_id",
    "created_at",
)

_INSERT = f"""
WITH made AS (
    INSERT INTO appointment ({", ".join(_COLUMNS)}, during)
    VALUES ({", ".join(f"%({name})s" for name in _COLUMNS)}, tstzrange(%(starts_at)s, %(ends_at)s, '[)'))
    ON CONFLICT DO NOTHING
    RETURNING id, status
)
INSERT INTO appointment_move (appointment_id, from_status, to_status, at, by_id, why)
SELECT id, '', status, %(at)s, %(by)s::uuid, %(why)s FROM made
RETURNING appointment_id
"""  # noqa: S608  (column names are the constants above)

_HOLDS = """
SELECT 1 FROM appointment
WHERE status = 'held' AND ((patient_id = %(patient)s AND offer_id IS NULL)
   OR (hold_expires_at <= %(now)s AND (practitioner_id = %(practitioner)s OR patient_id = %(patient)s)))
LIMIT 1
"""

_BOOK = """
WITH booked AS (
    UPDATE appointment SET status = 'booked', reason = %(reason)s, hold_expires_at = NULL WHERE id = %(appointment)s
    RETURNING id
), moved AS (
    INSERT INTO appointment_move (appointment_id, from_status, to_status, at, by_id, why)
    SELECT id, 'held', 'booked', %(now)s, %(by)s::uuid, '' FROM booked
)
"""

_OWE = """
INSERT INTO reminder (id, appointment_id, appointment_version, kind, channel, due_at)
SELECT id, %(appointment)s, %(version)s, kind, 'email', due_at
FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(due)s::timestamptz[]) AS owed (id, kind, due_at)
"""

_LOCK = f"""
SELECT {", ".join(field.attname for field in Appointment._meta.concrete_fields)}
FROM appointment WHERE id = %s FOR UPDATE
"""  # noqa: S608  (column names are the model's own)

_EXPIRE = """
WITH stale AS (
    SELECT id FROM appointment
    WHERE status = 'held' AND hold_expires_at <= %(now)s {only}
    ORDER BY id FOR UPDATE SKIP LOCKED
), gone AS (
    UPDATE appointment SET status = 'expired' FROM stale WHERE appointment.id = stale.id
    RETURNING appointment.id, appointment.practitioner_id
), moved AS (
    INSERT INTO appointment_move (appointment_id, from_status, to_status, at, by_id, why)
    SELECT id, 'held', 'expired', %(now)s, NULL, 'hold ran out' FROM gone
)
SELECT DISTINCT practitioner_id FROM gone
"""


def insert_appointment(row: Appointment, *, at: datetime, by: UUID | None, why: str) -> bool:
    """Insert an appointment with its first move. Return whether the time was still free for both people."""
    values = {name: getattr(row, name) for name in _COLUMNS}
    return first_row(_INSERT, {**values, "at": at, "by": by, "why": why}) is not None


def holds_matter(now: datetime, *, practitioner_id: UUID, patient_id: UUID) -> bool:
    """Say whether the patient holds a time of their own choosing, or either has a hold that ran out."""
    asked = {"now": now, "practitioner": practitioner_id, "patient": patient_id}
    return first_row(_HOLDS, asked) is not None


def expire_holds(now: datetime, *, practitioner_id: UUID | None = None, patient_id: UUID | None = None) -> list[UUID]:
    """Let go of holds that ran out (of these people, or of everyone). Return whose calendars changed."""
    is_all = practitioner_id is None
    only = "" if is_all else "AND (practitioner_id = %(practitioner)s OR patient_id = %(patient)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            _EXPIRE.format(only=only),
            {"now": now, "practitioner": practitioner_id, "patient": patient_id},
        )
        return [row[0] for row in cursor.fetchall()]


def lock_people(*people: UUID) -> None:
    """Wait for our turn with these people, in one order for everyone, until the transaction ends.

    Locks: advisory, one per person.
    """
    keys = sorted(int.from_bytes(person.bytes[-8:], "big", signed=True) for person in people)
    first_row(f"SELECT {', '.join(['pg_advisory_xact_lock(%s::bigint)'] * len(keys))}", keys)


def refuse_clash(row: Appointment) -> None:
    """Say why the time could not be had.

    Raises: PatientBusy when it is the patient's own calendar, SlotTaken when it is the doctor's.
    """
    span = Span(row.starts_at, row.ends_at)
    theirs = Appointment.objects.filter(
        patient_id=row.patient_id,
        status__in=LIVE_STATUSES,
        starts_at__lt=span.ends_at,
        ends_at__gt=span.starts_at,
    ).exclude(practitioner_id=row.practitioner_id)
    raise PatientBusy() if theirs.exists() else SlotTaken()


def facts_of(
    *, actor: Actor, patient_id: UUID, practitioner_id: UUID, organization_id: UUID, now: datetime
) -> AppointmentFacts:
    """Return what the rules need to know of the actor and this appointment. No query for one's own."""
    if actor.person_id == patient_id:
        relations = frozenset({"self"})
    elif actor.person_id is None:
        relations = frozenset()
    else:
        relations = patient_facts(actor=actor, patient_id=patient_id, now=now).relations
    return AppointmentFacts(patient_id, practitioner_id, organization_id, relations)


def facts(actor: Actor, row: Appointment, now: datetime) -> AppointmentFacts:
    """Return what the rules need to know of the actor and this row."""
    return facts_of(
        actor=actor,
        patient_id=row.patient_id,
        practitioner_id=row.practitioner_id,
        organization_id=row.organization_id,
        now=now,
    )


def lock_appointment(appointment_id: UUID) -> Appointment:
    """Load one appointment and lock its row.

    Raises: NotFound.
    """
    found = first_row(_LOCK, [appointment_id])
    if found is None:
        raise NotFound()
    return Appointment.from_db(connection.alias, [field.attname for field in Appointment._meta.concrete_fields], found)


def mark_booked(row: Appointment, *, reason: str, now: datetime, by: UUID | None) -> None:
    """Turn a locked hold into a booking, write down who and when, and owe its reminders. One statement.

    Raises: CannotChange when the row is not held.
    """
    if row.status != "held":
        raise CannotChange()
    owed = _owed(row, reminders_owed("booked", row.starts_at, now))
    first_row(_BOOK + _OWE, {**owed, "reason": reason, "now": now, "by": by})
    row.status, row.reason, row.hold_expires_at = "booked", reason, None


def step(row: Appointment, to_status: str, *, now: datetime, by: UUID | None, why: str) -> None:
    """Move a locked row to a status and write down who, when and why.

    Raises: CannotChange when the table of moves does not have it.
    """
    if not may_move(row.status, to_status):
        raise CannotChange()
    AppointmentMove.objects.create(
        appointment=row, from_status=row.status, to_status=to_status, at=now, by_id=by, why=why
    )
    row.status = to_status


def owe_reminders(row: Appointment, first_kind: str, now: datetime, *, is_last: bool = False) -> None:
    """Write the reminders this version of the appointment owes (or only the last word on it). Each is sent once."""
    owed = [(first_kind, now)] if is_last else reminders_owed(first_kind, row.starts_at, now)
    first_row(_OWE, _owed(row, owed))


def _owed(row: Appointment, owed: Sequence[tuple[str, datetime]]) -> dict[str, Any]:
    return {
        "appointment": row.id,
        "version": row.version,
        "ids": [new_id() for _ in owed],
        "kinds": [kind for kind, _ in owed],
        "due": [due_at for _, due_at in owed],
    }


def drop_reminders(rows: Iterable[UUID], now: datetime) -> list[UUID]:
    """Drop whatever reminders these appointments still owe. Return their ids, sent ones included."""
    owed = Reminder.objects.filter(appointment_id__in=list(rows))
    ids = list(owed.values_list("id", flat=True))
    owed.filter(sent_at__isnull=True, dropped_at__isnull=True).update(dropped_at=now)
    return ids
