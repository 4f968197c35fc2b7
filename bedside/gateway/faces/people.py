"""Patients as the house knows them: drawn anew, or over what another program told of them."""

from __future__ import annotations

from bedside.accounts.models import Person
from bedside.accounts.patient_facts import facts_of_patient, facts_of_person, is_phone, name_at, phone_at
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


def draw_over(stored: Document, person: Person) -> Document:
    """Draw a person over the Patient that stands: only what the house now knows otherwise is put in its place.

    Why: what came from elsewhere says more than a person here has, and says it in its own words. Of that nothing is
    lost, and nothing is put differently, until somebody changes it here. Over a Patient that the house drew itself
    this gives what `draw_patient` gives; a test says so.
    """
    was, now, fresh = facts_of_patient(stored), facts_of_person(person), draw_patient(person)
    drawn = dict(stored)
    if (was.given_name, was.family_name) != (now.given_name, now.family_name):
        drawn["name"] = _replaced(stored.get("name", []), name_at(stored), fresh["name"])
    if was.phone != now.phone:
        contacts = stored.get("telecom", [])
        if now.phone:
            drawn["telecom"] = _replaced(contacts, phone_at(stored), fresh["telecom"])
        else:
            drawn["telecom"] = [one for one in contacts if not is_phone(one)]
    if was.sex != now.sex:
        drawn["gender"] = fresh["gender"]
        drawn.pop("_gender", None)
    if was.birth_on != now.birth_on:
        drawn["birthDate"] = fresh.get("birthDate")
        drawn.pop("_birthDate", None)
    if was.language != now.language:
        drawn["communication"] = fresh["communication"]
    return without_empty(drawn)


def _replaced(stored: list[Document], place: int | None, fresh: list[Document]) -> list[Document]:
    """Return a list with one of its members, or none, put anew."""
    if place is None:
        return [*stored, *fresh]
    return [*stored[:place], *fresh, *stored[place + 1 :]]
