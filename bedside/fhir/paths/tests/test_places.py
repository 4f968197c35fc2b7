"""A patch's path leads to places in the document: a value, who holds it, under which name, at which index."""

from __future__ import annotations

from typing import Any

import pytest

from bedside.fhir.paths import UnsupportedPath, compile_places

PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "active": True,
    "_birthDate": {"extension": [{"url": "u", "valueCode": "unknown"}]},
    "deceasedDateTime": "2020-01-01",
    "name": [{"use": "official", "given": ["Ada", "Augusta"]}, {"use": "usual"}],
    "extension": [{"url": "http://a.example", "valueString": "a"}, {"url": "http://b.example", "valueString": "b"}],
}


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("Patient", [("", None)]),
        ("Patient.active", [("active", None)]),
        ("active", [("active", None)]),
        ("Patient.birthDate", [("birthDate", None)]),
        ("Patient.gender", []),
        ("Patient.deceased", [("deceasedDateTime", None)]),
        ("Patient.deceased.ofType(dateTime)", [("deceasedDateTime", None)]),
        ("Patient.deceased as boolean", []),
        ("Patient.name", [("name", 0), ("name", 1)]),
        ("Patient.name[1]", [("name", 1)]),
        ("Patient.name.first().given.last()", [("given", 1)]),
        ("Patient.name.where(use = 'usual')", [("name", 1)]),
        ("Patient.name.where(use = 'official').given[0]", [("given", 0)]),
        ("Patient.extension('http://b.example')", [("extension", 1)]),
        ("Patient.extension.where(url = 'http://a.example').value", [("valueString", None)]),
    ],
)
def test_where_a_path_leads(path: str, places: list[tuple[str, int | None]]) -> None:
    found = compile_places(path, kind="Patient")(PATIENT)
    assert [(place.name, place.index) for place in found] == places


def test_a_place_knows_its_owner_and_its_type() -> None:
    (place,) = compile_places("Patient.name[0].given[1]", kind="Patient")(PATIENT)
    assert place.owner is PATIENT["name"][0]
    assert (place.value, place.kind) == ("Augusta", "string")


@pytest.mark.parametrize(
    "path",
    [
        "Patient.name.count()",
        "Patient.name | Patient.contact",
        "'Ada'",
        "Observation.code",
        "Patient.nothing",
        "Patient.name.where(family.matches('(a+)+$'))",
        "Patient.name[id]",
    ],
)
def test_a_path_that_says_no_place_is_refused(path: str) -> None:
    with pytest.raises(UnsupportedPath):
        compile_places(path, kind="Patient")
