"""Today: what matters to a patient now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bedside.platform.audit.models import AuditEvent
from bedside.portal.queries import today
from bedside.portal.tests.conftest import book, relate, visit_of
from bedside.record.commands import assign_home_care
from bedside.record.models import NoteSignature


def page(client):
    answer = client.get("/today/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_today_says_what_will_appear(door):
    words = page(door("ada"))
    assert "Good morning, Ada." in words
    assert "No visit is booked" in words
    assert "Nothing to do right now." in words


@pytest.mark.parametrize(
    ("minutes", "state", "words", "button"),
    [
        (24 * 60, None, "Check-in opens at", None),
        (29, None, "You can check in now", "Check in"),
        (8, "waiting", "You are in the waiting room.", "To the waiting room"),
        (-3, "in_call", "Your visit is on.", "Join visit"),
        (-50, None, "It is time for your visit.", "Check in"),
    ],
)
def test_the_card_offers_what_can_be_done_now(cast, door, now, minutes, state, words, button):
    appointment = book(cast, now, minutes=minutes)
    if state:
        visit_of(appointment, now, state)
    html = page(door("ada"))
    assert "Video visit with Dr Lin Chen" in html
    assert words in html
    assert (f"/visits/of/{appointment.id}" in html) == (button is not None)
    assert button is None or button in html


def test_what_ada_told_the_doctor_never_breaks_the_page(cast, door, now):
    book(cast, now, minutes=5, reason="<script>alert(1)</script>\u202e 🤧" * 40)
    html = page(door("ada"))
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_tasks_of_today_stand_under_your_turn(cast, door, now):
    relate(cast, now, "chen", "treating")
    assign_home_care(actor=cast.actor("chen"), now=now, patient_id=cast.ada.id, plan="fever", visit_id=None)
    shown = today(actor=cast.actor("ada"), now=now)
    assert shown.due
    assert shown.coming
    html = page(door("ada"))
    assert "Your turn" in html
    assert shown.due[0].name.en in html


def test_a_visit_that_ended_is_new_until_it_is_read_and_owed_until_it_is_signed(cast, door, now):
    visit = visit_of(book(cast, now, minutes=-60, status="done"), now, "ended", ended=now - timedelta(minutes=30))
    shown = today(actor=cast.actor("ada"), now=now)
    assert [s.visit.id for s in shown.summaries] == [visit.id]
    assert [s.owed.state for s in shown.owed] == [""]
    html = page(door("ada"))
    assert f"/visits/{visit.id}/summary" in html
    assert "Our turn" in html
    NoteSignature.objects.create(
        note_id=visit.id, patient=cast.ada, visit_id=visit.id, signed_by=cast.chen, signed_at=now, sha256="0" * 64
    )
    AuditEvent.objects.create(
        at=now,
        kind="view",
        action="visits.read_summary",
        actor_id=cast.ada.id,
        actor_name="Ada",
        resource_type="Visit",
        resource_id=str(visit.id),
    )
    after = today(actor=cast.actor("ada"), now=now)
    assert (after.summaries, after.owed) == ((), ())


def test_a_late_note_says_sorry(cast, door, now):
    visit_of(book(cast, now, minutes=-600, status="done"), now, "ended", ended=now - timedelta(hours=9))
    html = page(door("ada"))
    assert "We are late, and we are sorry." in html


def test_ben_sees_adas_visits_and_summaries_and_nothing_more(cast, door, now):
    relate(cast, now, "ben", "proxy")
    relate(cast, now, "chen", "treating")
    soon = book(cast, now, minutes=20)
    visit = visit_of(book(cast, now, minutes=-90, status="done"), now, "ended", ended=now - timedelta(hours=1))
    assign_home_care(actor=cast.actor("chen"), now=now, patient_id=cast.ada.id, plan="fever", visit_id=None)
    shown = today(actor=cast.actor("ben"), now=now)
    assert shown.next is None
    assert not shown.due
    assert [ward.person.id for ward in shown.wards] == [cast.ada.id]
    assert [b.appointment.id for b in shown.wards[0].booked] == [soon.id]
    html = page(door("ben"))
    assert "Ada Reyes" in html
    assert f"/visits/{visit.id}/summary" in html
    assert f"/visits/of/{soon.id}" not in html


def test_eve_sees_nothing_of_ada(cast, door, now):
    book(cast, now, minutes=20)
    visit_of(book(cast, now, minutes=-90, status="done"), now, "ended", ended=now - timedelta(hours=1))
    html = page(door("eve"))
    assert "Chen" not in html
    assert "/summary/" not in html


def test_it_takes_the_same_few_queries_however_much_there_is(cast, door, now, django_assert_max_num_queries):
    relate(cast, now, "ben", "proxy")
    relate(cast, now, "chen", "treating")
    client = door("ada")
    for n in range(6):
        visit_of(
            book(cast, now, minutes=-60 * (n + 2), status="done"), now, "ended", ended=now - timedelta(hours=n + 1)
        )
        book(cast, now, minutes=60 * (n + 1))
    assign_home_care(actor=cast.actor("chen"), now=now, patient_id=cast.ada.id, plan="fever", visit_id=None)
    client.get("/today/")
    with django_assert_max_num_queries(12):
        client.get("/today/")


def test_looking_at_today_leaves_one_row(cast, door, now):
    client = door("ada")
    before = AuditEvent.objects.count()
    client.get("/today/")
    assert list(AuditEvent.objects.values_list("action", flat=True))[before:] == ["portal.view_today"]


def test_a_refresh_brings_only_what_changed(door):
    whole = door("ada").get("/today/").content
    part = door("ada").get("/today/", headers={"HX-Request": "true"}).content
    assert b"<html" in whole
    assert b"<html" not in part


def test_signed_out_people_are_asked_to_sign_in(client, db):
    answer = client.get("/today/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
