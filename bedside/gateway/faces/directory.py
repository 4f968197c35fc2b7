"""The directory: who practises, where, and what is offered there."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import NAMESPACE_URL, UUID, uuid5

from bedside.directory.models import BoardCertificate, License, Location, Organization, Practitioner
from bedside.directory.terms import SPECIALTIES as SPECIALTY_NAMES
from bedside.fhir.documents import Document
from bedside.scheduling.models import AvailabilityRule

from .people import PERSON_IDENTIFIER, human_name, spoken
from .shapes import SPECIALTIES, coded, identifier, phone, reference, without_empty

#: Days of the week. Source: FHIR R4, value set days-of-week.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

#: What a place is. Source: FHIR R4, code system organization-type; the plain word where it has no finer code.
_PROVIDER = "http://terminology.hl7.org/CodeSystem/organization-type"


def specialty(code: str) -> Document:
    """Return a specialty as a coded concept."""
    return coded(SPECIALTIES, code, SPECIALTY_NAMES.get(code, ""))


def draw_practitioner(row: Practitioner) -> Document:
    """Draw a clinician with their licences and certificates (both fetched with the row)."""
    return without_empty(
        {
            "resourceType": "Practitioner",
            "id": str(row.pk),
            "identifier": [
                identifier(PERSON_IDENTIFIER, row.pk),
                *({**identifier(license_system(one), one.number), "use": "official"} for one in row.licenses.all()),
            ],
            "active": True,
            "name": [human_name(row.person, row.title)],
            "gender": row.person.sex or None,
            "qualification": [
                *(_license(one) for one in row.licenses.all()),
                *(_certificate(one) for one in row.board_certificates.all()),
            ],
            "communication": [spoken(code) for code in row.languages],
        }
    )


def license_system(one: License) -> str:
    """Return the namespace of a licence's number: the place that gave it."""
    return "urn:bedside:license:" + "-".join(part for part in (one.country, one.region) if part)


def _license(one: License) -> Document:
    return {
        "identifier": [identifier(license_system(one), one.number)],
        "code": {"text": f"Licence to practise: {one.place}"},
        "period": {"end": one.expires_on.isoformat()},
    }


def _certificate(one: BoardCertificate) -> Document:
    return without_empty(
        {
            "code": {**specialty(one.specialty), "text": one.board},
            "period": {"end": one.expires_on.isoformat()} if one.expires_on else None,
        }
    )


def draw_role(row: Practitioner, hours: Iterable[AvailabilityRule]) -> Document:
    """Draw where and when a clinician works. `hours` are wall times in the clinician's own zone."""
    return without_empty(
        {
            "resourceType": "PractitionerRole",
            "id": str(row.pk),
            "active": row.is_accepting,
            "practitioner": reference("Practitioner", row.pk, row.display_name),
            "organization": reference("Organization", row.organization_id, row.organization.name),
            "code": [coded("http://terminology.hl7.org/CodeSystem/practitioner-role", "doctor", "Doctor")],
            "specialty": [specialty(code) for code in row.specialties],
            "location": [reference("Location", one.pk, one.name) for one in row.organization.locations.all()],
            "healthcareService": [reference("HealthcareService", service_id(row.organization_id))],
            "telecom": phone(row.organization.phone, "work"),
            "availableTime": [
                {
                    "daysOfWeek": [DAYS[one.weekday]],
                    "availableStartTime": one.starts.isoformat("seconds"),
                    "availableEndTime": one.ends.isoformat("seconds"),
                }
                for one in hours
            ],
        }
    )


def service_id(organization_id: UUID) -> UUID:
    """Return the id of the care an organisation offers at a distance."""
    return uuid5(NAMESPACE_URL, f"urn:bedside:telehealth:{organization_id}")


def draw_service(row: Organization) -> Document:
    """Draw the care an organisation offers at a distance, with the specialties its clinicians have."""
    offered = sorted({code for one in row.practitioners.all() for code in one.specialties})
    return without_empty(
        {
            "resourceType": "HealthcareService",
            "id": str(service_id(row.pk)),
            "active": True,
            "providedBy": reference("Organization", row.pk, row.name),
            "name": f"Telehealth at {row.name}",
            "specialty": [specialty(code) for code in offered],
            "location": [reference("Location", one.pk, one.name) for one in row.locations.all()],
            "telecom": phone(row.phone, "work"),
            "appointmentRequired": True,
        }
    )


def draw_organization(row: Organization) -> Document:
    """Draw an organisation."""
    return without_empty(
        {
            "resourceType": "Organization",
            "id": str(row.pk),
            "identifier": [identifier("urn:bedside:organization", row.pk)],
            "active": True,
            "type": [coded(_PROVIDER, "prov", "Healthcare Provider", text=row.kind)],
            "name": row.name,
            "telecom": [
                *phone(row.phone, "work"),
                *([{"system": "email", "value": row.email, "use": "work"}] if row.email else []),
            ],
            "address": [address for one in row.locations.all() if (address := _address(one))],
        }
    )


def draw_location(row: Location) -> Document:
    """Draw a building or a floor."""
    return without_empty(
        {
            "resourceType": "Location",
            "id": str(row.pk),
            "status": "active",
            "name": row.name,
            "mode": "instance",
            "telecom": phone(row.phone, "work"),
            "address": _address(row),
            "managingOrganization": reference("Organization", row.organization_id, row.organization.name),
        }
    )


def _address(row: Location) -> Document:
    return without_empty(
        {
            "line": [row.street] if row.street else [],
            "city": row.city,
            "state": row.region,
            "postalCode": row.postal_code,
            "country": row.country if row.street or row.city else "",
        }
    )
