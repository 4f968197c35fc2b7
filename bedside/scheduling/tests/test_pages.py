"""The booking pages, walked through as a patient does, without JavaScript."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from bedside.scheduling.commands import book_appointment, hold_appointment
from bedside.scheduling.models import Appointment
from bedside.scheduling.tests.test_booking import TEN

CHOICE = re.compile(r'name="time" value="([^"]+)"')


def choices(html, fee=None):
    found = CHOICE.findall(html.content.decode())
    return [one for one in found if fee is None or one.endswith(f".{fee}")]


def hold(page, choice, **more):
    return page.post("/book/", {"time": choice, "how": "video", "region": "TX", **more})


def test_a_patient_books_moves_and_cancels(browse, cast):
    page = browse("ada")
    found = page.get("/find/")
    assert found.status_code == 200
    assert "Dr Lin Chen" in found.content.decode()
    held = hold(page, choices(found, 4500)[-1])
    assert held.status_code == 302
    confirm = page.get(held.url)
    assert "$45.00" in confirm.content.decode()
    booked = page.post(held.url, {"reason": "sore face"}, follow=True)
    assert "Your visit is booked" in booked.content.decode()
    assert "$45.00" in booked.content.decode()
    row = Appointment.objects.get()
    assert (row.status, row.reason, row.fee_minor) == ("booked", "sore face", 4500)
    times = page.get(f"/appointments/{row.id}/move/")
    moved = page.post(f"/appointments/{row.id}/move/", {"time": choices(times)[-1]}, follow=True)
    assert "Your visit was moved" in moved.content.decode()
    new = Appointment.objects.get(status="booked")
    gone = page.post(f"/appointments/{new.id}/cancel/", {"why": ""}, follow=True)
    assert "This visit is off" in gone.content.decode()


def test_the_price_shown_held_and_booked_is_the_same_for_every_time_on_the_page(browse):
    page = browse("ada")
    shown_times = {choice.split(".")[1]: choice for choice in choices(page.get("/find/"))}
    assert len(shown_times) >= 10
    for choice in shown_times.values():
        confirm = page.get(hold(page, choice).url)
        row = Appointment.objects.get(status="held")
        shown = int(choice.split(".")[2])
        assert row.fee_minor == shown
        assert f"${shown / 100:.2f}" in confirm.content.decode()
        page.post(f"/book/{row.id}/", {"reason": ""})
        row.refresh_from_db()
        assert (row.status, row.fee_minor) == ("booked", shown)


def test_a_form_sent_twice_books_once(browse):
    page = browse("ada")
    choice = choices(page.get("/find/"))[0]
    first, second = hold(page, choice), hold(page, choice)
    assert first.url == second.url
    for _ in range(2):
        assert page.post(first.url, {"reason": "a"}).status_code == 302
    assert Appointment.objects.filter(status="booked").count() == 1


def test_a_hold_that_ran_out_says_so_and_keeps_what_was_typed(browse, at_now, now):
    page = browse("ada")
    held = hold(page, choices(page.get("/find/"))[0])
    at_now(now + timedelta(minutes=11))
    late = page.post(held.url, {"reason": "a long story <b>"})
    assert late.status_code == 409
    assert "a long story &lt;b&gt;" in late.content.decode()
    assert "Nothing was booked" in late.content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"time": ""},
        {},
        {"time": "x"},
        {"time": "00000000-0000-0000-0000-000000000000.99999999999999999999.1"},
        {"time": "a" * 10_000},
        {"time": "\x00"},
        {"time": "2.3.4", "how": "smell"},
    ],
)
def test_a_bad_choice_gets_a_clear_answer(browse, sent):
    answer = browse("ada").post("/book/", sent)
    assert answer.status_code == 422
    assert "Nothing was booked" in answer.content.decode()
    assert not Appointment.objects.exists()


def test_a_taken_time_is_refused_in_spanish_too(browse, cast, now):
    page = browse("ada")
    choice = choices(page.get("/find/"))[0]
    hold(page, choice)
    cast.eve.language = "es"
    cast.eve.save()
    answer = hold(browse("eve"), choice)
    assert answer.status_code == 409
    assert "acaba de tomar" in answer.content.decode()


def test_a_refusal_leads_on_and_asks_for_nothing(browse):
    page = browse("ada")
    choice = choices(page.get("/find/"))[0]
    hold(page, choice)
    page = hold(browse("eve"), choice).content.decode()
    assert f'href="/find/{choice.split(".")[0]}/"' in page
    assert 'href="/find/"' in page
    # Going on from here is a link: a form of the page frame would come back to an address that shows nothing.
    assert "<form" not in page


def test_the_longest_reason_and_odd_letters_are_kept_or_refused_with_words(browse):
    page = browse("ada")
    held = hold(page, choices(page.get("/find/"))[0])
    too_long = page.post(held.url, {"reason": "x" * 10_000})
    assert too_long.status_code == 422
    assert "xxxx" in too_long.content.decode()
    assert page.post(held.url, {"reason": "a\x00b"}).status_code == 422
    assert page.post(held.url, {"reason": "\u202eעברית 🤒"}).status_code == 302
    assert Appointment.objects.get(status="booked").reason == "\u202eעברית 🤒"


@pytest.fixture
def adas_visit(cast, now):
    ada = cast.actor("ada")
    held = hold_appointment(actor=ada, now=now, practitioner_id=cast.chen.id, starts_at=TEN, mode="voice")
    return book_appointment(actor=ada, now=now, appointment_id=held.id, reason="secret rash")


@pytest.mark.parametrize("path", ["", "move/", "cancel/", "visit.ics"])
def test_a_stranger_finds_nothing_there(browse, adas_visit, path):
    assert browse("eve").get(f"/appointments/{adas_visit.id}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["move/", "cancel/", "accept/"])
def test_a_stranger_changes_nothing(browse, adas_visit, path):
    answer = browse("eve").post(f"/appointments/{adas_visit.id}/{path}", {"time": f"{adas_visit.practitioner_id}.1.1"})
    assert answer.status_code == 404
    adas_visit.refresh_from_db()
    assert adas_visit.status == "booked"


def test_someone_signed_out_is_asked_to_sign_in(client, adas_visit):
    for path in ("/find/", "/appointments/", f"/appointments/{adas_visit.id}/", "/hours/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "login" in answer.url


def test_the_calendar_file_says_when_and_nothing_about_health(browse, adas_visit, cast):
    page = browse("ada")
    file = page.get(f"/appointments/{adas_visit.id}/visit.ics")
    assert file["Content-Type"].startswith("text/calendar")
    text = file.content.decode()
    for word in ("rash", "Chen", "voice", "Family", "Ada"):
        assert word.lower() not in text.lower()
    event = Calendar.from_ical(text).walk("VEVENT")[0]
    assert event["DTSTART"].dt == adas_visit.starts_at
    assert event["SEQUENCE"] == 0
    page.post(f"/appointments/{adas_visit.id}/cancel/", {"why": ""})
    after = Calendar.from_ical(page.get(f"/appointments/{adas_visit.id}/visit.ics").content)
    off = after.walk("VEVENT")[0]
    assert (str(after["METHOD"]), off["SEQUENCE"], str(off["UID"])) == ("CANCEL", 1, str(event["UID"]))


def test_a_moved_visit_keeps_its_place_in_the_calendar(browse, adas_visit, cast):
    page = browse("ada")
    times = page.get(f"/appointments/{adas_visit.id}/move/")
    page.post(f"/appointments/{adas_visit.id}/move/", {"time": choices(times)[-1]})
    new = Appointment.objects.get(status="booked")
    event = Calendar.from_ical(page.get(f"/appointments/{new.id}/visit.ics").content).walk("VEVENT")[0]
    assert str(event["UID"]).startswith(str(adas_visit.calendar_id))
    assert event["SEQUENCE"] == 1


def test_too_late_to_change_names_the_clinic(browse, adas_visit, at_now):
    at_now(TEN - timedelta(minutes=60))
    page = browse("ada")
    shown = page.get(f"/appointments/{adas_visit.id}/")
    assert "+15125550140" in shown.content.decode()
    assert f"/appointments/{adas_visit.id}/cancel/" not in shown.content.decode()
    assert page.post(f"/appointments/{adas_visit.id}/cancel/", {"why": ""}).status_code == 409


def test_pages_keep_to_their_queries(browse, adas_visit, cast):
    page = browse("ada")
    for path, most in (
        ("/find/", 12),
        (f"/find/{cast.chen.id}/", 12),
        ("/appointments/", 12),
        (f"/appointments/{adas_visit.id}/", 12),
        (f"/appointments/{adas_visit.id}/move/", 12),
    ):
        page.get(path)
        with CaptureQueriesContext(connection) as spent:
            assert page.get(path).status_code == 200
        assert len(spent) <= most, (path, [q["sql"][:110] for q in spent])


def test_the_list_of_visits_costs_the_same_however_many(browse, cast, now):
    page = browse("ada")

    def cost():
        with CaptureQueriesContext(connection) as spent:
            page.get("/appointments/")
        return len(spent)

    ada = cast.actor("ada")

    def book_one(at):
        held = hold_appointment(actor=ada, now=now, practitioner_id=cast.chen.id, starts_at=at, mode="video")
        book_appointment(actor=ada, now=now, appointment_id=held.id, reason="")

    book_one(TEN)
    page.get("/appointments/")
    before = cost()
    for step in range(1, 6):
        book_one(TEN + timedelta(minutes=20 * step))
    assert cost() == before
