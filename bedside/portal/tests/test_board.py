"""The day board: who waits, who is next, what is to be signed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.platform.audit.models import AuditEvent
from bedside.portal.queries import board
from bedside.portal.tests.conftest import book, relate, visit_of
from bedside.record.commands import record_allergy
from bedside.record.models import NoteSignature


@pytest.fixture
def day(cast, now):
    """Ada waits, Eve is next, Ben was seen and has no signed note; Dr Diaz has one of his own."""
    waiting = visit_of(book(cast, now, minutes=-10), now, "waiting", waited=8)
    following = book(cast, now, minutes=40, patient="eve")
    seen = visit_of(
        book(cast, now, minutes=-90, patient="ben", status="done"), now, "ended", ended=now - timedelta(hours=1)
    )
    his = book(cast, now, minutes=60, patient="gita", doctor="diaz")
    return {"waiting": waiting, "next": following, "seen": seen, "his": his}


def ids(seats):
    return [seat.appointment.id for seat in seats]


def test_everyone_stands_where_they_are(cast, now, day):
    shown = board(actor=cast.actor("chen"), now=now)
    assert ids(shown.waiting) == [day["waiting"].appointment_id]
    assert ids(shown.next) == [day["next"].id]
    assert ids(shown.done) == [day["seen"].appointment_id]
    assert [visit.id for visit in shown.to_sign] == [day["seen"].id]
    assert (shown.waiting[0].wait_minutes, shown.waiting[0].readiness, shown.waiting[0].is_present) == (
        8,
        "ready",
        True,
    )


def test_a_doctor_sees_only_the_own_day(cast, now, day):
    shown = board(actor=cast.actor("diaz"), now=now)
    assert ids(shown.next) == [day["his"].id]
    assert not shown.waiting


def test_a_nurse_sees_every_room_of_the_clinic(cast, now, day):
    shown = board(actor=cast.actor("gita"), now=now)
    assert shown.is_whole_clinic
    assert set(ids(shown.next)) == {day["next"].id, day["his"].id}
    assert ids(shown.waiting) == [day["waiting"].appointment_id]
    assert not shown.to_sign


def test_a_signed_note_leaves_the_list(cast, now, day):
    NoteSignature.objects.create(
        note_id=day["seen"].id,
        patient=cast.ben,
        visit_id=day["seen"].id,
        signed_by=cast.chen,
        signed_at=now,
        sha256="0" * 64,
    )
    assert not board(actor=cast.actor("chen"), now=now).to_sign


def test_whoever_came_first_to_a_passed_time_is_first(cast, now):
    late = visit_of(book(cast, now, minutes=-30), now, "waiting", waited=2)
    early = visit_of(book(cast, now, minutes=-5, patient="eve"), now, "waiting", waited=20)
    shown = board(actor=cast.actor("chen"), now=now)
    assert ids(shown.waiting) == [early.appointment_id, late.appointment_id]


def test_the_page_shows_the_wait_the_allergy_and_the_button(cast, door, now, day):
    relate(cast, now, "chen", "treating")
    record_allergy(
        actor=cast.actor("chen"),
        now=now,
        patient_id=cast.ada.id,
        substance="penicillins",
        reaction="hives",
        severity="mild",
    )
    html = door("chen").get("/board/").content.decode()
    assert "Ada Reyes" in html
    assert "8 min" in html
    assert "Penicillin" in html
    assert f"/visits/{day['waiting'].id}/admit" in html
    assert "Sound and picture work" in html


def test_an_empty_board_says_what_will_appear(door):
    html = door("chen").get("/board/").content.decode()
    assert "Nobody waits." in html
    assert "Every note is signed." in html


@pytest.mark.parametrize("who", ["ada", "eve", "femi", "hal", "iris"])
def test_the_board_is_not_there_for_others(door, who):
    assert door(who).get("/board/").status_code == 404


def test_it_takes_the_same_few_queries_however_many_patients(cast, door, now, day, django_assert_max_num_queries):
    client = door("chen")
    client.get("/board/")
    for n in range(8):
        visit_of(book(cast, now, minutes=60 + 20 * n, patient="hal"), now, "checked_in")
    with django_assert_max_num_queries(12):
        client.get("/board/")


def test_looking_at_the_board_names_every_patient_in_one_row(cast, now, day):
    board(actor=cast.actor("chen"), now=now)
    row = AuditEvent.objects.get(action="portal.view_board")
    assert set(row.detail["patients"]) == {str(cast.people[name].id) for name in ("ada", "eve", "ben")}
