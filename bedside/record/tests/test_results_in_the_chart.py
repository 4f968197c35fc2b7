"""Results in the chart: what the page marks and how, and that its questions do not grow with them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bedside.accounts.models import Person
from bedside.fhir.commands import Entry, store_resources
from bedside.kernel.ids import new_id
from bedside.kernel.time import utc_now
from bedside.platform.access import system_actor

from .conftest import put_in_care
from .made_results import observation, quantity, report


def store_report(person, now, *found, **more):
    """Store observations, given as (loinc, value, unit, flag, low, high), and the report of them, in a chart."""
    entries, ids = [], []
    for loinc, value, unit, flag, low, high in found:
        ids.append(str(new_id()))
        ranges = [{"low": quantity(low, unit), "high": quantity(high, unit)}] if high else None
        document = observation(
            ids[-1], loinc, quantity(value, unit), flag=flag, ranges=ranges, patient=person.id, at=now.isoformat()
        )
        entries.append(document)
    entries.append(report(str(new_id()), ids, patient=person.id, at=now.isoformat(), issued=now.isoformat(), **more))
    for one in entries:
        one.pop("meta")
    store_resources(
        actor=system_actor("tests"), now=now, entries=[Entry(one, person.id, stored_at=now) for one in entries]
    )
    return entries[-1]["id"]


@pytest.fixture
def care_now(cast):
    """The cast, with Dr Chen in care of Ada in the present day, because pages read the clock."""
    put_in_care(cast, "chen", utc_now())
    return cast


def signed_in(cast, who="chen"):
    client = Client()
    client.force_login(cast.people[who].user)
    return client


def page_of(cast, name="chart", who="chen"):
    return signed_in(cast, who).get(reverse(f"record:{name}", args=[cast.ada.id]))


def test_a_critical_value_is_said_in_a_word_and_a_sign_not_only_in_colour(care_now):
    store_report(
        care_now.ada, utc_now(), ("2823-3", 6.9, "mmol/L", "HH", 3.5, 5.1), ("2951-2", 140, "mmol/L", "N", 135, 145)
    )
    text = page_of(care_now).content.decode()
    chip = re.search(r'<span class="chip chip-alarm">.*?</span>', text, re.S)[0]
    assert "octagon-alert" in chip
    assert "Critically high" in text
    assert "3.5–5.1" in text


def test_the_value_before_stands_beside_the_new_one(care_now):
    now = utc_now()
    store_report(care_now.ada, now - timedelta(days=90), ("4548-4", 7.8, "%", "H", 4, 5.6))
    store_report(care_now.ada, now, ("4548-4", 7.1, "%", "H", 4, 5.6))
    text = page_of(care_now, "results").content.decode()
    newest = text[text.index("<tbody>") : text.index("</tbody>")]
    assert newest.index("7.1") < newest.index("7.8")


def test_a_test_of_the_laboratory_is_drawn_once_against_its_own_range(care_now):
    now = utc_now()
    for days, value in ((180, 8.1), (90, 7.8), (0, 7.1)):
        store_report(care_now.ada, now - timedelta(days=days), ("4548-4", value, "%", "H", 4, 5.6))
    text = page_of(care_now).content.decode()
    assert text.count('class="trend"') == 1
    assert "Shaded: the laboratory’s range, 4–5.6" in text


def test_a_unit_mismatch_is_said(care_now):
    odd = observation(
        str(new_id()), "2345-7", quantity(100, "mg/dL"), ranges=[{"high": quantity(5.5, "mmol/L")}],
        patient=care_now.ada.id, at=utc_now().isoformat(),
    )  # fmt: skip
    odd.pop("meta")
    store_resources(actor=system_actor("tests"), now=utc_now(), entries=[Entry(odd, care_now.ada.id)])
    assert "They were not compared" in page_of(care_now).content.decode()


def test_results_read_in_spanish(care_now):
    Person.objects.filter(id=care_now.chen.id).update(language="es")
    store_report(care_now.ada, utc_now(), ("2823-3", 6.9, "mmol/L", "HH", 3.5, 5.1))
    text = page_of(care_now).content.decode()
    assert "Potasio" in text
    assert "Críticamente alto" in text


@pytest.mark.parametrize("name", ["chart", "results"])
def test_many_results_ask_no_more_than_few(care_now, name):
    client, address = signed_in(care_now), reverse(f"record:{name}", args=[care_now.ada.id])

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    store_report(care_now.ada, utc_now(), ("718-7", 13, "g/dL", "N", 12, 16))
    client.get(address)
    few = asked()
    count = (("718-7", 13, "g/dL", "N", 12, 16), ("777-3", 200, "10*3/uL", "", 150, 400))
    for days in range(40):
        store_report(care_now.ada, utc_now() - timedelta(days=days), *count)
    assert asked() == few <= 12


@pytest.mark.parametrize("who", ["diaz", "eve", "femi"])
def test_a_stranger_finds_no_results(care_now, who):
    assert page_of(care_now, "results", who).status_code == 404
