"""Who may read the log, and that reading it is in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.audit.models import AuditEvent
from bedside.platform.audit.queries import events_about, find_events
from bedside.platform.audit.write import record_view


def look(cast, now, who="chen", patient="ada"):
    record_view(
        actor=cast.actor(who), action="record.read_chart", now=now, patient_id=cast.people[patient].id, reason="booked"
    )


def test_people_read_what_is_about_them_and_nothing_else(cast, now):
    look(cast, now)
    look(cast, now, patient="eve")
    rows = events_about(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now)
    assert [(row.actor_name, row.action, row.reason) for row in rows] == [("Lin Chen", "record.read_chart", "booked")]


def test_reading_the_log_is_in_the_log(cast, now):
    events_about(actor=cast.actor("iris"), patient_id=cast.ada.id, now=now)
    row = events_about(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now)[0]
    assert (row.actor_name, row.action, row.reason) == ("Iris Vance", "audit.read_about_patient", "privacy_officer")


def test_ones_own_steps_can_be_left_out(cast, now):
    look(cast, now)
    look(cast, now, who="ada")
    rows = events_about(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now, is_own_included=False)
    assert [row.actor_name for row in rows] == ["Lin Chen"]


@pytest.mark.parametrize("who", ["eve", "ben", "chen", "femi", "hal"])
def test_nobody_else_reads_it(cast, now, who):
    with pytest.raises(NotFound):
        events_about(actor=cast.actor(who), patient_id=cast.ada.id, now=now)
    with pytest.raises((NotFound, NotAllowed)):
        find_events(actor=cast.actor(who), now=now)


def test_the_privacy_officer_searches_by_patient_person_and_day(cast, now):
    look(cast, now - timedelta(days=1))
    look(cast, now)
    look(cast, now, who="diaz", patient="eve")
    iris = cast.actor("iris")

    def found(**words):
        return [
            row.actor_name for row in find_events(actor=iris, now=now, **words) if row.action != "audit.search_events"
        ]

    assert found() == ["Mateo Diaz", "Lin Chen", "Lin Chen"]
    assert found(patient_ids=[cast.eve.id]) == ["Mateo Diaz"]
    assert found(patient_ids=[]) == []
    assert found(actor_name="chen") == ["Lin Chen", "Lin Chen"]
    assert found(actor_name="chen", from_at=now, to_at=now + timedelta(days=1)) == ["Lin Chen"]


def test_pages_follow_each_other_without_gap_or_repeat(cast, now):
    for minute in range(7):
        look(cast, now + timedelta(minutes=minute))
    ids = set(AuditEvent.objects.values_list("id", flat=True))
    seen, before = [], None
    while rows := events_about(
        actor=cast.actor("ada"), patient_id=cast.ada.id, now=now, is_own_included=False, before_id=before, limit=3
    ):
        seen += [row.id for row in rows]
        before = rows[-1].id
    assert seen == sorted(ids, reverse=True)


def test_rows_stand_by_their_time_even_when_they_were_written_late(cast, now):
    look(cast, now)
    look(cast, now - timedelta(hours=3), who="diaz")
    rows = events_about(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now, is_own_included=False)
    assert [row.actor_name for row in rows] == ["Lin Chen", "Mateo Diaz"]
