"""Patients as the house knows them."""

from __future__ import annotations

from bedside.accounts.models import Person
from bedside.fhir.documents import Document

from .shapes import LANGUAGE_TAGS, identifier, phone, without_empty

PERSON_IDENTIFIER = "urn:bedside:person"


def human_name(person: Person, prefix: str = "") -> Document:
    """Return a person's name."""
    return without_empty(
        {
            "use": "official",
            "text": f"{prefix} {person.full_name}".strip(),
            "family": person.family_name,
            "given": [person.given_name] if person.given_name else [],
            "prefix": [prefix] if prefix else [],
        }
    )


def spoken(code: str) -> Document:
    """Return a language someone speaks."""
    return {"coding": [{"system": LANGUAGE_TAGS, "code": code}]}


def draw_patient(person: Person) -> Document:
    """Draw a person as Patient."""
    return without_empty(
        {
            "resourceType": "Patient",
            "id": str(person.pk),
            "identifier": [identifier(PERSON_IDENTIFIER, person.pk)],
            "active": True,
            "name": [human_name(person)],
            "telecom": phone(person.phone, "home"),
            "gender": person.sex or "unknown",
            "birthDate": person.birth_on.isoformat() if person.birth_on else None,
            "communication": [{"language": spoken(person.language), "preferred": True}],
        }
    )
