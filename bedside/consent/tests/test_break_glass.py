"""Opening a chart in an emergency."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.consent import commands, queries
from bedside.consent.models import CareRelationship
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.kernel.ids import new_id
from bedside.platform.audit.models import AuditEvent
from bedside.platform.notify.letters import write_letter
from bedside.platform.notify.models import OutboxMail

NOTE = "Brought in unconscious, allergies unknown"


def test_it_lasts_four_hours_to_the_second(cast, now):
    commands.break_glass(actor=cast.actor("diaz"), now=now, patient_id=cast.ada.id, note=NOTE)

    def held(at):
        return queries.relations(actor=cast.actor("diaz"), patient_id=cast.ada.id, now=at)

    assert held(now) == {"break_glass"}
    assert held(now + timedelta(hours=4, microseconds=-1)) == {"break_glass"}
    assert held(now + timedelta(hours=4)) == frozenset()


def test_it_is_written_down_without_the_words(cast, now):
    commands.break_glass(actor=cast.actor("gita"), now=now, patient_id=cast.ada.id, note=NOTE)
    event = AuditEvent.objects.get(action="consent.break_glass")
    assert (event.patient_id, event.actor_id, event.reason) == (cast.ada.id, cast.gita.id, "break_glass")
    assert "unconscious" not in str(event.detail)


def test_asking_again_while_it_is_open_opens_nothing_new(cast, now):
    args = {"actor": cast.actor("diaz"), "patient_id": cast.ada.id, "note": NOTE}
    first = commands.break_glass(now=now, **args)
    assert commands.break_glass(now=now + timedelta(hours=1), **args) == first
    later = commands.break_glass(now=now + timedelta(hours=5), **args)
    assert later != first


def test_the_privacy_officer_is_owed_a_mail_that_names_nobody(cast, now):
    commands.break_glass(actor=cast.actor("diaz"), now=now, patient_id=cast.ada.id, note=NOTE)
    mail = OutboxMail.objects.get()
    letter = str(write_letter(mail))
    assert mail.to == "iris@example.org"
    for word in ("Ada", "Reyes", "Diaz", "unconscious", str(cast.ada.id)):
        assert word not in letter
    assert "9:00" in letter


@pytest.mark.parametrize("note", ["", "   ", "help", "x" * 401, "\x00" * 30])
def test_it_takes_a_reason_in_words(cast, now, note):
    with pytest.raises(commands.EmergencyNeedsAReason):
        commands.break_glass(actor=cast.actor("diaz"), now=now, patient_id=cast.ada.id, note=note)
    assert not CareRelationship.objects.exists()


@pytest.mark.parametrize("who", ["eve", "ben", "femi", "hal", "iris", "tomas"])
def test_nobody_else_can(cast, now, who):
    with pytest.raises((NotAllowed, NotFound)):
        commands.break_glass(actor=cast.actor(who), now=now, patient_id=cast.ada.id, note=NOTE)


def test_there_is_no_glass_where_there_is_no_patient(cast, now):
    with pytest.raises(NotFound):
        commands.break_glass(actor=cast.actor("diaz"), now=now, patient_id=new_id(), note=NOTE)
