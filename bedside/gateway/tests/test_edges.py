"""The edges of the calendar and of numbers: whatever is asked there is found, not found or refused; nothing breaks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bedside.scheduling.models import Appointment
from bedside.scheduling.terms import BOOKING_HORIZON

from .conftest import Api, pressure

pytestmark = pytest.mark.slow

MOMENTS = (
    "0001",
    "0001-01-01",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00-14:00",
    "0000",
    "0999-12-31T23:59:59.999999999Z",
    "9999",
    "9999-12",
    "9999-12-31",
    "9999-12-31T23:59",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:60Z",
    "9999-12-31T23:59:60+14:00",
    "9999-12-31T23:59:60-14:00",
    "10000-01-01",
    "2026-06-30T23:59:60Z",
    "-0001-01-01",
    "99999999999999999999",
)
PREFIXES = ("", "eq", "ne", "ge", "gt", "le", "lt", "sa", "eb", "ap")
#: Each with a place for a moment, and whether a prefix may stand before it.
DATED = (
    ("Slot?schedule=Schedule/{chen}&start={at}", True),
    ("Slot?schedule=Schedule/{chen}&start=ge2026-11-24&start=le{at}", False),
    ("Observation?patient={ada}&date={at}", True),
    ("Observation?date={at}&_sort=-date&_count=1", True),
    ("Observation?_lastUpdated={at}", True),
    ("Observation?code-value-date=8480-6${at}", True),
    ("Appointment?date={at}", True),
    ("Patient?birthdate={at}", True),
    ("Patient/{ada}/*?_lastUpdated={at}", True),
    ("Encounter?_has:Observation:encounter:date={at}", True),
    ("?_type=Observation,Condition&_lastUpdated={at}", True),
    ("_history?_since={at}", False),
    ("Observation/_history?_since={at}", False),
    ("Observation/_history?_at={at}", False),
    ("_history?_at={at}&_count=1", False),
    ("Patient/{ada}/_history?_since={at}", False),
    ("Patient/{ada}/$everything?_since={at}", False),
    ("DocumentReference/$docref?patient={ada}&start={at}", False),
    ("DocumentReference/$docref?patient={ada}&end={at}", False),
)


@pytest.fixture
def dated(api: Api) -> None:
    """Values from the first day there is, the last, and today."""
    ada = api.cast.id("ada")
    for at in ("0001-01-01", "9999-12-31", "9999-12-31T23:59:59-14:00", "2026-11-24T14:00:00Z"):
        assert api.chen.post("Observation", pressure(ada, effectiveDateTime=at)).status == 201


@pytest.mark.parametrize(("path", "has_prefix"), DATED)
def test_the_first_and_the_last_moments_are_answered(api: Api, dated: None, path: str, has_prefix: bool) -> None:
    names = {"chen": str(api.cast.id("chen")), "ada": str(api.cast.id("ada"))}
    wrong = {}
    for moment in MOMENTS:
        for prefix in PREFIXES if has_prefix else ("",):
            asked = path.format(at=prefix + moment.replace("+", "%2B"), **names)
            answer = api.chen.get(asked)
            if answer.status not in (200, 400):
                wrong[asked] = (answer.status, answer.body)
            following = answer.link("next") if answer.status == 200 else None
            if following is not None and api.chen.get(following).status != 200:
                wrong[asked] = "its next page"
    assert wrong == {}


@pytest.mark.parametrize(
    "second",
    ["253402300799", "253402300800", "-62135596800", "-62135596801", "99999999999999999", "-99999999999999999", "0"],
)
def test_a_slot_at_the_end_of_time_is_not_found(api: Api, second: str) -> None:
    assert api.eve.get(f"Slot/{api.cast.id('chen')}.{second}").status == 404


def test_slots_end_where_booking_ends(api: Api, now: datetime) -> None:
    """However far the question reaches: nobody can book later, so there are none."""
    whose = f"Slot?schedule=Schedule/{api.cast.id('chen')}&_count=500"
    assert api.eve.get(f"{whose}&start=ge2026-11-24&start=le9999-12-31").ids
    beyond = (now + BOOKING_HORIZON + timedelta(days=1)).date()
    assert api.eve.get(f"{whose}&start=ge{beyond}").ids == []
    assert api.eve.get(f"{whose}&start=ge{beyond}&start=le9999").ids == []


def test_a_busy_time_can_be_read_while_it_lasts_and_after(api: Api, now: datetime) -> None:
    start, cast = now - timedelta(days=2), api.cast
    Appointment.objects.create(
        patient=cast.ada, practitioner=cast.chen.practitioner, organization=cast.clinic,
        during=(start, start + timedelta(minutes=20)), starts_at=start, ends_at=start + timedelta(minutes=20),
        practitioner_zone="America/Chicago", status="booked", reason="Private", fee_minor=0, currency="USD",
        created_at=start,
    )  # fmt: skip
    found = api.eve.get(f"Slot/{cast.chen.pk}.{int(start.timestamp())}")
    assert (found.status, found.json["status"]) == (200, "busy")


@pytest.mark.parametrize(
    "path",
    [
        "Observation/{one}/_history/99999999999999999999",
        "Observation/{one}/_history/10000000000000",
        "Observation/{one}/_history/" + "1" * 5_000,
        "Observation/$lastn?patient={ada}&max=" + "0" * 3 + "1" * 5_000,
        "Observation?_count=" + "9" * 5_000,
        "Observation?_count=99999999999",
        "Observation/_history?_count=999999999999999999999",
        "Slot?schedule=Schedule/{chen}&_count=" + "9" * 5_000,
        "Observation?value-quantity=1e999",
        "Observation?value-quantity=-1e-999",
        "Observation?value-quantity=ap9" + "9" * 39 + "e999|http://unitsofmeasure.org|mg",
        "Observation?value-quantity=1e999|http://unitsofmeasure.org|mm%5BHg%5D",
        "Observation?value-quantity=1|http://unitsofmeasure.org|m999999999",
        "Observation?value-quantity=1|http://unitsofmeasure.org|" + "9" * 100 + "m",
        "RiskAssessment?probability=ge1e999",
        "ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&count=" + "9" * 5_000,
        "ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&offset=99999999999999999999",
        "Patient/{ada}/$everything?_count=" + "9" * 30,
    ],
)
def test_numbers_that_are_too_large_are_no_accident(api: Api, path: str) -> None:
    one = api.chen.post("Observation", pressure(api.cast.id("ada"))).json["id"]
    answer = api.chen.get(path.format(one=one, ada=api.cast.id("ada"), chen=api.cast.id("chen")))
    assert answer.status in (200, 400, 404, 422), answer.body


@pytest.mark.parametrize(
    "since",
    [
        "Fri, 31 Dec 9999 23:59:59 -1400",
        "Mon, 01 Jan 0001 00:00:00 +1400",
        "Fri, 31 Dec 2026 23:59:59 +99999999999999999999",
        "Fri, 31 Dec 2026 99999999999999999999:59:59 GMT",
        "Fri, 31 Dec 99999 23:59:59 GMT",
    ],
)
def test_a_date_of_http_that_cannot_be_is_overlooked(api: Api, since: str) -> None:
    made = api.chen.post("Observation", pressure(api.cast.id("ada"))).json["id"]
    assert api.chen.get(f"Observation/{made}", if_modified_since=since).status in (200, 304)


@pytest.mark.parametrize("tag", ['W/"99999999999999999999"', 'W/"0"', 'W/"-1"'])
def test_a_version_that_cannot_be_is_not_the_present_one(api: Api, tag: str) -> None:
    made = api.chen.post("Observation", pressure(api.cast.id("ada"))).json
    answer = api.chen.put(f"Observation/{made['id']}", made, if_match=tag)
    assert answer.status in (400, 412)
