"""Documents follow the profiles of US Core they say they follow, and what is taken away or changed is noticed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from bedside.fhir.definitions import registry
from bedside.fhir.documents import read_document
from bedside.fhir.tests.examples import us_core_examples
from bedside.fhir.validation import validate_profile

from .documents import observation, patient

CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
RACE = f"{CORE}us-core-race"
LOINC = "http://loinc.org"
RACES = "urn:oid:2.16.840.1.113883.6.238"
UCUM = "http://unitsofmeasure.org"


def errors(document: Any, profile: str) -> list[tuple[str, str]]:
    faults = validate_profile(document, CORE + profile)
    return [(fault.path, fault.words) for fault in faults if fault.severity == "error"]


def person(**more: Any) -> dict[str, Any]:
    return patient(identifier=[{"system": "http://example.org/mrn", "value": "1"}], gender="female") | more


def millimetres(value: int) -> dict[str, Any]:
    return {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"}


def pressure(**more: Any) -> dict[str, Any]:
    category = {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
    document = observation(
        category=[{"coding": [category]}],
        code={"coding": [{"system": LOINC, "code": "85354-9"}]},
        component=[
            {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueQuantity": millimetres(value)}
            for code, value in (("8480-6", 120), ("8462-4", 80))
        ],
    )
    return {name: value for name, value in document.items() if name != "valueQuantity"} | more


def examples() -> list[tuple[str, str, dict[str, Any]]]:
    found = []
    for name, text in us_core_examples().items():
        document = read_document(text)
        urls = document.get("meta", {}).get("profile", [])
        found += [(name, url, document) for url in urls if url in registry().us_core]
    return found


def test_every_example_follows_the_profiles_it_names():
    found = {
        f"{name} {fault.path}": fault.words
        for name, url, document in examples()
        for fault in validate_profile(document, url)
        if fault.severity == "error"
    }
    assert found == {}
    assert len(examples()) == 174


def plain(key: str) -> str:
    return key.removeprefix("_")


def test_what_a_profile_requires_is_missed_when_it_is_taken_away():
    tried = 0
    for _, url, document in examples():
        for element in registry().us_core[url].elements:
            name = element.path.partition(".")[2]
            choice = name.removesuffix("[x]")
            members = [
                key for key in document if plain(key) == name or (name != choice and plain(key).startswith(choice))
            ]
            if element.min and members and "." not in name and ":" not in element.id:
                less = {key: value for key, value in document.items() if key not in members}
                assert f"{document['resourceType']}.{choice}" in [path for path, _ in errors(less, url[len(CORE) :])]
                tried += 1
    assert tried > 400


def test_a_person_and_a_blood_pressure_are_right():
    assert errors(person(), "us-core-patient") == []
    assert errors(pressure(), "us-core-blood-pressure") == []


def with_race(*parts: dict[str, Any]) -> dict[str, Any]:
    return person(extension=[{"url": RACE, "extension": list(parts)}])


BROKEN = {
    "a patient without an identifier": (
        "us-core-patient", patient(gender="female"), "Patient.identifier", "is required by US Core Patient Profile"
    ),
    "a patient without a gender": (
        "us-core-patient", person() | {"gender": None}, "Patient.gender", "is null"
    ),
    "an identifier without a system": (
        "us-core-patient", person(identifier=[{"value": "1"}]), "Patient.identifier[0].system", "is required by"
    ),
    "a name of no one": ("us-core-patient", person(name=[{"use": "official"}]), "Patient.name[0]", "us-core-6"),
    "a race without words": (
        "us-core-patient",
        with_race({"url": "ombCategory", "valueCoding": {"system": RACES, "code": "2028-9"}}),
        "Patient.extension[0].extension", "is required with its part “text”",
    ),
    "two races in words": (
        "us-core-patient", with_race({"url": "text", "valueString": "a"}, {"url": "text", "valueString": "b"}),
        "Patient.extension[0].extension", "may stand at most 1 times with its part “text”",
    ),
    "a document of another type": ("us-core-patient", observation(), "Observation", "is for Patient"),
    "a document that is not even R4": ("us-core-patient", person(gender="f"), "Patient.gender", "not one of male"),
    "a pressure of one part": (
        "us-core-blood-pressure", pressure(component=pressure()["component"][:1]), "Observation.component", "2 times"
    ),
    "a pressure without its lower part": (
        "us-core-blood-pressure", pressure(component=[pressure()["component"][0]] * 2),
        "Observation.component", "is required with its part “diastolic”",
    ),
    "a pressure in another unit": (
        "us-core-blood-pressure",
        pressure(component=[
            pressure()["component"][0],
            pressure()["component"][1] | {"valueQuantity": millimetres(80) | {"code": "kPa"}},
        ]),
        "Observation.component[1].value.ofType(Quantity).code", "allows “mm[Hg]” here only",
    ),
    "a pressure of no category": (
        "us-core-blood-pressure", pressure(category=[{"text": "vital"}]), "Observation.category", "its part “VSCat”"
    ),
    "a pressure of another code": (
        "us-core-blood-pressure", pressure(code={"coding": [{"system": LOINC, "code": "8302-2"}]}),
        "Observation.code", "has not what US Core Blood Pressure Profile asks for",
    ),
    "a pressure of a group": (
        "us-core-blood-pressure", pressure(subject={"reference": "Group/1"}),
        "Observation.subject.reference", "leads to “Group”",
    ),
    "a pressure on no day": (
        "us-core-blood-pressure", pressure(effectiveDateTime="2024-02"),
        "Observation.effective.ofType(dateTime)", "vs-1",
    ),
    "a type a profile does not allow": (
        "us-core-blood-pressure", {k: v for k, v in pressure().items() if k != "effectiveDateTime"}
        | {"effectiveInstant": "2024-01-01T00:00:00Z"},
        "Observation.effective.ofType(instant)", "is of type instant",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("profile", "document", "path", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_it_is_found(profile, document, path, words):
    found = errors(document, profile)
    assert [words for at, said in found if at == path and words in said], found


def test_what_is_absent_but_must_be_supported_is_information():
    told = {f.path: f for f in validate_profile(person(), CORE + "us-core-patient") if f.severity == "information"}
    assert "asks a system to be able to hold it" in told["Patient.birthDate"].words
    assert "Patient.name" not in told


def test_a_profile_that_is_not_known_is_said_to_be_so():
    (fault,) = validate_profile(person(), "http://example.org/profile|1.0")
    assert (fault.code, fault.severity) == ("not-supported", "error")


def test_asking_changes_nothing_in_the_document():
    document = pressure()
    before = copy.deepcopy(document)
    validate_profile(document, CORE + "us-core-blood-pressure|6.1.0")
    assert document == before
