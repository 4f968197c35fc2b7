"""What the house wants to know of a person, read from a FHIR Patient. Pure.

Why: a Patient from elsewhere says more than we keep of a person (several names, an address, identifiers), and says
some of it in ways we do not. Reading is forgiving: what cannot be read is left out, and the Patient stays as it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from .models import Person
from .rules import cleared_name
from .terms import LANGUAGES, PHONE_MOST, SEXES

Document = Mapping[str, Any]

#: Which of several names a person is called by, best first; one without a use comes after these.
#: Source: FHIR R4 4.0.1, value set name-use.
_NAMES = ("official", "usual")
#: Names that are not to be used any more. Source: the same.
_PAST_NAMES = frozenset({"old", "maiden", "temp", "anonymous", "nickname"})


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What a person and a Patient both say. "" and None where nothing is said."""

    given_name: str = ""
    family_name: str = ""
    birth_on: date | None = None
    sex: str = ""
    language: str = "en"
    phone: str = ""


def facts_of_person(person: Person) -> PatientFacts:
    """Return what the house knows of a person."""
    return PatientFacts(
        person.given_name, person.family_name, person.birth_on, person.sex, person.language, person.phone
    )


def facts_of_patient(patient: Document) -> PatientFacts:
    """Return what a Patient says, as the house would keep it."""
    given, family = _name(patient)
    gender = _text(patient.get("gender"))
    return PatientFacts(
        given_name=given,
        family_name=family,
        birth_on=_day(patient.get("birthDate")),
        sex=gender if gender in dict(SEXES) else "",
        language=_language(patient),
        phone=_phone(patient),
    )


def name_at(patient: Document) -> int | None:
    """Return which of a Patient's names is used, by its place; None when there is none."""
    names = _objects(patient.get("name"))
    ranked = sorted((_rank(_text(one.get("use"))), place) for place, one in enumerate(names) if one)
    return ranked[0][1] if ranked else None


def _rank(use: str) -> int:
    if use in _NAMES:
        return _NAMES.index(use)
    return len(_NAMES) + (use in _PAST_NAMES)


def is_phone(contact: Document) -> bool:
    """Say whether a contact point is a telephone number in use."""
    return contact.get("system") == "phone" and contact.get("use") != "old" and bool(_text(contact.get("value")))


def phone_at(patient: Document) -> int | None:
    """Return which contact point of a Patient is the telephone number, by its place; None when there is none."""
    found = (place for place, one in enumerate(_objects(patient.get("telecom"))) if is_phone(one))
    return next(found, None)


def _name(patient: Document) -> tuple[str, str]:
    place = name_at(patient)
    if place is None:
        return "", ""
    one = _objects(patient["name"])[place]
    given = " ".join(part for part in _list(one.get("given")) if isinstance(part, str))
    family = _text(one.get("family"))
    if not given and not family:
        return cleared_name(_text(one.get("text"))), ""
    return cleared_name(given), cleared_name(family)


def _phone(patient: Document) -> str:
    place = phone_at(patient)
    if place is None:
        return ""
    number = " ".join(_text(_objects(patient["telecom"])[place].get("value")).split())
    return number if len(number) <= PHONE_MOST and number.isprintable() else ""


def _language(patient: Document) -> str:
    """Return the language of ours that a Patient speaks best: the preferred one before the others, else English."""
    spoken = sorted(_objects(patient.get("communication")), key=lambda one: one.get("preferred") is not True)
    for one in spoken:
        language = one.get("language")
        for coding in _objects(language.get("coding")) if isinstance(language, Mapping) else []:
            code = _text(coding.get("code")).partition("-")[0].lower()
            if code in dict(LANGUAGES):
                return code
    return "en"


def _day(text: object) -> date | None:
    """Return a day that is said whole; a year or a month alone is no birthday."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
    except ValueError:
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _objects(value: object) -> list[Document]:
    """Return a list's objects, each at its own place; what is no object is an empty one."""
    return [one if isinstance(one, Mapping) else {} for one in _list(value)]
