"""Rows of the log can be added and read, and nothing else, by anyone."""

from __future__ import annotations

import psycopg
import pytest
from django.db import Error, connection, transaction

from bedside.platform.audit.models import AuditEvent, AuditSeal
from bedside.platform.audit.write import record_view


@pytest.fixture
def row(cast, now):
    record_view(actor=cast.actor("chen"), action="record.read_chart", now=now, patient_id=cast.ada.id)
    return AuditEvent.objects.get()


TOUCHES = [
    "UPDATE audit_event SET actor_name = 'nobody'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "UPDATE audit_seal SET hash = ''",
    "DELETE FROM audit_seal",
    "TRUNCATE audit_seal",
]


@pytest.mark.parametrize("statement", TOUCHES)
def test_the_role_the_house_runs_as_has_no_right_to(row, statement):
    with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", TOUCHES)
@pytest.mark.django_db(transaction=True)
def test_not_even_the_owner_of_the_tables_may(test_database, row, statement):
    AuditSeal.objects.create(
        number=1, sealed_at=row.at, event_ids=[row.id], last_event_id=row.id, leaves=b"", root="", prev_hash="", hash=""
    )
    with (
        psycopg.connect(test_database.owner_address) as owner,
        pytest.raises(psycopg.errors.RestrictViolation),
    ):
        owner.execute(statement)
