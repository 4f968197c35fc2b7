"""Booked times, and the diary they stand in."""

from __future__ import annotations

from bedside.directory.models import Practitioner
from bedside.fhir.documents import Document
from bedside.scheduling.models import Appointment

from .directory import specialty
from .shapes import VIRTUAL, VISIT_WORDS, identifier, instant, reference, without_empty

#: Our states of an appointment as R4 names them. A time that is only held is nobody's yet, so it has no face.
#: Source: FHIR R4, value set appointmentstatus.
STATUSES = {
    "booked": "booked",
    "arrived": "arrived",
    "in_visit": "arrived",
    "done": "fulfilled",
    "no_show": "noshow",
    "cancelled": "cancelled",
}


def has_face(row: Appointment) -> bool:
    """Say whether an appointment is drawn: a held time, or one that was never taken, is not."""
    return row.status in STATUSES


def draw_appointment(row: Appointment) -> Document:
    """Draw a booked time."""
    return without_empty(
        {
            "resourceType": "Appointment",
            "id": str(row.pk),
            "identifier": [identifier("urn:bedside:appointment", row.calendar_id or row.pk)],
            "status": STATUSES[row.status],
            "serviceType": [{"coding": [VIRTUAL], "text": VISIT_WORDS[row.mode]}],
            "specialty": [specialty(code) for code in row.practitioner.specialties],
            "reasonCode": [{"text": row.reason}] if row.reason.strip() else [],
            "start": instant(row.starts_at),
            "end": instant(row.ends_at),
            "minutesDuration": row.minutes,
            "created": instant(row.created_at),
            "participant": [
                {"actor": reference("Patient", row.patient_id), "required": "required", "status": "accepted"},
                {
                    "actor": reference("Practitioner", row.practitioner_id, row.practitioner.display_name),
                    "required": "required",
                    "status": "accepted",
                },
            ],
        }
    )


def draw_schedule(row: Practitioner) -> Document:
    """Draw a clinician's diary."""
    return without_empty(
        {
            "resourceType": "Schedule",
            "id": str(row.pk),
            "active": row.is_accepting,
            "serviceType": [{"coding": [VIRTUAL], "text": "Visit at a distance"}],
            "specialty": [specialty(code) for code in row.specialties],
            "actor": [
                reference("Practitioner", row.pk, row.display_name),
                reference("PractitionerRole", row.pk),
            ],
        }
    )
