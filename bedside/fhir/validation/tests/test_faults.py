"""Each thing that can be wrong is found, at its place, in words one can mend it by; and what is right passes."""

from __future__ import annotations

import pytest

from bedside.fhir.validation import validate

from .documents import (
    MANAGED,
    ORG,
    PERSON,
    REQUEST,
    URN,
    allergy,
    bundle,
    condition,
    containing,
    div,
    extended,
    observation,
    patient,
    without,
)
from .faults_of_meaning import OF_MEANING
from .faults_of_narrative import OF_NARRATIVE
from .faults_of_shape import OF_SHAPE

FAULTS = OF_SHAPE | OF_NARRATIVE | OF_MEANING


@pytest.mark.parametrize(("document", "path", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_it_is_found(document, path, words):
    faults = [fault for fault in validate(document) if fault.path == path]
    assert [fault for fault in faults if words in fault.words], validate(document)
    assert all(fault.severity == "error" for fault in faults)


def test_at_least_eighty_kinds_of_fault_are_named():
    assert len(FAULTS) >= 80


ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}

RIGHT = {
    "a patient": patient(),
    "an observation": observation(),
    "an allergy": allergy(),
    "a problem": condition(),
    "a leap day": patient(birthDate="2000-02-29"),
    "a leap second": observation(issued="2016-12-31T23:59:60Z"),
    "a year": patient(birthDate="1970"),
    "a zone of 14 hours": observation(effectiveDateTime="2024-01-01T00:00:00+14:00"),
    "a required element with only a reason why it is absent": without(observation(_status=ABSENT), "status"),
    "nulls that align": patient(name=[{"given": ["A", None], "_given": [None, ABSENT]}]),
    "an id beside a value": patient(birthDate="1970", _birthDate={"id": "a"}),
    "a choice with only an extension": without(observation(_valueString=ABSENT), "valueQuantity"),
    "a reference to something contained": containing(ORG, **MANAGED),
    "something contained that refers to its owner": containing(
        {"resourceType": "Provenance", "id": "p", "recorded": "2024-01-01T00:00:00Z", "target": [{"reference": "#"}],
         "agent": [{"who": {"reference": "Patient/1"}}]}
    ),
    "a reference by urn": observation(subject={"reference": URN}),
    "a reference by condition": observation(subject={"reference": "Patient?identifier=a|b"}),
    "a reference to a version": observation(subject={"reference": "Patient/1/_history/3"}),
    "a reference elsewhere of no known shape": observation(subject={"reference": "http://x.org/who?id=1"}),
    "a reference by name only": observation(subject={"display": "Ada"}),
    "an extension of extensions": extended(extension=[{"url": "part", "valueDecimal": 1}]),
    "a search that found nothing": {"resourceType": "Bundle", "type": "searchset", "total": 0},
    "a transaction": bundle("transaction", {"fullUrl": URN, "resource": PERSON, "request": REQUEST}),
    "a picture of its own": div('<img src="data:image/png;base64,AAAA" alt="a"/>'),
    "a table": div('<table border="1"><tr><td colspan="2" style="color: red">a</td></tr></table>'),
    "a large number": observation(valueQuantity={"value": 10**17}),
}  # fmt: skip


@pytest.mark.parametrize("document", RIGHT.values(), ids=RIGHT.keys())
def test_it_is_right(document):
    assert validate(document) == []


def test_a_document_of_another_type_than_its_address_is_refused():
    (fault,) = validate(patient(), kind="Observation")
    assert fault.path == "Patient.resourceType"
    assert "“Patient” was sent where a Observation belongs" in fault.words


def test_faults_come_in_the_order_of_the_document():
    document = {"resourceType": "Patient", "active": 1, "gender": "f", "birthDate": "x", "foo": 1}
    assert [fault.path for fault in validate(document)] == [
        "Patient.active", "Patient.gender", "Patient.birthDate", "Patient.foo"
    ]  # fmt: skip


def test_a_picture_from_elsewhere_is_only_doubtful():
    (fault,) = validate(div('<p><img src="https://example.org/a.png" alt=""/></p>'))
    assert fault.severity == "warning"
    assert "from elsewhere" in fault.words


def test_a_long_wrong_value_is_cut_short_in_the_message():
    (fault,) = validate(patient(gender="x" * 10_000))
    assert len(fault.words) < 200


def test_a_document_nested_too_deeply_is_refused():
    deep = {"url": "http://example.org", "valueString": "x"}
    for _ in range(2000):
        deep = {"url": "http://example.org", "extension": [deep]}
    (fault,) = validate(patient(extension=[deep]))
    assert fault.words == "The document is nested too deeply."
