"""The pages of results: who sees them, what they say in both languages, what stays unsaid, how few they ask."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from bedside.accounts.models import Person
from bedside.consent.commands import choose_results
from bedside.consent.models import ResultChoice, ResultOpening
from bedside.kernel.time import utc_now
from bedside.results.models import Acknowledgement

from .conftest import again, filed, in_care


@pytest.fixture
def today(cast):
    """The cast with Dr Chen in care, in the present day, because pages read the clock."""
    in_care(cast, "chen", utc_now())
    return cast


def client_of(cast, who):
    client = Client()
    client.force_login(cast.people[who].user)
    return client


def text_of(cast, who, name, *more):
    page = client_of(cast, who).get(reverse(f"results:{name}", args=more))
    assert page.status_code == 200
    return page.content.decode()


def test_the_inbox_says_what_is_urgent_in_words(today):
    filed(today, utc_now(), 6.9, "HH")
    text = text_of(today, "chen", "inbox")
    assert "Ada Reyes" in text
    assert "6.9" in text
    assert "Critical" in text


def test_a_tap_in_the_inbox_takes_it_off(today):
    item = filed(today, utc_now(), 6.9, "HH")
    page = client_of(today, "chen").post(reverse("results:acknowledge", args=[item.id]), {"version": 1})
    assert page.url == reverse("results:inbox")
    assert "Nothing waits for you" in text_of(today, "chen", "inbox")


def test_a_tap_on_an_older_version_is_refused_in_words(today):
    item = filed(today, utc_now(), 6.9, "HH")
    page = client_of(today, "chen").post(reverse("results:acknowledge", args=[item.id]), {"version": 7, "note": "Kept"})
    assert page.status_code == 409
    assert "newer version" in page.content.decode()
    assert "Kept" in page.content.decode()
    assert again(item).state == "open"


def test_a_result_shows_its_values_and_who_had_it(today):
    item = filed(today, utc_now(), 6.9, "HH")
    text = text_of(today, "chen", "result", item.id)
    assert "3.5–5.1" in text
    assert "Critically high" in text


@pytest.mark.parametrize("who", ["ada", "diaz", "femi", "gita", "eve"])
def test_a_stranger_finds_no_result(today, who):
    item = filed(today, utc_now(), 6.9, "HH")
    assert client_of(today, who).get(reverse("results:result", args=[item.id])).status_code == 404


def test_the_administrators_page_has_no_values(cast):
    filed(cast, utc_now(), 6.9, "HH")
    text = text_of(cast, "femi", "watch")
    assert "Ada Reyes" in text
    assert "6.9" not in text
    assert "otassium" not in text


def test_patients_read_their_result_with_range_meaning_and_note(today):
    item = filed(today, utc_now(), 6.0, "H")
    Acknowledgement.objects.create(
        item=item, version=1, by=today.chen, at=utc_now(), note="Not dangerous.", next_step="repeat"
    )
    text = text_of(today, "ada", "one", item.report_id)
    for words in ("Potassium", "mmol/L", "3.5–5.1", "helps your heart", "Not dangerous.", "We will repeat the test"):
        assert words in text
    assert ResultOpening.objects.filter(patient=today.ada, report_id=item.report_id).exists()


def test_patients_read_it_in_spanish(today):
    Person.objects.filter(id=today.ada.id).update(language="es")
    item = filed(today, utc_now(), 6.0, "H")
    text = text_of(today, "ada", "one", item.report_id)
    assert "Potasio" in text
    assert "ayuda al corazón" in text


def test_a_result_that_waits_says_only_that_it_is_there(today):
    item = filed(today, utc_now(), 6.9, "HH")
    choose_results(actor=today.actor("ada"), now=utc_now(), patient_id=today.ada.id, scope="all", way="myself")
    client = client_of(today, "ada")
    for address in (reverse("results:mine"), reverse("results:one", args=[item.report_id]), reverse("record:health")):
        text = client.get(address).content.decode()
        assert "6.9" not in text
        assert "otassium" not in text
        assert "hemistry" not in text
    assert "Open now" in client.get(reverse("results:mine")).content.decode()
    client.post(reverse("results:open", args=[item.report_id]))
    assert "6.9" in client.get(reverse("results:one", args=[item.report_id])).content.decode()


def test_the_doctor_sees_a_result_that_waits_for_its_patient(today):
    item = filed(today, utc_now(), 6.9, "HH")
    choose_results(actor=today.actor("ada"), now=utc_now(), patient_id=today.ada.id, scope="all", way="myself")
    assert "6.9" in text_of(today, "chen", "result", item.id)


def test_patients_choose_on_their_page_and_take_it_back(today):
    client = client_of(today, "ada")
    client.post(reverse("results:choices"), {"about": "kind:pathology", "way": "together"})
    assert ResultChoice.objects.get().way == "together"
    client.post(reverse("results:choices"), {"about": "kind:pathology", "way": "at_once"})
    assert ResultChoice.objects.get(ended_at__isnull=True).way == "at_once"
    assert client.post(reverse("results:choices"), {"about": "all", "way": "never"}).status_code == 422


@pytest.mark.parametrize("who", ["ben", "eve", "chen"])
def test_nobody_else_finds_a_patients_result(today, who):
    in_care(today, "ben", utc_now(), "proxy")
    item = filed(today, utc_now(), 6.9, "HH")
    assert client_of(today, who).get(reverse("results:one", args=[item.report_id])).status_code == 404


@pytest.mark.parametrize(("who", "name"), [("chen", "inbox"), ("ada", "mine"), ("ada", "choices"), ("femi", "watch")])
def test_many_results_ask_no_more_questions_than_few(today, who, name, django_assert_max_num_queries):
    client, address = client_of(today, who), reverse(f"results:{name}")
    for _ in range(15):
        filed(today, utc_now(), 6.0, "H")
    client.get(address)
    with django_assert_max_num_queries(12):
        assert client.get(address).status_code == 200
