"""Where faces are drawn from: for each type, rows by their ids in a fixed number of questions, and the drawing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bedside.accounts.models import Person, RoleGrant
from bedside.directory.models import Location, Organization, Practitioner
from bedside.fhir.documents import Document
from bedside.fhir.models import Resource
from bedside.scheduling.models import Appointment, AvailabilityRule
from bedside.visits.models import Visit

from .calendar import draw_appointment, draw_schedule, has_face
from .directory import draw_location, draw_organization, draw_practitioner, draw_role, draw_service, service_id
from .documents import draw_documents
from .encounters import draw_encounter
from .people import draw_over, draw_patient

Ids = Collection[UUID]


@dataclass(frozen=True, slots=True)
class Face:
    """One thing drawn, or nothing where there is no face (any more).

    `patient_id` is whose chart it belongs to; None for what everyone may see. `over` draws it over what stands in
    the store, where that may have come from elsewhere.
    """

    id: UUID
    document: Document | None
    patient_id: UUID | None = None
    over: Callable[[Document], Document] | None = None


def _practitioners(ids: Ids) -> QuerySet[Practitioner]:
    rows = Practitioner.objects.filter(pk__in=ids).select_related("person", "organization")
    return rows.prefetch_related("licenses", "board_certificates", "organization__locations")


#: Faces that come and go with a person's times: they alone make nobody a patient.
_OF_PERSONS = ("Patient", "Appointment", "Encounter")


def _patients(ids: Ids) -> Iterator[Face]:
    """Anyone with a time booked or with something in their chart, and everyone who does not work here."""
    works = Exists(RoleGrant.objects.filter(person_id=OuterRef("pk")))
    practises = Exists(Practitioner.objects.filter(pk=OuterRef("pk")))
    booked = Exists(Appointment.objects.filter(patient_id=OuterRef("pk")))
    charted = Resource.objects.filter(patient_id=OuterRef("pk"), is_deleted=False).exclude(type__in=_OF_PERSONS)
    rows = Person.objects.filter(Q(booked) | Q(Exists(charted)) | ~(Q(works) | Q(practises)), pk__in=ids)
    for row in rows:
        yield Face(row.pk, draw_patient(row), row.pk, partial(draw_over, person=row))


def _clinicians(ids: Ids) -> Iterator[Face]:
    for row in _practitioners(ids):
        yield Face(row.pk, draw_practitioner(row))


def _roles(ids: Ids) -> Iterator[Face]:
    hours: dict[UUID, list[AvailabilityRule]] = {}
    for rule in AvailabilityRule.objects.filter(practitioner_id__in=ids).order_by("weekday", "starts", "id"):
        hours.setdefault(rule.practitioner_id, []).append(rule)
    for row in _practitioners(ids):
        yield Face(row.pk, draw_role(row, hours.get(row.pk, [])))


def _schedules(ids: Ids) -> Iterator[Face]:
    for row in _practitioners(ids):
        yield Face(row.pk, draw_schedule(row))


def _organizations(ids: Ids) -> Iterator[Face]:
    for row in Organization.objects.filter(pk__in=ids).prefetch_related("locations"):
        yield Face(row.pk, draw_organization(row))


def _services(ids: Ids) -> Iterator[Face]:
    for row in Organization.objects.filter(pk__in=ids).prefetch_related("locations", "practitioners"):
        document = draw_service(row) if row.practitioners.all() else None
        yield Face(service_id(row.pk), document)


def _locations(ids: Ids) -> Iterator[Face]:
    for row in Location.objects.filter(pk__in=ids).select_related("organization"):
        yield Face(row.pk, draw_location(row))


def _appointments(ids: Ids) -> Iterator[Face]:
    for row in Appointment.objects.filter(pk__in=ids).select_related("practitioner__person"):
        yield Face(row.pk, draw_appointment(row) if has_face(row) else None, row.patient_id)


def _encounters(ids: Ids) -> Iterator[Face]:
    rows = Visit.objects.filter(pk__in=ids).select_related("practitioner__person", "appointment")
    for row in rows.prefetch_related("steps"):
        yield Face(row.pk, draw_encounter(row), row.patient_id)


def _documents(ids: Ids) -> Iterator[Face]:
    for one in draw_documents(ids):
        yield Face(one.id, one.document, one.patient_id)


#: How each type is drawn. What a type's ids are is said by the triggers of the migrations.
SOURCES: dict[str, Callable[[Ids], Iterator[Face]]] = {
    "Organization": _organizations,
    "Location": _locations,
    "HealthcareService": _services,
    "Practitioner": _clinicians,
    "PractitionerRole": _roles,
    "Schedule": _schedules,
    "Patient": _patients,
    "Appointment": _appointments,
    "Encounter": _encounters,
    "DocumentReference": _documents,
}


def faces_of(kind: str, source_ids: Ids) -> list[Face]:
    """Return the faces of these sources: drawn, or empty where there is no such source (any more)."""
    drawn = list(SOURCES[kind](source_ids))
    missing = {face_id(kind, id) for id in source_ids} - {face.id for face in drawn}
    return [*drawn, *(Face(id, None) for id in sorted(missing))]


def face_id(kind: str, source_id: UUID) -> UUID:
    """Return the id of the face that is drawn from a source."""
    return service_id(source_id) if kind == "HealthcareService" else source_id
