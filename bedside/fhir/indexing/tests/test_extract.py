"""What documents are found by: one case for each kind of value a search parameter of R4 can have.

Each case is a document and everything it is found by, parameter by parameter:

    "words"                                  a key among the tokens; "" says that there is a value at all
    "->Patient/1"                            a reference to that resource
    ("text", norm, raw)                      a string
    ("from", start, "to", end)               a date; under the type's chief date it stands in the row itself
    ("number", low, high)                    a number
    ("amount", low, high, unit)              a quantity in that unit (None without)
    (…, "with", words)                       the same as one part of a composite, beside its token

Source: FHIR R4 4.0.1, 3.1.1.4 (search), and `indexing/words.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import inf
from typing import Any
from uuid import UUID

import pytest

from bedside.fhir.documents import read_document
from bedside.fhir.indexing import entries_of
from bedside.fhir.indexing.entries import DateEntry, Entries, NumberEntry, StringEntry
from bedside.fhir.indexing.keys import param_key, param_number, patient_uuid, reference_key, token_key
from bedside.fhir.indexing.own import OwnAddresses
from bedside.fhir.indexing.terms import PRINCIPAL_DATE

OURS = OwnAddresses(["own.example"], "/fhir/R4/")

LOINC, UCUM, V3 = "http://loinc.org", "http://unitsofmeasure.org", "http://terminology.hl7.org/CodeSystem"


def coded(system: str, code: str) -> list[str]:
    return ["", f"{system}|{code}", code, f"{system}|"]


def bare(code: str) -> list[str]:
    return ["", code, f"|{code}"]


def to(place: str) -> list[str]:
    return ["", f"->{place}"]


def day(date: str, after: str) -> tuple[Any, ...]:
    return ("from", f"{date}T00:00:00Z", "to", f"{after}T00:00:00Z")


CASES: list[tuple[str, str, dict[str, list[Any]]]] = [
    # --- tokens
    ("Observation", '"status": "final"', {"status": bare("final")}),
    ("Observation", '"code": {"coding": [{"system": "http://loinc.org", "code": "1"}]}', {"code": coded(LOINC, "1")}),
    ("Observation", '"code": {"coding": [{"code": "1"}]}', {"code": bare("1")}),
    ("Observation", '"code": {"coding": [{"system": "http://loinc.org"}]}', {"code": ["", f"{LOINC}|"]}),
    ("Observation", '"code": {"text": "only said"}', {"code": [""]}),
    ("Observation", '"code": {"coding": [{"display": "only shown"}]}', {"code": [""]}),
    (
        "Observation",
        '"category": [{"coding": [{"system": "a", "code": "1"}]}, {"coding": [{"system": "b", "code": "2"}]}]',
        {"category": [*coded("a", "1"), *coded("b", "2")]},
    ),
    ("Observation", '"valueCodeableConcept": {"coding": [{"system": "s", "code": "c"}], "text": "Pale"}',
     {"value-concept": coded("s", "c"), "value-string": [("text", "pale", "Pale")]}),
    ("Observation", '"dataAbsentReason": {"coding": [{"code": "unknown"}]}', {"data-absent-reason": bare("unknown")}),
    ("Observation", '"identifier": [{"system": "urn:x", "value": "7"}]', {"identifier": coded("urn:x", "7")}),
    ("Observation", '"identifier": [{"value": "7"}]', {"identifier": bare("7")}),
    ("Observation", '"identifier": [{"system": "urn:x"}]', {"identifier": ["", "urn:x|"]}),
    (
        "Observation",
        '"identifier": [{"type": {"coding": [{"system": "t", "code": "MR"}]}, "value": "7"}]',
        {"identifier": bare("7"), "identifier:of-type": ["t|MR|7"]},
    ),
    ("Group", '"actual": true', {"actual": bare("true")}),
    ("Group", '"actual": false', {"actual": bare("false")}),
    ("Encounter", '"class": {"system": "s", "code": "VR"}', {"class": coded("s", "VR")}),
    ("Observation", '"meta": {"tag": [{"system": "s", "code": "t"}]}', {"_tag": coded("s", "t")}),
    ("Observation", '"meta": {"security": [{"system": "s", "code": "R"}]}', {"_security": coded("s", "R")}),
    ("Patient", '"active": true', {"active": bare("true")}),
    ("Patient", '"gender": "female"', {"gender": bare("female")}),
    ("Patient", '"telecom": [{"system": "phone", "value": "555", "use": "home"}]', {
        "telecom": ["", "phone|555", "555", "phone|", "home|555", "home|"],
        "phone": ["", "phone|555", "555", "phone|", "home|555", "home|"]}),
    ("Patient", '"telecom": [{"system": "email", "value": "a@b.example"}]',
     {"telecom": coded("email", "a@b.example"), "email": coded("email", "a@b.example")}),
    ("Patient", '"communication": [{"language": {"coding": [{"code": "es"}]}}]', {"language": bare("es")}),
    ("Patient", '"deceasedBoolean": true', {"deceased": bare("true")}),
    ("Patient", '"deceasedBoolean": false', {"deceased": bare("false")}),
    ("Patient", '"deceasedDateTime": "2020-01-02"',
     {"deceased": bare("true"), "death-date": [day("2020-01-02", "2020-01-03")]}),
    ("Questionnaire", '"version": "2.0"', {"version": bare("2.0")}),
    ("AllergyIntolerance", '"reaction": [{"severity": "mild"}, {"severity": "severe"}]',
     {"severity": [*bare("mild"), *bare("severe")]}),
    # --- references
    ("Observation", '"subject": {"reference": "Patient/1"}', {"subject": to("Patient/1"), "patient": to("Patient/1")}),
    ("Observation", '"subject": {"reference": "Patient/1/_history/4"}',
     {"subject": to("Patient/1"), "patient": to("Patient/1")}),
    ("Observation", '"subject": {"reference": "https://own.example/fhir/R4/Patient/1"}',
     {"subject": to("Patient/1"), "patient": to("Patient/1")}),
    ("Observation", '"subject": {"reference": "https://other.example/Patient/1"}',
     {"subject": ["", "https://other.example/Patient/1"], "patient": ["", "https://other.example/Patient/1"]}),
    ("Observation", '"subject": {"reference": "https://other.example/Group/1/_history/2"}',
     {"subject": ["", "https://other.example/Group/1/_history/2", "https://other.example/Group/1"]}),
    ("Observation", '"subject": {"reference": "Group/1"}', {"subject": to("Group/1")}),
    ("Observation", '"subject": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000001"}',
     {"subject": ["", "urn:uuid:00000000-0000-4000-8000-000000000001"]}),
    ("Observation", '"subject": {"reference": "#p"}, "contained": [{"resourceType": "Patient", "id": "p"}]',
     {"subject": [""], "patient": [""]}),
    ("Observation", '"performer": [{"display": "somebody"}]', {"performer": [""]}),
    ("Observation", '"performer": [{"identifier": {"system": "s", "value": "v"}}]',
     {"performer": [""], "performer:identifier": coded("s", "v")[1:]}),
    ("Observation", '"performer": [{"reference": "Practitioner/1"}, {"reference": "Organization/2"}]',
     {"performer": [*to("Practitioner/1"), *to("Organization/2")]}),
    ("PlanDefinition", '"library": ["http://x.example/lib|3"]',
     {"depends-on": ["", "http://x.example/lib|3", "http://x.example/lib"]}),
    ("PlanDefinition", '"relatedArtifact": [{"type": "successor", "resource": "Library/1"}]',
     {"successor": to("Library/1")}),
    ("Appointment",
     '"participant": [{"actor": {"reference": "Patient/1"}, "status": "accepted"},'
     ' {"actor": {"reference": "Location/2"}}]',
     {"actor": [*to("Patient/1"), *to("Location/2")], "patient": to("Patient/1"), "location": to("Location/2"),
      "part-status": bare("accepted")}),
    ("Bundle", '"entry": [{"resource": {"resourceType": "Composition", "id": "c"}}]',
     {"composition": to("Composition/c")}),
    # --- uris
    ("Observation", '"meta": {"profile": ["http://x.example/p|2"]}',
     {"_profile": ["", "http://x.example/p|2", "http://x.example/p"]}),
    ("Observation", '"meta": {"source": "urn:x"}', {"_source": ["", "urn:x"]}),
    ("ValueSet", '"url": "http://x.example/VS"',
     {"url": ["", "http://x.example/VS", ("text", "http://x.example/VS", "http://x.example/VS")]}),
    # --- strings
    ("Patient", '"name": [{"family": "Müller", "given": ["José"], "text": "J. Müller"}]', {
        "name": [("text", "j. muller", "J. Müller"), ("text", "muller", "Müller"), ("text", "jose", "José")],
        "phonetic": [("text", "j. muller", "J. Müller"), ("text", "muller", "Müller"), ("text", "jose", "José")],
        "family": [("text", "muller", "Müller")], "given": [("text", "jose", "José")]}),
    ("Location", '"address": {"line": ["1 High St"], "city": "Leeds"}', {
        "address": [("text", "1 high st", "1 High St"), ("text", "leeds", "Leeds")],
        "address-city": [("text", "leeds", "Leeds")]}),
    ("Observation", '"valueString": "  Pale   Yellow "',
     {"value-string": [("text", "pale yellow", "  Pale   Yellow ")]}),
    ("Observation", '"valueString": ""', {}),
    ("ServiceRequest", '"orderDetail": [{"text": "x"}]', {"order-detail": bare("x")}),
    # --- dates
    ("Observation", '"effectiveDateTime": "2020-01-02"', {"date": [day("2020-01-02", "2020-01-03")]}),
    ("Observation", '"effectiveDateTime": "2020-02"', {"date": [day("2020-02-01", "2020-03-01")]}),
    ("Observation", '"effectiveDateTime": "2020"', {"date": [day("2020-01-01", "2021-01-01")]}),
    ("Observation", '"effectiveDateTime": "2020-01-02T03:04:05+02:00"',
     {"date": [("from", "2020-01-02T01:04:05Z", "to", "2020-01-02T01:04:06Z")]}),
    ("Observation", '"effectiveInstant": "2020-01-02T03:04:05.678Z"',
     {"date": [("from", "2020-01-02T03:04:05.678Z", "to", "2020-01-02T03:04:05.679Z")]}),
    ("Observation", '"effectivePeriod": {"start": "2020-01-02", "end": "2020-01-05"}',
     {"date": [day("2020-01-02", "2020-01-06")]}),
    ("Observation", '"effectivePeriod": {"start": "2020-01-02"}',
     {"date": [("from", "2020-01-02T00:00:00Z", "to", None)]}),
    ("Observation", '"effectivePeriod": {"end": "2020-01-02"}',
     {"date": [("from", None, "to", "2020-01-03T00:00:00Z")]}),
    ("Observation", '"effectivePeriod": {}', {}),
    ("Observation", '"effectiveTiming": {"event": ["2020-01-02", "2020-01-05"]}',
     {"date": [day("2020-01-02", "2020-01-06")]}),
    ("Observation", '"effectiveTiming": {"repeat": {"boundsPeriod": {"start": "2020-01-02"}}}',
     {"date": [("from", "2020-01-02T00:00:00Z", "to", None)]}),
    ("Observation", '"effectiveDateTime": "2020-02-30"', {}),
    ("Observation", '"valueDateTime": "2020-01-02"', {"value-date": [day("2020-01-02", "2020-01-03")]}),
    ("Patient", '"birthDate": "1815-12-10"', {"birthdate": [day("1815-12-10", "1815-12-11")]}),
    ("Condition", '"onsetPeriod": {"start": "2020-01-02", "end": "2020-01-03"}, "recordedDate": "2020-02-01"',
     {"onset-date": [day("2020-01-02", "2020-01-04")], "recorded-date": [day("2020-02-01", "2020-02-02")]}),
    # --- numbers and quantities
    ("RiskAssessment", '"prediction": [{"probabilityDecimal": 0.30}]', {"probability": [("number", 0.3, 0.3)]}),
    ("RiskAssessment", '"prediction": [{"probabilityRange": {"low": {"value": 1}, "high": {"value": 2}}}]',
     {"probability": [("number", 1.0, 2.0)]}),
    ("RiskAssessment", '"prediction": [{"probabilityRange": {"low": {"value": 1}}}]',
     {"probability": [("number", 1.0, inf)]}),
    ("Observation", '"valueQuantity": {"value": 5.40, "system": "http://unitsofmeasure.org", "code": "mg"}',
     {"value-quantity": [("amount", 5.4, 5.4, "mg")],
      "value-quantity:canonical": [("amount", 0.0054, 0.0054, f"{UCUM}|g")]}),
    ("Observation", '"valueQuantity": {"value": 3, "unit": "drops"}',
     {"value-quantity": [("amount", 3.0, 3.0, "drops")]}),
    ("Observation", '"valueQuantity": {"value": 3}', {"value-quantity": [("amount", 3.0, 3.0, None)]}),
    ("Observation", '"valueQuantity": {"value": 3, "comparator": "<"}',
     {"value-quantity": [("amount", -inf, 3.0, None)]}),
    ("Observation", '"valueQuantity": {"unit": "mg"}', {}),
    ("Observation", '"valueSampledData": {"origin": {"value": 1, "unit": "mV"}, "factor": 2, "data": "1 E 3 -1"}',
     {"value-quantity": [("amount", -1.0, 7.0, "mV")]}),
    ("Condition", '"onsetAge": {"value": 5, "system": "s", "code": "a"}',
     {"onset-age": [("amount", 5.0, 5.0, "a")], "onset-age:canonical": [("amount", 5.0, 5.0, "s|a")]}),
    ("Condition", '"onsetRange": {"low": {"value": 5}, "high": {"value": 6}}',
     {"onset-age": [("amount", 5.0, 6.0, None)]}),
    ("Invoice", '"totalNet": {"value": 9.50, "currency": "EUR"}', {
        "totalnet": [("amount", 9.5, 9.5, "EUR")],
        "totalnet:canonical": [("amount", 9.5, 9.5, "urn:iso:std:iso:4217|EUR")]}),
    # --- composites
    ("Observation", '"component": [{"code": {"coding": [{"code": "a"}]}, "valueQuantity": {"value": 1, "unit": "u"}}]',
     {"component-code": bare("a"), "component-value-quantity": [("amount", 1.0, 1.0, "u")],
      "component-code-value-quantity": [("amount", 1.0, 1.0, "u", "with", "a"),
                                        ("amount", 1.0, 1.0, "u", "with", "|a")]}),
    ("Observation",
     '"component": [{"code": {"coding": [{"code": "a"}]}, "valueCodeableConcept": {"coding": [{"code": "b"}]}}]',
     {"component-code": bare("a"), "component-value-concept": bare("b"),
      "component-code-value-concept": ["a$b", "a$|b", "|a$b", "|a$|b"]}),
    ("Group", '"characteristic": [{"code": {"coding": [{"code": "a"}]}, "valueBoolean": true}]',
     {"characteristic": bare("a"), "value": bare("true"),
      "characteristic-value": ["a$true", "a$|true", "|a$true", "|a$|true"]}),
    ("DocumentReference", '"relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/1"}}]',
     {"relation": bare("replaces"), "relatesto": to("DocumentReference/1"),
      "relationship": ["replaces$DocumentReference/1", "|replaces$DocumentReference/1",
                       "DocumentReference/1$replaces", "DocumentReference/1$|replaces"]}),
    ("ValueSet", '"useContext": [{"code": {"system": "s", "code": "c"}, "valueRange": {"high": {"value": 9}}}]',
     {"context-type": coded("s", "c"), "context-quantity": [("amount", -inf, 9.0, None)],
      "context-type-quantity": [("amount", -inf, 9.0, None, "with", "s|c"), ("amount", -inf, 9.0, None, "with", "c")]}),
    ("MolecularSequence",
     '"referenceSeq": {"chromosome": {"coding": [{"code": "1"}]}, "windowStart": 10, "windowEnd": 20}',
     {"chromosome": bare("1"), "window-start": [("number", 10.0, 10.0)], "window-end": [("number", 20.0, 20.0)],
      "chromosome-window-coordinate": [("number", 10.0, 20.0, "with", "1"), ("number", 10.0, 20.0, "with", "|1")]}),
]  # fmt: skip


def expected(kind: str, params: dict[str, list[Any]]) -> Entries:
    found = Entries()
    for code, values in params.items():
        for value in values:
            _expect(found, kind, code, value)
    return found


def _expect(found: Entries, kind: str, code: str, value: Any) -> None:
    number = param_number(kind, code)
    match value:
        case str() if value.startswith("->"):
            target, _, id = value[2:].partition("/")
            found.tokens.append(reference_key(target, id) ^ param_key(kind, code))
        case str():
            found.tokens.append(token_key(kind, code, value))
        case ("text", norm, raw):
            found.strings.append(StringEntry(number, norm, raw))
        case ("from", start, "to", end):
            span = tuple(datetime.fromisoformat(at) if at else None for at in (start, end))
            if PRINCIPAL_DATE.get(kind) == code:
                found.at_from, found.at_to = span
            else:
                found.dates.append(DateEntry(number, *span))
        case ("number", low, high, *rest):
            found.numbers.append(NumberEntry(number, low, high, None, *_with(kind, code, rest)))
        case ("amount", low, high, unit, *rest):
            key = token_key(kind, code, unit) if unit else None
            found.numbers.append(NumberEntry(number, low, high, key, *_with(kind, code, rest)))


def _with(kind: str, code: str, rest: list[str]) -> Iterator[int | None]:
    yield token_key(kind, code, rest[1]) if rest else None


@pytest.mark.parametrize(("kind", "members", "params"), CASES, ids=[f"{kind}: {text[:60]}" for kind, text, _ in CASES])
def test_a_document_is_found_by_what_it_says_and_by_nothing_else(
    kind: str, members: str, params: dict[str, list[Any]]
) -> None:
    document = read_document(f'{{"resourceType": "{kind}", {members}}}')
    found = entries_of(document, own=OURS)
    wanted = expected(kind, {"deceased": bare("false"), **params} if kind == "Patient" else params)
    assert found.tokens == sorted(set(wanted.tokens))
    assert (found.at_from, found.at_to) == (wanted.at_from, wanted.at_to)
    assert set(found.dates) == set(wanted.dates)
    assert set(found.strings) == set(wanted.strings)
    assert set(found.numbers) == set(wanted.numbers)


# --- whose chart ----------------------------------------------------------------------------------------------------
OWN = "0197c0de-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("kind", "members", "patients"),
    [
        ("Patient", f'"id": "{OWN}"', [UUID(OWN)]),
        ("Patient", '"id": "ada"', [patient_uuid("ada")]),
        ("Observation", f'"subject": {{"reference": "Patient/{OWN}"}}', [UUID(OWN)]),
        ("Observation", '"subject": {"reference": "Group/ada"}', []),
        ("Observation", '"subject": {"reference": "https://other.example/Patient/ada"}', []),
        ("Observation", '"subject": {"reference": "https://own.example/fhir/R4/Patient/ada"}', [patient_uuid("ada")]),
        ("Observation", '"focus": [{"reference": "Patient/ada"}]', []),
        ("Observation", '"performer": [{"reference": "Patient/ada"}]', [patient_uuid("ada")]),
        ("Appointment", '"participant": [{"actor": {"reference": "Patient/ada"}}]', [patient_uuid("ada")]),
        (
            "Observation",
            '"subject": {"reference": "Patient/ada"}, "performer": [{"reference": "Patient/ben"}]',
            [patient_uuid("ada"), patient_uuid("ben")],
        ),
        ("AllergyIntolerance", '"patient": {"reference": "Patient/ada"}', [patient_uuid("ada")]),
        ("Organization", '"id": "o"', []),
    ],
)
def test_a_document_stands_in_the_charts_of_the_patients_it_is_about(
    kind: str, members: str, patients: list[UUID]
) -> None:
    document = read_document(f'{{"resourceType": "{kind}", {members}}}')
    assert entries_of(document, own=OURS).patient_ids == patients
