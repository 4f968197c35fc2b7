"""A face whose source is gone is gone too, with its past kept; what another system stored is left alone."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from bedside.accounts.models import RoleGrant
from bedside.directory.models import Location, Organization, Practitioner
from bedside.fhir.commands import delete_resource, store_resource
from bedside.fhir.models import Resource
from bedside.fhir.queries import get_resource, history
from bedside.gateway.faces.directory import service_id
from bedside.gateway.models import FaceDrawn, FaceDue
from bedside.kernel.errors import NotFound
from bedside.platform.access import system_actor
from bedside.scheduling.models import Appointment
from tests.cast import Cast

from .test_drawing import book, draw

pytestmark = pytest.mark.slow

#: Whoever brings documents from elsewhere: nobody, like the drawer.
IMPORTER = system_actor("gateway.exchange")


def stands(kind: str, id: UUID) -> bool:
    """Say whether there is such a resource to be read."""
    return Resource.objects.filter(type=kind, id=str(id), is_deleted=False).exists()


def store(now: datetime, kind: str, id: UUID, patient: UUID | None = None, **more: Any) -> None:
    """Store a document as another system does."""
    store_resource(actor=IMPORTER, now=now, resource={"resourceType": kind, "id": str(id), **more}, patient_id=patient)


def note(kind: str, id: UUID) -> None:
    """Note that a source changed, as the triggers do."""
    FaceDue.objects.create(kind=kind, source_id=id)


def test_a_place_that_was_closed_is_no_more_and_its_past_can_be_read(cast: Cast, now: datetime) -> None:
    floor = Location.objects.create(organization=cast.clinic, name="Floor 7")
    draw(now)
    assert get_resource(type="Location", id=floor.pk)["name"] == "Floor 7"
    id = floor.pk
    floor.delete()
    draw(now)
    with pytest.raises(NotFound):
        get_resource(type="Location", id=id)
    past = history(type="Location", id=id)
    assert [(one.version, one.is_deleted, "Floor 7" in one.body) for one in past] == [
        (2, True, False),
        (1, False, True),
    ]
    assert not FaceDrawn.objects.filter(kind="Location", face_id=id).exists()


def test_a_clinic_that_is_gone_offers_nothing(cast: Cast, now: datetime) -> None:
    """The id of what it offers is not its own."""
    clinic = Organization.objects.create(name="Riverside", kind="clinic")
    Practitioner.objects.filter(pk=cast.diaz.pk).update(organization=clinic)
    draw(now)
    assert stands("HealthcareService", service_id(clinic.pk))
    id = clinic.pk
    Practitioner.objects.filter(pk=cast.diaz.pk).update(organization=cast.clinic)
    clinic.delete()
    draw(now)
    assert not stands("Organization", id)
    assert not stands("HealthcareService", service_id(id))
    assert stands("HealthcareService", service_id(cast.clinic.pk))


def test_staff_are_patients_only_while_they_have_times_or_a_chart(cast: Cast, now: datetime) -> None:
    gita = cast.gita.pk
    time = book(cast, "gita", now)
    draw(now)
    assert stands("Patient", gita)
    time.delete()
    draw(now)
    assert not stands("Appointment", time.pk)
    assert not stands("Patient", gita)
    book(cast, "gita", now)
    draw(now)
    assert get_resource(type="Patient", id=gita)["name"][0]["family"] == "Rao"
    assert [one.is_deleted for one in history(type="Patient", id=gita)] == [False, True, False]


def test_a_patient_who_comes_to_work_here_stays_one_while_there_is_a_chart(cast: Cast, now: datetime) -> None:
    draw(now)
    chart = uuid4()
    body = {"code": {"text": "x"}, "subject": {"reference": f"Patient/{cast.eve.pk}"}}
    store(now, "Basic", chart, cast.eve.pk, **body)
    RoleGrant.objects.create(person=cast.eve, role="nurse", starts_at=now)
    draw(now)
    assert stands("Patient", cast.eve.pk)
    delete_resource(actor=IMPORTER, now=now, type="Basic", id=chart)
    note("Patient", cast.eve.pk)
    draw(now)
    assert not stands("Patient", cast.eve.pk)


def test_what_another_system_stored_is_never_taken_away(cast: Cast, now: datetime) -> None:
    """Not even when it has the type of a face, nobody for an author, and an id that is due."""
    theirs = uuid4()
    store(now, "Patient", theirs, theirs, active=True)
    store(now, "Location", theirs, name="Elsewhere")
    for kind in ("Patient", "Location", "Encounter"):
        note(kind, theirs)
    draw(now)
    assert get_resource(type="Patient", id=theirs)["active"] is True
    assert get_resource(type="Location", id=theirs)["name"] == "Elsewhere"


def test_what_stood_under_the_id_of_a_face_before_it_is_left_as_it_is(cast: Cast, now: datetime) -> None:
    floor = Location.objects.create(organization=cast.clinic, name="Floor 7")
    store(now, "Location", floor.pk, name="Elsewhere")
    draw(now)
    assert get_resource(type="Location", id=floor.pk)["name"] == "Elsewhere"
    id = floor.pk
    floor.delete()
    draw(now)
    assert get_resource(type="Location", id=id)["name"] == "Elsewhere"


def test_what_was_written_over_a_face_outlives_its_source(cast: Cast, now: datetime) -> None:
    floor = Location.objects.create(organization=cast.clinic, name="Floor 7")
    draw(now)
    id = floor.pk
    store(now, "Location", id, name="Elsewhere")
    floor.delete()
    draw(now)
    assert get_resource(type="Location", id=id)["name"] == "Elsewhere"
    note("Location", id)
    draw(now)
    assert stands("Location", id)


def test_a_patient_whom_another_system_brought_stays_whoever_they_become_here(cast: Cast, now: datetime) -> None:
    """Drawn over, their Patient is still the other system's."""
    eve = cast.eve.pk
    store(now, "Patient", eve, eve, active=True, address=[{"city": "Austin"}])
    draw(now)
    assert get_resource(type="Patient", id=eve)["name"][0]["family"] == "Novak"
    RoleGrant.objects.create(person=cast.eve, role="nurse", starts_at=now)
    draw(now)
    assert get_resource(type="Patient", id=eve)["address"] == [{"city": "Austin"}]


def test_every_face_is_known_as_one(cast: Cast, now: datetime) -> None:
    time = book(cast, "ada", now)
    draw(now)
    Appointment.objects.filter(pk=time.pk).update(status="cancelled")
    draw(now)
    known = {(one.kind, str(one.face_id), one.version) for one in FaceDrawn.objects.all()}
    assert known == set(Resource.objects.filter(is_deleted=False).values_list("type", "id", "version"))
    assert ("Appointment", str(time.pk), 2) in known


def test_what_stood_before_this_was_kept_is_known_too(cast: Cast, now: datetime) -> None:
    """What the second migration does where faces were drawn already."""
    book(cast, "ada", now)
    draw(now)
    store(now, "Basic", uuid4(), cast.eve.pk, code={"text": "x"}, subject={"reference": f"Patient/{cast.eve.pk}"})
    faces = set(FaceDrawn.objects.values_list("kind", "face_id", "version"))
    assert faces
    FaceDrawn.objects.all().delete()
    migration = import_module("bedside.gateway.migrations.0002_faces_drawn")
    with connection.cursor() as cursor:
        cursor.execute(migration.DRAWN + migration.ONCE_MORE)
    assert set(FaceDrawn.objects.values_list("kind", "face_id", "version")) == faces
    due = set(FaceDue.objects.values_list("kind", "source_id"))
    assert due == {(kind, id) for kind, id, _ in faces if kind != "HealthcareService"}
