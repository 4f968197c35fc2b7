"""What other rooms own is read as FHIR, and is never older than what it was drawn from."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from bedside.accounts.models import Person
from bedside.directory.models import License
from bedside.fhir.models import Resource, ResourceVersion
from bedside.fhir.queries import get_resource
from bedside.gateway.faces.drawing import draw_due_faces, faces_are_due
from bedside.gateway.faces.sources import SOURCES
from bedside.gateway.models import FaceDue
from bedside.kernel.errors import NotFound
from bedside.platform.access import system_actor
from bedside.platform.files.commands import keep_made_file
from bedside.platform.files.models import StoredFile
from bedside.scheduling.models import Appointment, AvailabilityRule
from bedside.visits.commands import open_visit
from bedside.visits.models import Visit
from bedside.visits.terms import LETTER_FILES
from tests.cast import Cast

pytestmark = pytest.mark.slow

HOUSE = system_actor("gateway.draw_faces")


def book(cast: Cast, patient: str, now: datetime) -> Appointment:
    """Give someone a time with Dr Chen, twenty minutes from now."""
    start = now + timedelta(minutes=20)
    return Appointment.objects.create(
        patient=cast.people[patient],
        practitioner=cast.chen.practitioner,
        organization=cast.clinic,
        during=(start, start + timedelta(minutes=20)),
        starts_at=start,
        ends_at=start + timedelta(minutes=20),
        practitioner_zone="America/Chicago",
        status="booked",
        reason="Pain under the left eye",
        fee_minor=4500,
        currency="USD",
        created_at=now,
    )


@pytest.fixture
def booked(cast: Cast, now: datetime) -> Appointment:
    """Ada's time with Dr Chen."""
    return book(cast, "ada", now)


def draw(now: datetime) -> None:
    """Draw everything that is due."""
    while draw_due_faces(actor=HOUSE, now=now):
        pass


def test_a_booked_time_is_an_appointment(booked: Appointment, cast: Cast, now: datetime) -> None:
    draw(now)
    seen = get_resource(type="Appointment", id=booked.pk)
    assert (seen["status"], seen["start"], seen["end"]) == (
        "booked",
        "2026-11-24T15:20:00.000Z",
        "2026-11-24T15:40:00.000Z",
    )
    assert [one["actor"]["reference"] for one in seen["participant"]] == [
        f"Patient/{cast.ada.pk}",
        f"Practitioner/{cast.chen.pk}",
    ]
    assert seen["reasonCode"] == [{"text": "Pain under the left eye"}]
    assert Resource.objects.get(type="Appointment").patient_id == cast.ada.pk


@pytest.mark.parametrize(
    ("status", "drawn"),
    [
        ("arrived", "arrived"),
        ("in_visit", "arrived"),
        ("done", "fulfilled"),
        ("no_show", "noshow"),
        ("cancelled", "cancelled"),
    ],
)
def test_what_becomes_of_a_time_is_drawn_as_the_next_version(
    booked: Appointment, now: datetime, status: str, drawn: str
) -> None:
    draw(now)
    Appointment.objects.filter(pk=booked.pk).update(status=status)
    draw(now)
    assert get_resource(type="Appointment", id=booked.pk)["status"] == drawn
    assert ResourceVersion.objects.filter(type="Appointment").count() == 2


def test_a_time_that_is_only_held_has_no_face(booked: Appointment, now: datetime) -> None:
    Appointment.objects.filter(pk=booked.pk).update(status="held", hold_expires_at=now + timedelta(minutes=10))
    draw(now)
    with pytest.raises(NotFound):
        get_resource(type="Appointment", id=booked.pk)


def test_what_did_not_change_gets_no_new_version(booked: Appointment, now: datetime) -> None:
    draw(now)
    before = ResourceVersion.objects.count()
    Appointment.objects.filter(pk=booked.pk).update(fee_minor=9900)
    draw(now)
    assert ResourceVersion.objects.count() == before


def test_a_visit_is_an_encounter_with_its_past(booked: Appointment, cast: Cast, now: datetime) -> None:
    visit = open_visit(actor=cast.actor("ada"), now=now, appointment_id=booked.pk)
    draw(now)
    seen = get_resource(type="Encounter", id=visit.pk)
    assert seen["status"] == "planned"
    assert seen["class"]["code"] == "VR"
    assert seen["subject"] == {"reference": f"Patient/{cast.ada.pk}"}
    assert seen["appointment"] == [{"reference": f"Appointment/{booked.pk}"}]
    assert "statusHistory" not in seen


def test_a_doctor_is_drawn_with_licence_role_and_diary(cast: Cast, now: datetime) -> None:
    draw(now)
    doctor = get_resource(type="Practitioner", id=cast.chen.pk)
    license = License.objects.filter(practitioner_id=cast.chen.pk).order_by("id").first()
    assert license is not None
    assert license.number in [one["value"] for one in doctor["identifier"]]
    assert doctor["name"][0]["text"] == "Dr Lin Chen"
    role = get_resource(type="PractitionerRole", id=cast.chen.pk)
    assert role["practitioner"]["reference"] == f"Practitioner/{cast.chen.pk}"
    assert role["organization"]["reference"] == f"Organization/{cast.clinic.pk}"
    assert len(role["availableTime"]) == AvailabilityRule.objects.filter(practitioner_id=cast.chen.pk).count() > 0
    diary = get_resource(type="Schedule", id=cast.chen.pk)
    assert diary["actor"][0]["reference"] == f"Practitioner/{cast.chen.pk}"


def test_patients_have_a_face_and_staff_have_none_until_they_book(cast: Cast, now: datetime) -> None:
    draw(now)
    drawn = set(Resource.objects.filter(type="Patient").values_list("id", flat=True))
    assert drawn == {str(cast.ada.pk), str(cast.ben.pk), str(cast.eve.pk)}
    book(cast, "gita", now)
    draw(now)
    assert get_resource(type="Patient", id=cast.gita.pk)["name"][0]["family"] == "Rao"


def test_a_new_name_is_read_at_once(cast: Cast, now: datetime) -> None:
    draw(now)
    assert not faces_are_due(["Patient"])
    Person.objects.filter(pk=cast.ada.pk).update(family_name="Reyes-Ortiz")
    assert faces_are_due(["Patient"])
    draw(now)
    seen = get_resource(type="Patient", id=cast.ada.pk)
    assert seen["name"][0]["family"] == "Reyes-Ortiz"
    assert (seen["gender"], seen["birthDate"]) == ("female", "1985-03-09")


@pytest.fixture
def _own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def keep_letter_of(visit: Visit, now: datetime) -> StoredFile:
    """Keep something as the letter after a visit."""
    return keep_made_file(
        actor=HOUSE, now=now, content=b"%PDF-1.7 %%EOF", media_type="application/pdf", name="letter.pdf", language="en",
        patient_id=visit.patient_id, source=(LETTER_FILES, visit.pk),
    )  # fmt: skip


@pytest.mark.usefixtures("_own_folder")
def test_every_face_in_the_house_is_noted_and_drawn(booked: Appointment, cast: Cast, now: datetime) -> None:
    visit = open_visit(actor=cast.actor("ada"), now=now, appointment_id=booked.pk)
    keep_letter_of(visit, now)
    assert set(FaceDue.objects.values_list("kind", flat=True)) == set(SOURCES)
    draw(now)
    assert not FaceDue.objects.exists()
    assert set(Resource.objects.values_list("type", flat=True)) == set(SOURCES)


def test_little_by_little_everything_is_drawn(booked: Appointment, cast: Cast, now: datetime) -> None:
    while left := draw_due_faces(actor=HOUSE, now=now, most=3):
        assert left <= 3
    assert get_resource(type="Appointment", id=booked.pk)["status"] == "booked"


@pytest.mark.parametrize("kind", ["Patient", "PractitionerRole", "Appointment"])
def test_more_rows_take_no_more_questions(
    cast: Cast, now: datetime, kind: str, django_assert_max_num_queries: Any
) -> None:
    ids = list(Person.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(6):
        list(SOURCES[kind](ids))


@pytest.mark.usefixtures("_own_folder")
def test_more_documents_take_no_more_questions(
    booked: Appointment, cast: Cast, now: datetime, django_assert_max_num_queries: Any
) -> None:
    visit = open_visit(actor=cast.actor("ada"), now=now, appointment_id=booked.pk)
    ids = [keep_letter_of(visit, now).pk for _ in range(5)]
    with django_assert_max_num_queries(6):
        assert len([face for face in SOURCES["DocumentReference"](ids) if face.document]) == 5
