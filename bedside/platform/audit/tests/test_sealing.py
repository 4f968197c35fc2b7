"""Sealing the log, touching it with the owner's hands, and finding what was touched."""

from __future__ import annotations

import random
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command

from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import system_actor
from bedside.platform.audit.commands import heads_file, seal_events
from bedside.platform.audit.models import AuditEvent, AuditSeal
from bedside.platform.audit.queries import chain_head, verify_log
from bedside.platform.audit.write import record_change, record_view

pytestmark = pytest.mark.slow

SEALER = system_actor("audit.seal_events")


@pytest.fixture(autouse=True)
def _elsewhere(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def look(cast, now, times=1):
    for _ in range(times):
        record_view(actor=cast.actor("chen"), action="record.read_chart", now=now, patient_id=cast.ada.id)


def check(cast, now):
    return verify_log(actor=cast.actor("iris"), now=now)


@contextmanager
def owner_with_triggers_off(test_database):
    """The worst intruder there is: owns the tables and switches the guards off."""
    with psycopg.connect(test_database.owner_address) as owner:
        for table in ("audit_event", "audit_seal"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield owner
        for table in ("audit_event", "audit_seal"):
            owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_only_grows")
            owner.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_is_never_emptied")


@pytest.mark.django_db(transaction=True)
def test_every_row_is_sealed_once_and_the_log_is_whole(cast, now):
    look(cast, now, 3)
    assert seal_events(actor=SEALER, now=now) == 3
    assert seal_events(actor=SEALER, now=now) == 0
    record_change(actor=cast.actor("ada"), action="consent.give_consent", now=now, detail={"n": 1.5, "ñ": "é"})
    assert seal_events(actor=SEALER, now=now + timedelta(hours=2)) == 1
    report = check(cast, now + timedelta(hours=2))
    assert (report.seals, report.events, report.waiting, report.findings) == (2, 4, 0, ())
    assert report.head == chain_head().hash


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_still_gets_its_seal(cast, now, test_database):
    with psycopg.connect(test_database.owner_address) as slow:
        slow.execute(
            "INSERT INTO audit_event (at, kind, action, actor_name, actor_roles, job, is_stepped_in, resource_type,"
            " resource_id, reason, detail) VALUES (%s, 'view', 'x.y', '', '', '', false, '', '', '', '{}')",
            [now],
        )
        look(cast, now)
        assert seal_events(actor=SEALER, now=now) == 1
    assert seal_events(actor=SEALER, now=now + timedelta(minutes=5)) == 1
    sealed = [event_id for seal in AuditSeal.objects.order_by("number") for event_id in seal.event_ids]
    assert sealed == sorted(sealed, reverse=True)
    assert check(cast, now).is_whole


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_ten_thousand_rows_need_more_than_one_seal(cast, now):
    rows = [AuditEvent(at=now, kind="view", action="x.y", actor_name=str(n)) for n in range(10_001)]
    AuditEvent.objects.bulk_create(rows, batch_size=2_000)
    assert seal_events(actor=SEALER, now=now) == 10_001
    assert AuditSeal.objects.count() == 3
    assert check(cast, now).is_whole


@pytest.mark.django_db(transaction=True)
def test_only_one_sealer_works_at_a_time(cast, now, test_database):
    look(cast, now)
    with psycopg.connect(test_database.app_address) as other:
        other.execute("SELECT pg_advisory_xact_lock(5160417)")
        assert seal_events(actor=SEALER, now=now) == 0
    assert seal_events(actor=SEALER, now=now) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "codes"),
    [
        ("UPDATE audit_event SET actor_name = 'Eve Novak' WHERE id = {row}", {"row_changed"}),
        ("UPDATE audit_event SET detail = '{{\"rows\": 1}}' WHERE id = {row}", {"row_changed"}),
        ("UPDATE audit_event SET at = at - interval '1 microsecond' WHERE id = {row}", {"row_changed"}),
        ("DELETE FROM audit_event WHERE id = {row}", {"row_missing"}),
    ],
)
def test_a_touched_row_is_named(cast, now, test_database, statement, codes):
    look(cast, now, 40)
    seal_events(actor=SEALER, now=now)
    ids = list(AuditEvent.objects.values_list("id", flat=True))
    for row in random.Random(7).sample(ids, 5):
        before = AuditEvent.objects.filter(id=row).values().get()
        with owner_with_triggers_off(test_database) as owner:
            owner.execute(statement.format(row=row))
        report = check(cast, now)
        assert [finding.event_id for finding in report.findings] == [row]
        assert {finding.code for finding in report.findings} == codes
        with owner_with_triggers_off(test_database) as owner:
            owner.execute(f"DELETE FROM audit_event WHERE id = {row}")
        AuditEvent.objects.create(**before)
        assert check(cast, now).is_whole


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE audit_seal SET root = repeat('0', 64) WHERE number = 2", "leaves_changed"),
        ("UPDATE audit_seal SET sealed_at = sealed_at + interval '1 day' WHERE number = 2", "seal_changed"),
        ("UPDATE audit_seal SET prev_hash = repeat('0', 64) WHERE number = 2", "chain_broken"),
        ("UPDATE audit_seal SET event_ids = event_ids[1:1] WHERE number = 2", "leaves_changed"),
        ("DELETE FROM audit_seal WHERE number = 2", "seal_missing"),
        ("DELETE FROM audit_seal WHERE number = 3", "witness_differs"),
        ("DELETE FROM audit_seal", "unsealed"),
    ],
)
def test_a_touched_seal_is_named(cast, now, test_database, statement, code):
    for _ in range(3):
        look(cast, now, 2)
        seal_events(actor=SEALER, now=now)
    with owner_with_triggers_off(test_database) as owner:
        owner.execute(statement)
    report = check(cast, now + timedelta(hours=1))
    assert code in {finding.code for finding in report.findings}


@pytest.mark.django_db(transaction=True)
def test_a_chain_made_anew_does_not_match_its_witness(cast, now, test_database):
    for _ in range(2):
        look(cast, now)
        seal_events(actor=SEALER, now=now)
    witness = heads_file(AuditSeal.objects.get(number=1).hash)
    assert witness.read_text().split()[-1] == chain_head().hash
    with owner_with_triggers_off(test_database) as owner:
        owner.execute("UPDATE audit_event SET actor_name = 'nobody'")
        owner.execute("DELETE FROM audit_seal WHERE number = 2")
    seal_events(actor=SEALER, now=now)
    assert "witness_differs" in {finding.code for finding in check(cast, now).findings}


@pytest.mark.django_db(transaction=True)
def test_rows_left_unsealed_are_told(cast, now):
    look(cast, now, 2)
    assert check(cast, now + timedelta(seconds=30)).is_whole
    report = check(cast, now + timedelta(minutes=5))
    assert [finding.code for finding in report.findings] == ["unsealed"]
    assert report.waiting == 2


@pytest.mark.django_db(transaction=True)
def test_the_command_line_tells_and_ends_with_a_failure(cast, now, test_database, capsys):
    look(cast, now)
    seal_events(actor=SEALER, now=now)
    call_command("verify_audit")
    assert "1 rows in 1 seals" in capsys.readouterr().out
    row = AuditEvent.objects.get()
    with owner_with_triggers_off(test_database) as owner:
        owner.execute("UPDATE audit_event SET reason = 'self'")
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_audit")
    assert f"Row {row.id} was changed" in capsys.readouterr().out


@pytest.mark.parametrize("who", ["ada", "chen", "femi"])
def test_only_the_house_seals_and_only_those_who_guard_it_check(cast, now, who):
    with pytest.raises((NotFound, NotAllowed)):
        seal_events(actor=cast.actor(who), now=now)
    with pytest.raises((NotFound, NotAllowed)):
        verify_log(actor=cast.actor(who), now=now)
