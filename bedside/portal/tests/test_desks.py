"""Home, and the pages of those who run the house: each for its own, and not there for anyone else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bedside.consent.commands import break_glass
from bedside.consent.models import CareRelationship
from bedside.directory.models import License
from bedside.platform.access import system_actor
from bedside.platform.audit.commands import seal_events
from bedside.platform.audit.models import AuditEvent
from bedside.platform.audit.write import record_view

from .conftest import book, visit_of

STAFF = ("chen", "gita", "tomas", "femi", "hal", "iris")


@pytest.mark.django_db
def test_a_visitor_reads_what_this_is_and_where_to_go(client):
    html = client.get("/").content.decode()
    assert "See a doctor from home" in html
    assert "/accounts/login/" in html
    assert "/find/" in html


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("ada", "/today/"),
        ("ben", "/today/"),
        ("chen", "/board/"),
        ("gita", "/board/"),
        ("tomas", "/board/"),
        ("femi", "/clinic/"),
        ("iris", "/privacy/"),
        ("hal", "/machines/"),
    ],
)
def test_everyone_comes_home_to_the_page_they_work_from(door, who, where):
    client = door(who)
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, where)
    assert client.get(where).status_code == 200


@pytest.mark.parametrize(
    ("where", "who"),
    [("/clinic/", "femi"), ("/privacy/", "iris"), ("/privacy/search/", "iris"), ("/machines/", "hal")],
)
def test_a_desk_is_not_there_for_anyone_else(door, where, who):
    for other in ("ada", "eve", *STAFF):
        assert door(other).get(where).status_code == (200 if other == who else 404)


def test_the_administrator_sees_numbers_and_papers_and_no_patient(cast, door, now):
    visit_of(book(cast, now, minutes=-10), now, "waiting", waited=5)
    book(cast, now, minutes=60, patient="eve")
    book(cast, now, minutes=-120, patient="eve", doctor="diaz", status="done")
    License.objects.filter(practitioner=cast.diaz.practitioner).update(expires_on=date(2026, 11, 1))
    html = door("femi").get("/clinic/").content.decode()
    assert "Dr Lin Chen" in html
    assert "Expired" in html
    for hidden in ("Ada", "Eve", "Sinus"):
        assert hidden not in html


def test_the_privacy_officer_finds_by_patient_person_and_day(cast, door, now):
    record_view(actor=cast.actor("chen"), action="record.view_chart", now=now, patient_id=cast.ada.id, reason="booked")
    record_view(
        actor=cast.actor("diaz"), action="record.view_chart", now=now - timedelta(days=3), patient_id=cast.eve.id
    )
    client = door("iris")

    def found(query):
        return client.get(f"/privacy/search/?{query}").content.decode()

    assert "Dr Lin Chen" in found("patient=ada+reyes")
    assert "Dr Mateo Diaz" not in found("patient=ada+reyes")
    assert "Dr Mateo Diaz" in found("person=diaz")
    assert "Dr Lin Chen" in found("on=2026-11-24")
    assert "Dr Mateo Diaz" not in found("on=2026-11-24")
    assert "Nothing was found" in found("patient=nobody+of+that+name")


@pytest.mark.parametrize(
    "query", ["on=yesterday", "patient=" + "x" * 10_000, "person=%00", "before=%27;--", "on=2026-02-30"]
)
def test_a_bad_search_is_answered_in_words(door, query):
    assert door("iris").get(f"/privacy/search/?{query}").status_code in (200, 422)


def test_the_privacy_officer_checks_the_log(cast, door, now, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.DATA_DIR = tmp_path
    client = door("iris")
    record_view(actor=cast.actor("chen"), action="record.view_chart", now=now, patient_id=cast.ada.id)
    with django_capture_on_commit_callbacks(execute=True):
        seal_events(actor=system_actor("audit.seal_events"), now=now)
    html = client.post("/privacy/check/").content.decode()
    assert "Yes. Every line is as it was written." in html


def test_emergencies_stand_on_the_privacy_officers_page(cast, door, now):
    break_glass(actor=cast.actor("diaz"), now=now, patient_id=cast.ada.id, note="Brought in unconscious")
    html = door("iris").get("/privacy/").content.decode()
    assert "Dr Mateo Diaz" in html
    assert "Brought in unconscious" in html


TYPED = {
    "given_name": "ada",
    "family_name": "REYES",
    "birth_on": "1985-03-09",
    "note": "Unconscious, no papers",
}


def test_a_chart_is_opened_in_an_emergency_by_name_and_birthday(cast, door, now):
    client = door("diaz")
    answer = client.post("/emergency/", TYPED)
    assert answer["Location"] == f"/patients/{cast.ada.id}/chart/"
    assert CareRelationship.objects.get(reason="break_glass").person_id == cast.diaz.id


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("given_name", "Adah", "Nobody here has that name and birthday."),
        ("birth_on", "1985-03-10", "Nobody here has that name and birthday."),
        ("note", "help", "at least 10"),
        ("note", "", "required"),
        ("family_name", "x" * 10_000, "at most 100"),
        ("given_name", "A\x00da", "Null characters"),
        ("birth_on", "soon", "date"),
    ],
)
def test_a_guess_opens_nothing_and_what_was_typed_is_kept(cast, door, field, value, words):
    answer = door("gita").post("/emergency/", TYPED | {field: value})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert field == "note" or TYPED["note"] in html
    assert not CareRelationship.objects.exists()


def test_a_guess_is_answered_in_the_readers_language_and_written_down(cast, door):
    answer = door("diaz").post("/emergency/", TYPED | {"given_name": "Adah"})
    assert "Nadie aquí tiene ese nombre" in answer.content.decode()
    assert AuditEvent.objects.filter(kind="refusal", action="portal.open_in_emergency").count() == 1


@pytest.mark.parametrize("who", ["ada", "eve", "femi", "hal", "iris", "tomas"])
def test_nobody_else_finds_the_emergency_door(cast, door, who):
    assert door(who).get("/emergency/").status_code == 404
    assert door(who).post("/emergency/", TYPED).status_code == 404


@pytest.mark.parametrize(("where", "who"), [("/clinic/", "femi"), ("/privacy/", "iris"), ("/machines/", "hal")])
def test_a_desk_takes_few_queries(cast, door, now, where, who, django_assert_max_num_queries):
    for n in range(4):
        book(cast, now, minutes=30 * n, patient="eve")
    client = door(who)
    client.get(where)
    with django_assert_max_num_queries(12):
        client.get(where)
