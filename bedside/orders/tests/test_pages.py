"""The prescription pane: the allergy stop as people see it, nothing typed lost, a reason to go on."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from bedside.fhir.queries import find_resources
from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.record.commands import record_allergy, record_medicine_statement
from bedside.record.tests.conftest import VISIT, put_in_care

AMOXICILLIN = "amoxicillin+clavulanate:tablet:875/125mg"


@pytest.fixture
def ready(cast):
    """Ada, allergic to penicillin, in the care of Dr Chen and Gita."""
    now = utc_now()
    for name in ("chen", "gita"):
        put_in_care(cast, name, now)
    record_allergy(actor=cast.actor("chen"), now=now, patient_id=cast.ada.id, substance="penicillins", reaction="Hives")
    return cast


def signed_in(cast, name):
    client = Client()
    client.force_login(cast.people[name].user)
    return client


def pane(cast, name="visit_prescriptions", *more):
    return reverse(f"orders:{name}", args=[cast.ada.id, VISIT, *more])


def typed(**more):
    return {
        "product": AMOXICILLIN, "prescription_id": str(new_id()), "amount": "1", "frequency": "bid", "days": "5",
        "instructions": "With food", "pharmacy": "Juniper Pharmacy",
    } | more  # fmt: skip


def written(cast):
    return find_resources(type="MedicationRequest", patient_id=cast.ada.id)


def test_a_medicine_is_found_and_comes_with_what_is_usual(ready):
    client = signed_in(ready, "chen")
    assert "Doxycycline 100 mg capsule" in client.get(pane(ready, "find_products"), {"q": "doxy"}).content.decode()
    form = client.get(pane(ready), {"product": "doxycycline:capsule:100mg"}).content.decode()
    assert '<option value="bid" selected>' in form


def test_the_allergy_stop_says_why_offers_another_and_loses_nothing(ready):
    page = signed_in(ready, "chen").post(pane(ready), typed(), headers={"HX-Request": "true"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "banner-stop" in text
    assert "Stop: Ada is allergic to Penicillin" in text
    assert "Hives" in text
    assert "Use Doxycycline 100 mg capsule instead" in text
    assert "nothing you typed is lost" in text
    for kept in ("With food", "Juniper Pharmacy", 'value="5"'):
        assert kept in text
    assert written(ready) == []


def test_the_stop_takes_a_reason(ready):
    client = signed_in(ready, "chen")
    short = client.post(pane(ready), typed(override_reason="ok"))
    assert short.status_code == 422
    assert "Write in a few words why" in short.content.decode()
    page = client.post(pane(ready), typed(override_reason="Allergist cleared her for penicillin in June"))
    assert page.status_code == 302
    assert len(written(ready)) == 1


def test_a_warning_asks_for_one_more_press(ready):
    record_medicine_statement(actor=ready.actor("chen"), now=utc_now(), patient_id=ready.ada.id, medicine="lisinopril")
    client = signed_in(ready, "chen")
    form = typed(product="ibuprofen:tablet:400mg", frequency="tid")
    page = client.post(pane(ready), form)
    assert page.status_code == 409
    assert "has_seen_warnings" in page.content.decode()
    assert client.post(pane(ready), form | {"has_seen_warnings": "1"}).status_code == 302
    assert len(written(ready)) == 1


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"amount": "0"}, "A dose must be more than zero"),
        ({"amount": "-2"}, "A dose must be more than zero"),
        ({"quantity": "-5"}, "The quantity must be a whole number"),
        ({"days": "4000"}, "The number of days must be from 1 to 365"),
        ({"refills": "99"}, "Refills must be from 0 to 11"),
        ({"instructions": "x" * 10_000}, "Something needs another look"),
        ({"instructions": "a\x00b"}, "Something needs another look"),
        ({"product": "poison"}, "We do not know that medicine"),
        ({"prescription_id": "not-an-id"}, "Something needs another look"),
    ],
)
def test_what_cannot_be_is_refused_in_words(ready, spoil, words):
    page = signed_in(ready, "chen").post(pane(ready), typed(product="doxycycline:capsule:100mg") | spoil)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert written(ready) == []


def test_a_form_pressed_twice_writes_one_prescription(ready):
    client = signed_in(ready, "chen")
    form = typed(product="doxycycline:capsule:100mg")
    for _ in range(2):
        assert client.post(pane(ready), form).status_code == 302
    assert len(written(ready)) == 1
    text = client.get(pane(ready)).content.decode()
    assert "Take 1 tablet" not in text
    assert "Take 1 capsule by mouth twice a day for 5 days" in text
    assert "Written" in text


def test_a_prescription_is_cancelled_with_a_why(ready):
    client = signed_in(ready, "chen")
    client.post(pane(ready), typed(product="doxycycline:capsule:100mg"))
    ours = written(ready)[0]["id"]
    assert client.post(pane(ready, "cancel_prescription", ours), {"why": ""}).status_code == 422
    client.post(pane(ready, "cancel_prescription", ours), {"why": "Changed our minds"})
    assert "Changed our minds" in client.get(pane(ready)).content.decode()


def test_a_nurse_sees_the_pane_and_cannot_prescribe(ready):
    client = signed_in(ready, "gita")
    assert client.get(pane(ready)).status_code == 200
    assert client.post(pane(ready), typed(product="doxycycline:capsule:100mg")).status_code == 403
    assert written(ready) == []


@pytest.mark.parametrize("who", ["diaz", "eve"])
def test_a_stranger_finds_no_pane(ready, who):
    client = signed_in(ready, who)
    assert client.get(pane(ready)).status_code == 404
    assert client.post(pane(ready), typed()).status_code in {403, 404}


def test_the_pane_asks_few_questions(ready, django_assert_max_num_queries):
    client = signed_in(ready, "chen")
    client.get(pane(ready))
    with django_assert_max_num_queries(12):
        client.get(pane(ready))
