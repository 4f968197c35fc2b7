"""The calendar, the directory and visits through the API: as they are now, to whom they may be shown."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bedside.accounts.models import Person
from bedside.scheduling.models import Appointment

from .conftest import Api

pytestmark = pytest.mark.slow


@pytest.fixture
def booked(api: Api, now: datetime) -> Appointment:
    """Ada's time with Dr Chen."""
    cast = api.cast
    start = now + timedelta(minutes=20)
    return Appointment.objects.create(
        patient=cast.ada, practitioner=cast.chen.practitioner, organization=cast.clinic,
        during=(start, start + timedelta(minutes=20)), starts_at=start, ends_at=start + timedelta(minutes=20),
        practitioner_zone="America/Chicago", status="booked", reason="Pain", fee_minor=0, currency="USD",
        created_at=now,
    )  # fmt: skip


def test_a_patient_finds_her_own_times_and_a_stranger_none(api: Api, booked: Appointment) -> None:
    mine = api.ada.get(f"Appointment?patient=Patient/{api.cast.ada.pk}&status=booked")
    assert mine.ids == [str(booked.pk)]
    assert api.ada.get(f"Appointment/{booked.pk}").json["start"].startswith("2026-11-24T15:20")
    assert api.eve.get(f"Appointment?patient=Patient/{api.cast.ada.pk}").ids == []
    assert api.eve.get(f"Appointment/{booked.pk}").status == 404


def test_what_has_just_changed_is_read_as_it_is(api: Api, booked: Appointment) -> None:
    assert api.ada.get(f"Appointment/{booked.pk}").json["status"] == "booked"
    Appointment.objects.filter(pk=booked.pk).update(status="cancelled")
    answer = api.ada.get(f"Appointment/{booked.pk}")
    assert answer.json["status"] == "cancelled"
    assert answer.headers["etag"] == 'W/"2"'
    Person.objects.filter(pk=api.cast.ada.pk).update(family_name="Ortiz")
    found = api.ada.get(f"Appointment?_id={booked.pk}&_include=Appointment:patient")
    people = [one["resource"] for one in found.json["entry"] if one["resource"]["resourceType"] == "Patient"]
    assert people[0]["name"][0]["family"] == "Ortiz"


def test_the_directory_is_everyones_and_can_be_searched(api: Api) -> None:
    found = api.eve.get("PractitionerRole?practitioner.name=chen&_include=PractitionerRole:organization")
    kinds = {entry["resource"]["resourceType"] for entry in found.json["entry"]}
    assert kinds == {"PractitionerRole", "Organization"}
    assert str(api.cast.chen.pk) in found.ids
    assert api.eve.get(f"Practitioner/{api.cast.chen.pk}").json["name"][0]["family"] == "Chen"
    assert api.nobody.get("Practitioner").status == 401


def test_faces_are_not_written_here(api: Api, booked: Appointment) -> None:
    face = api.ada.get(f"Appointment/{booked.pk}").json
    answer = api.chen.put(f"Appointment/{booked.pk}", {**face, "status": "cancelled"})
    assert answer.status in (403, 404)
    assert Appointment.objects.get(pk=booked.pk).status == "booked"


def test_slots_are_worked_out_when_asked(api: Api) -> None:
    address = f"Slot?schedule=Schedule/{api.cast.chen.pk}&start=ge2026-11-24&start=lt2026-11-26&status=free"
    found = api.eve.get(address)
    assert found.ids
    first = found.json["entry"][0]["resource"]
    assert api.eve.get(f"Slot/{first['id']}").json == first
    by_actor = api.eve.get(address.replace("schedule=Schedule/", "schedule.actor=Practitioner/"))
    assert by_actor.ids == found.ids


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 400, "Say whose slots"),
        ("schedule=Schedule/1", 200, ""),
        ("schedule={chen}&start=yesterday", 400, "like ge2026-11-24"),
        ("schedule={chen}&start=ap2026", 400, "eq, ge, gt"),
        ("schedule={chen}&colour=red", 400, "colour"),
    ],
)
def test_a_question_about_slots_is_answered_or_refused_by_name(api: Api, query: str, status: int, said: str) -> None:
    answer = api.eve.get("Slot?" + query.replace("{chen}", f"Schedule/{api.cast.chen.pk}"))
    assert answer.status == status
    assert said in (answer.words if status != 200 else "")
