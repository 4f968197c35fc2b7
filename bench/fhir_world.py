"""A million made-up resources of ten thousand patients: the same ones every time, and what each is found by.

For each patient: 1 Patient, 10 Encounter, 10 Condition, 8 MedicationRequest and 71 Observation, a hundred in all, about
770 letters each, written by 200 doctors.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bedside.fhir.documents import write_document
from bedside.fhir.indexing import (
    DateEntry,
    Entries,
    NumberEntry,
    StringEntry,
    param_key,
    param_number,
    reference_key,
    token_key,
)

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
BEGINS = datetime(2016, 1, 1, tzinfo=UTC)
DOCTORS = 200
#: Nine observations of ten carry one of 25 common codes (3.6 % each), the others one of 500 rare ones (0.02 % each).
COMMON, RARE, COMMON_SHARE = 25, 500, 0.9
FAMILIES = [a + b for a in ("Smith", "Garcia", "Nguyen", "Okafor", "Larsen") for b in ("", "-Lee", "son", "-Diaz")]


@dataclass(slots=True)
class Found(Entries):
    """What a resource is found by, and the same as one row for each value.

    Shape: `values` are (key of "system|code", key of "code"), `links` (key of the parameter, key of the target).
    """

    values: list[tuple[int, int]] = field(default_factory=list)
    links: list[tuple[int, int]] = field(default_factory=list)


Made = tuple[str, str, str, datetime, Found]


def id_of(kind: str, number: int) -> str:
    """Return the id of the n-th resource of a type."""
    return str(UUID(int=random.Random(f"{kind}/{number}").getrandbits(128), version=4))


def observation_code(number: int) -> str:
    """Return a LOINC-like code: common ones below COMMON, rare ones above."""
    return f"{10000 + number}-{number % 10}"


def common_code() -> str:
    """Return a code that about 25,600 of 710,000 observations have."""
    return observation_code(3)


def rare_code(number: int = 0) -> str:
    """Return a code that about 140 of 710,000 observations have."""
    return observation_code(COMMON + number)


def patients(count: int, first: int = 0) -> Iterator[Made]:
    """Yield every resource of so many patients: type, id, text, when it was stored and what it is found by."""
    for number in range(first, first + count):
        yield from _chart(number)


def _chart(number: int) -> Iterator[Made]:
    dice = random.Random(number)
    person = id_of("Patient", number)
    yield _patient(dice, number, person)
    for one in range(99):
        at = BEGINS + timedelta(seconds=dice.randrange(10 * 365 * 86_400))
        name = str(UUID(int=dice.getrandbits(128), version=4))
        doctor = id_of("Practitioner", dice.randrange(DOCTORS))
        encounter = id_of("Encounter", number * 10 + one % 10)
        if one < 10:
            yield _encounter(encounter, person, doctor, at)
        else:
            make = _condition if one < 20 else _prescription if one < 28 else _observation
            yield make(dice, name, person, doctor, encounter, at)


def doctors() -> Iterator[Made]:
    """Yield the doctors everyone is seen by."""
    for number in range(DOCTORS):
        entries = Found()
        family = FAMILIES[number % len(FAMILIES)]
        body = {"name": [{"family": family, "given": ["Doctor"]}], "active": True}
        _tokens(entries, "Practitioner", "active", "", "true")
        _strings(entries, "Practitioner", {"name": family, "family": family})
        yield _made("Practitioner", id_of("Practitioner", number), body, BEGINS, entries)


def _made(kind: str, name: str, body: dict[str, Any], at: datetime, entries: Found) -> Made:
    document = {"resourceType": kind, "id": name, "meta": {"versionId": "1", "lastUpdated": _text(at)}, **body}
    _tokens(entries, kind, "_id", "", name)
    return kind, name, write_document(document), at, entries


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _tokens(entries: Found, kind: str, param: str, system: str, code: str) -> None:
    words = (f"{system}|{code}", code, f"{system}|", "") if system else (f"|{code}", code, "")
    keys = [token_key(kind, param, word) for word in words]
    entries.tokens += keys
    entries.values.append((keys[0], keys[1]))


def _refer(entries: Found, kind: str, params: tuple[str, ...], target: str, name: str) -> None:
    key = reference_key(target, name)
    for param in params:
        entries.tokens += [key ^ param_key(kind, param), token_key(kind, param, "")]
        entries.links.append((param_key(kind, param), key))


def _strings(entries: Found, kind: str, words: dict[str, str]) -> None:
    entries.strings += [StringEntry(param_number(kind, param), word.lower(), word) for param, word in words.items()]


def _of(person: str, at: datetime) -> Found:
    return Found(patient_ids=[UUID(person)], at_from=at, at_to=at + timedelta(seconds=1))


def _patient(dice: random.Random, number: int, person: str) -> Made:
    family, given, born = FAMILIES[dice.randrange(len(FAMILIES))], f"Given{number % 997}", dice.randrange(30_000)
    birth = datetime(1930, 1, 1, tzinfo=UTC) + timedelta(days=born)
    entries = Found(patient_ids=[UUID(person)])
    for param, system, code in (
        ("identifier", "urn:mrn", f"M{number:07d}"),
        ("gender", "http://hl7.org/fhir/administrative-gender", "female" if number % 2 else "male"),
        ("active", "", "true"),
    ):
        _tokens(entries, "Patient", param, system, code)
    _strings(entries, "Patient", {"name": family, "family": family, "given": given, "address": "1 Main Street"})
    entries.dates.append(DateEntry(param_number("Patient", "birthdate"), birth, birth + timedelta(days=1)))
    body = {
        "identifier": [{"system": "urn:mrn", "value": f"M{number:07d}"}],
        "active": True,
        "name": [{"use": "official", "family": family, "given": [given]}],
        "gender": "female" if number % 2 else "male",
        "birthDate": birth.date().isoformat(),
        "address": [{"line": ["1 Main Street"], "city": "Austin", "state": "TX", "postalCode": "78701"}],
    }
    return _made("Patient", person, body, BEGINS, entries)


def _encounter(name: str, person: str, doctor: str, at: datetime) -> Made:
    entries = _of(person, at)
    act = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    _tokens(entries, "Encounter", "status", "http://hl7.org/fhir/encounter-status", "finished")
    _tokens(entries, "Encounter", "class", act, "VR")
    _refer(entries, "Encounter", ("subject", "patient"), "Patient", person)
    _refer(entries, "Encounter", ("participant", "practitioner"), "Practitioner", doctor)
    body = {
        "status": "finished",
        "class": {"system": act, "code": "VR", "display": "virtual"},
        "subject": {"reference": f"Patient/{person}"},
        "participant": [{"individual": {"reference": f"Practitioner/{doctor}"}}],
        "period": {"start": _text(at), "end": _text(at + timedelta(minutes=20))},
        "reasonCode": [{"text": "A reason in the patient's own words, as long as such a reason mostly is."}],
    }
    return _made("Encounter", name, body, at, entries)


def _clinical(kind: str, person: str, doctor: str, encounter: str, at: datetime, doer: str) -> Found:
    entries = _of(person, at)
    _refer(entries, kind, ("subject", "patient"), "Patient", person)
    _refer(entries, kind, ("encounter",), "Encounter", encounter)
    _refer(entries, kind, (doer,), "Practitioner", doctor)
    return entries


def _condition(dice: random.Random, name: str, person: str, doctor: str, encounter: str, at: datetime) -> Made:
    entries = _clinical("Condition", person, doctor, encounter, at, "asserter")
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    code, status = str(40_000_000 + dice.randrange(300)), dice.choice(["active", "resolved"])
    _tokens(entries, "Condition", "code", SNOMED, code)
    _tokens(entries, "Condition", "clinical-status", system, status)
    onset = at - timedelta(days=3)
    entries.dates.append(DateEntry(param_number("Condition", "onset-date"), onset, onset + timedelta(seconds=1)))
    body = {
        "clinicalStatus": {"coding": [{"system": system, "code": status}]},
        "code": {"coding": [{"system": SNOMED, "code": code, "display": f"Condition number {code}"}], "text": code},
        "subject": {"reference": f"Patient/{person}"},
        "encounter": {"reference": f"Encounter/{encounter}"},
        "onsetDateTime": _text(onset),
        "recordedDate": _text(at),
        "asserter": {"reference": f"Practitioner/{doctor}"},
        "note": [{"text": "Noted at the visit. " * 8}],
    }
    return _made("Condition", name, body, at, entries)


def _prescription(dice: random.Random, name: str, person: str, doctor: str, encounter: str, at: datetime) -> Made:
    entries = _clinical("MedicationRequest", person, doctor, encounter, at, "requester")
    code, status = str(300_000 + dice.randrange(500)), dice.choice(["active", "stopped", "completed"])
    where = "http://hl7.org/fhir/CodeSystem/medicationrequest-"
    _tokens(entries, "MedicationRequest", "code", RXNORM, code)
    _tokens(entries, "MedicationRequest", "status", where + "status", status)
    _tokens(entries, "MedicationRequest", "intent", where + "intent", "order")
    body = {
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code, "display": f"Medicine {code}"}]},
        "subject": {"reference": f"Patient/{person}"},
        "encounter": {"reference": f"Encounter/{encounter}"},
        "authoredOn": _text(at),
        "requester": {"reference": f"Practitioner/{doctor}"},
        "dosageInstruction": [{"text": "One tablet by mouth in the morning and one in the evening, with food."}],
    }
    return _made("MedicationRequest", name, body, at, entries)


def _observation(dice: random.Random, name: str, person: str, doctor: str, encounter: str, at: datetime) -> Made:
    entries = _clinical("Observation", person, doctor, encounter, at, "performer")
    number = dice.randrange(COMMON) if dice.random() < COMMON_SHARE else COMMON + dice.randrange(RARE)
    code, value = observation_code(number), round(dice.uniform(1, 200), 1)
    group = dice.choice(["vital-signs", "laboratory", "survey"])
    _tokens(entries, "Observation", "code", LOINC, code)
    _tokens(entries, "Observation", "combo-code", LOINC, code)
    _tokens(entries, "Observation", "category", CATEGORY, group)
    _tokens(entries, "Observation", "status", "http://hl7.org/fhir/observation-status", "final")
    unit, coded = token_key("Observation", "value-quantity", "kg"), token_key("Observation", "code", f"{LOINC}|{code}")
    for param, key in (("value-quantity", None), ("combo-value-quantity", None), ("code-value-quantity", coded)):
        entries.numbers.append(NumberEntry(param_number("Observation", param), value - 0.05, value + 0.05, unit, key))
    body = {
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": group}]}],
        "code": {"coding": [{"system": LOINC, "code": code, "display": f"Measure {code}"}], "text": f"Measure {code}"},
        "subject": {"reference": f"Patient/{person}"},
        "encounter": {"reference": f"Encounter/{encounter}"},
        "effectiveDateTime": _text(at),
        "issued": _text(at),
        "performer": [{"reference": f"Practitioner/{doctor}"}],
        "valueQuantity": {"value": value, "unit": "kg", "system": UCUM, "code": "kg"},
    }
    return _made("Observation", name, body, at, entries)
