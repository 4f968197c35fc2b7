"""Who looked at my record: everything anyone did, in plain words, at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from bedside.accounts.commands import make_access_token, revoke_access_token
from bedside.consent.commands import break_glass
from bedside.platform.access import system_actor
from bedside.platform.audit.commands import seal_events
from bedside.platform.audit.models import AuditEvent
from bedside.platform.audit.write import record_change, record_refusal, record_view
from bedside.portal.queries import who_looked
from bedside.portal.words import DEED_WORDS
from bedside.record.queries import get_chart

from .conftest import relate


def look(cast, at, who="chen", reason="booked", patient="ada", action="record.view_chart"):
    record_view(actor=cast.actor(who), action=action, now=at, patient_id=cast.people[patient].id, reason=reason)


def page(door, who="ada", query=""):
    answer = door(who).get(f"/record/looked/{query}")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_says_who_did_what_when_and_why(cast, door, now):
    look(cast, now)
    words = page(door)
    assert 'Dr Lin Chen <span class="deed">read your chart</span>' in words
    assert "Because you have an appointment." in words
    assert "9:00" in words
    assert "Doctor" in words


def test_it_says_it_in_spanish(cast, door, now):
    look(cast, now)
    client = door("ada")
    client.post("/accounts/language/", {"language": "es", "next": "/"})
    words = " ".join(client.get("/record/looked/").content.decode().split())
    assert 'Dra. Lin Chen <span class="deed">leyó su expediente</span>' in words
    assert "Porque usted tiene una cita." in words


def test_what_a_doctor_reads_is_there_at_once(cast, door, now):
    relate(cast, now, "chen", "treating")
    get_chart(actor=cast.actor("chen"), patient_id=cast.ada.id, now=now)
    assert "read your chart" in page(door)


def test_the_same_thing_on_one_day_is_one_line(cast, now):
    for minute in range(5):
        look(cast, now - timedelta(minutes=minute))
    look(cast, now - timedelta(days=1))
    days = who_looked(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now).days
    assert [[(deed.name, deed.times) for deed in day.deeds] for day in days] == [
        [("Dr Lin Chen", 5)],
        [("Dr Lin Chen", 1)],
    ]


def test_an_emergency_stands_out_with_the_reason_that_was_given(cast, door, now):
    break_glass(actor=cast.actor("diaz"), now=now, patient_id=cast.ada.id, note="Found unconscious <b>here</b>")
    words = page(door)
    assert "Emergency" in words
    assert "The reason given: “Found unconscious &lt;b&gt;here&lt;/b&gt;”" in words


def test_a_refusal_is_told_as_one(cast, door, now):
    record_refusal(
        actor=cast.actor("gita"), action="orders.prescribe_medicine", now=now, patient_id=cast.ada.id, reason="role"
    )
    assert "Refused" in page(door)


def test_ones_own_steps_stand_on_the_second_tab(cast, door, now):
    record_change(actor=cast.actor("ada"), action="scheduling.book_appointment", now=now, patient_id=cast.ada.id)
    assert "booked an appointment" not in page(door)
    assert 'You <span class="deed">booked an appointment</span>' in page(door, query="?mine=1")


def test_nobody_reads_about_somebody_else(cast, door, now):
    look(cast, now)
    for who in ("eve", "ben", "chen", "iris"):
        assert "read your chart" not in page(door, who)


def test_an_empty_list_says_what_will_appear(door):
    assert "Nobody so far" in page(door)


@pytest.mark.parametrize("query", ["?before=x", "?before=-1", "?before=9999999999999999999", "?before=%00", "?mine=<>"])
def test_a_bad_address_is_the_first_page(cast, door, now, query):
    look(cast, now)
    page(door, query=query)


def test_a_long_list_goes_on_where_it_stopped(cast, door, now):
    for n in range(70):
        look(cast, now - timedelta(hours=n))
    first = who_looked(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now)
    second = who_looked(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now, before_id=first.next_before)
    times = sum(deed.times for page in (first, second) for day in page.days for deed in day.deeds)
    assert times == 70
    assert second.next_before is None


def test_the_newest_seal_is_shown(cast, door, now, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    look(cast, now)
    seal_events(actor=system_actor("audit.seal_events"), now=now)
    assert who_looked(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now).head.hash in page(door)


def test_it_takes_few_queries(cast, door, now, django_assert_max_num_queries):
    for name in ("chen", "diaz", "gita", "iris", "femi"):
        look(cast, now, who=name)
    client = door("ada")
    client.get("/record/looked/")
    with django_assert_max_num_queries(12):
        client.get("/record/looked/")


def test_every_row_the_tests_of_this_page_leave_has_words(cast, door, now):
    page(door)
    assert {row.action for row in AuditEvent.objects.all()} <= set(DEED_WORDS)


def leave(cast, now, action, token=None, who="chen"):
    """Leave the row that another program leaves."""
    record_change(
        actor=cast.actor(who), action=action, now=now, patient_id=cast.ada.id, reason="treating",
        detail={"token": str(token)} if token else {},
    )  # fmt: skip


def make_token(cast, now, name):
    """Let a program of Dr Chen's in."""
    expires_at = now + timedelta(days=30)
    return make_access_token(
        actor=cast.actor("chen"), now=now, name=name, scopes="user/*.rs", expires_at=expires_at
    )[0]  # fmt: skip


PROGRAM_DEEDS = {
    "gateway.read_resource": ("read your chart from another program", "leyó su expediente desde otro programa"),
    "gateway.search_resources": ("searched your chart from another program", "buscó en su expediente desde otro"),
    "gateway.create_resource": ("added to your chart from another program", "desde otro programa"),
    "gateway.update_resource": ("changed something in your chart from another", "desde otro programa"),
    "gateway.delete_resource": ("removed something from your chart from another", "desde otro programa"),
    "gateway.exchange_resources": ("exchanged parts of your chart with another", "con otro programa"),
}


@pytest.mark.parametrize("action", PROGRAM_DEEDS)
def test_what_another_program_did_is_told_in_plain_words_with_its_name(cast, door, now, action):
    leave(cast, now, action, make_token(cast, now, "Ward <board>").pk)
    english, spanish = PROGRAM_DEEDS[action]
    words = page(door)
    assert f'Dr Lin Chen <span class="deed">{english}' in words
    assert "The program is called “Ward &lt;board&gt;”." in words
    assert "gateway." not in words
    client = door("ada")
    client.post("/accounts/language/", {"language": "es", "next": "/"})
    words = " ".join(client.get("/record/looked/").content.decode().split())
    assert spanish in words
    assert "El programa se llama “Ward &lt;board&gt;”." in words
    assert "gateway." not in words


def test_a_program_whose_token_was_revoked_keeps_its_name_and_two_programs_are_two_lines(cast, now):
    first, second = make_token(cast, now, "One"), make_token(cast, now, "Two")
    for token in (first, second, second, uuid4()):
        leave(cast, now, "gateway.read_resource", getattr(token, "pk", token))
    revoke_access_token(actor=cast.actor("chen"), now=now, token_id=first.pk)
    (day,) = who_looked(actor=cast.actor("ada"), patient_id=cast.ada.id, now=now).days
    assert sorted((deed.program, deed.times) for deed in day.deeds) == [("", 1), ("One", 1), ("Two", 2)]
