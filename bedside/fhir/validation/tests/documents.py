"""The documents that tests of validation begin with, right as they stand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Document = dict[str, Any]

XHTML = "http://www.w3.org/1999/xhtml"
CODE = {"coding": [{"system": "http://loinc.org", "code": "8302-2"}]}
REQUEST = {"method": "POST", "url": "Patient"}
PERSON = {"resourceType": "Patient", "id": "1", "active": True}


def without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


def patient(**more: Any) -> Document:
    return {"resourceType": "Patient", "id": "1", "name": [{"family": "Ito", "given": ["Ada", "Mei"]}]} | more


def observation(**more: Any) -> Document:
    base: Document = {
        "resourceType": "Observation",
        "status": "final",
        "code": CODE,
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2024-02-29T09:30:00+01:00",
        "valueQuantity": {
            "value": Decimal("126.30"), "unit": "cm", "system": "http://unitsofmeasure.org", "code": "cm",
        },
    }  # fmt: skip
    return base | more


def allergy(**more: Any) -> Document:
    system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
    status = {"coding": [{"system": system, "code": "active"}]}
    return {
        "resourceType": "AllergyIntolerance",
        "patient": {"reference": "Patient/1"},
        "clinicalStatus": status,
    } | more


def condition(**more: Any) -> Document:
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    status = {"coding": [{"system": system, "code": "active"}]}
    return {"resourceType": "Condition", "subject": {"reference": "Patient/1"}, "clinicalStatus": status} | more


def bundle(kind: str, *entries: Document, **more: Any) -> Document:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)} | more


def narrative(div: str) -> Document:
    return patient(text={"status": "generated", "div": div})


def div(inside: str) -> Document:
    return narrative(f'<div xmlns="{XHTML}">{inside}</div>')


def containing(*inner: Document, **more: Any) -> Document:
    return patient(contained=list(inner), **more)


def extended(**more: Any) -> Document:
    return patient(extension=[{"url": "http://example.org/x"} | more])


ORG = {"resourceType": "Organization", "id": "org", "name": "Clinic"}
MANAGED = {"managingOrganization": {"reference": "#org"}}
ERROR = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}]
}
URN = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
QUESTION = {"linkId": "1", "type": "string"}
