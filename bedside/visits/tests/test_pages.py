"""Checking in, waiting and the room as pages, for the patient, the doctor and a stranger."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from bedside.kernel.time import utc_now
from bedside.scheduling.models import Appointment
from bedside.visits.commands import admit_patient, check_in_patient, enter_waiting_room, open_visit
from bedside.visits.models import ChatMessage, CheckIn, Visit
from tests.cast import Cast

GOOD = {
    "place": "412 Juniper Street, Austin",
    "region": "US-TX",
    "callback_number": "512 555 0182",
    "consent": "on",
    "consent_language": "en",
    "device_test": json.dumps({"camera": "ok", "microphone": "ok", "speaker": "skipped", "rtt_ms": 12.5, "loss": 0}),
}


@pytest.fixture
def visit(cast: Cast) -> Visit:
    """Ada's visit with Dr Chen, opened by her just now."""
    now = utc_now()
    start = now + timedelta(minutes=10)
    booked = Appointment.objects.create(
        patient=cast.ada,
        practitioner=cast.chen.practitioner,
        organization=cast.clinic,
        during=(start, start + timedelta(minutes=20)),
        starts_at=start,
        ends_at=start + timedelta(minutes=20),
        practitioner_zone="America/Chicago",
        status="booked",
        mode="video",
        reason="Pain under the left eye",
        fee_minor=4500,
        currency="USD",
        created_at=now,
    )
    return open_visit(actor=cast.actor("ada"), now=now, appointment_id=booked.id)


def arrive(cast: Cast, visit: Visit) -> None:
    """Check Ada in and let her wait."""
    who: dict[str, Any] = {"actor": cast.actor("ada"), "now": utc_now(), "visit_id": visit.id}
    check_in_patient(
        **who,
        place="12 Elm",
        region="TX",
        country="US",
        callback_number="5125550182",
        consent_language="en",
        device_test={},
    )
    enter_waiting_room(**who)


@pytest.fixture
def signed_in(cast: Cast, client: Client) -> Any:
    """Return a function that signs a person in."""

    def into(name: str) -> Client:
        client.force_login(cast.people[name].user)
        return client

    return into


def url(visit_id: UUID, page: str) -> str:
    return f"/visits/{visit_id}/{page}"


def test_the_patient_checks_in_and_waits(signed_in: Any, visit: Visit) -> None:
    ada = signed_in("ada")
    page = ada.get(url(visit.id, "check-in"))
    assert page.status_code == 200
    assert b"Where are you today?" in page.content
    sent = ada.post(url(visit.id, "check-in"), GOOD)
    assert sent["Location"] == url(visit.id, "waiting")
    found = CheckIn.objects.get(visit=visit)
    assert (found.region, found.country, found.callback_number) == ("TX", "US", "512 555 0182")
    assert found.device_test["rtt_ms"] == 12.5
    assert found.consent.text_language == "en"
    waits = ada.get(url(visit.id, "waiting"))
    assert b"Waiting room" in waits.content
    assert Visit.objects.get(id=visit.id).state == "waiting"


def test_the_consent_is_read_and_kept_in_spanish(signed_in: Any, visit: Visit) -> None:
    ada = signed_in("ada")
    ada.cookies["django_language"] = "es"
    page = ada.get(url(visit.id, "check-in"), headers={"accept-language": "es"})
    assert 'lang="es"' in page.content.decode()
    ada.post(url(visit.id, "check-in"), GOOD | {"consent_language": "es"})
    assert CheckIn.objects.get(visit=visit).consent.text_language == "es"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("callback_number", "512 555 018", "9 digits"),
        ("callback_number", "call my mother", "only digits"),
        ("place", "", "help can find you"),
        ("place", "here\x00", "character"),
        ("region", "US-XX", "from the list"),
        ("region", "US-NY", "no license"),
        ("consent", "", "tick the box"),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_typed_is_lost(
    signed_in: Any, visit: Visit, field: str, value: str, words: str
) -> None:
    answer = signed_in("ada").post(url(visit.id, "check-in"), GOOD | {field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    if field != "place":
        assert "412 Juniper Street, Austin" in page
    assert Visit.objects.get(id=visit.id).state == "opened"


@pytest.mark.parametrize("test", ["", "not json", "[1]", "x" * 5000, '{"camera": "<script>", "rtt_ms": "fast"}'])
def test_a_device_test_that_cannot_be_read_counts_as_skipped(signed_in: Any, visit: Visit, test: str) -> None:
    answer = signed_in("ada").post(url(visit.id, "check-in"), GOOD | {"device_test": test})
    assert answer.status_code == 302
    assert "ok" not in CheckIn.objects.get(visit=visit).device_test.values()


@pytest.mark.parametrize("page", ["check-in", "waiting", "room", "place"])
def test_a_stranger_finds_nothing(signed_in: Any, visit: Visit, page: str) -> None:
    assert signed_in("eve").get(url(visit.id, page)).status_code == 404


@pytest.mark.parametrize("door", ["ticket", "chat", "files", "admit", "end", "mode"])
def test_a_stranger_knocks_in_vain(cast: Cast, signed_in: Any, visit: Visit, door: str) -> None:
    arrive(cast, visit)
    said = {"body": "hi", "client_id": "0192b6a0-0000-7000-8000-000000000001", "mode": "video"}
    assert signed_in("eve").post(url(visit.id, door), said).status_code in {404, 422}
    assert not ChatMessage.objects.exists()
    assert Visit.objects.get(id=visit.id).state == "waiting"


def test_the_patient_is_led_to_where_they_belong(cast: Cast, signed_in: Any, visit: Visit) -> None:
    ada = signed_in("ada")
    assert ada.get(f"/visits/of/{visit.appointment_id}")["Location"] == url(visit.id, "check-in")
    assert ada.get(url(visit.id, "room"))["Location"] == url(visit.id, "check-in")
    arrive(cast, visit)
    assert ada.get(url(visit.id, "room"))["Location"] == url(visit.id, "waiting")
    admit_patient(actor=cast.actor("chen"), now=utc_now(), visit_id=visit.id)
    assert ada.get(url(visit.id, "waiting"))["Location"] == url(visit.id, "room")
    assert b"<visit-room" in ada.get(url(visit.id, "room")).content


def test_the_doctor_sees_the_stage_and_the_chart_beside_it(cast: Cast, signed_in: Any, visit: Visit) -> None:
    arrive(cast, visit)
    page = signed_in("chen").get(url(visit.id, "room")).content.decode()
    assert "Ada Reyes" in page
    assert "Pain under the left eye" in page
    assert "12 Elm, Texas" in page
    assert 'data-tab="note"' in page


def test_the_doctor_lets_in_and_ends_without_scripts(cast: Cast, signed_in: Any, visit: Visit) -> None:
    arrive(cast, visit)
    chen = signed_in("chen")
    assert chen.post(url(visit.id, "admit"))["Location"] == url(visit.id, "room")
    assert Visit.objects.get(id=visit.id).state == "in_call"
    chen.post(url(visit.id, "end"))
    assert Visit.objects.get(id=visit.id).state == "ended"


def test_the_first_step_of_the_patient_opens_the_visit(cast: Cast, signed_in: Any, visit: Visit) -> None:
    appointment_id = visit.appointment_id
    assert Visit.objects.count() == 1
    signed_in("ada").get(f"/visits/of/{appointment_id}")
    assert Visit.objects.count() == 1


def test_a_line_of_chat_can_be_sent_without_scripts_and_only_once(cast: Cast, signed_in: Any, visit: Visit) -> None:
    arrive(cast, visit)
    ada = signed_in("ada")
    line = {"body": "I have a photo <b>", "client_id": "0192b6a0-0000-7000-8000-000000000001"}
    for _ in range(2):
        ada.post(url(visit.id, "chat"), line)
    assert ChatMessage.objects.count() == 1
    assert "I have a photo &lt;b&gt;" in ada.get(url(visit.id, "waiting")).content.decode()


def test_a_ticket_tells_what_the_page_needs(cast: Cast, signed_in: Any, visit: Visit) -> None:
    arrive(cast, visit)
    got = signed_in("ada").post(url(visit.id, "ticket")).json()
    assert got["visit"]["state"] == "waiting"
    assert got["you"]["role"] == "patient"
    assert "admit" not in got["you"]["can"]


def test_no_page_of_a_visit_has_styles_or_scripts_in_its_markup(cast: Cast, signed_in: Any, visit: Visit) -> None:
    ada = signed_in("ada")
    pages = [ada.get(url(visit.id, "check-in")).content.decode()]
    arrive(cast, visit)
    pages.append(ada.get(url(visit.id, "waiting")).content.decode())
    for page in pages:
        assert " style=" not in page
        assert "onclick=" not in page
