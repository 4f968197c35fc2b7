"""Results as laboratories send them, made up: documents for the tests of reading, filing and showing."""

from __future__ import annotations

from typing import Any

from bedside.fhir.terms import LOINC, UCUM

INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
SERVICE = "http://terminology.hl7.org/CodeSystem/v2-0074"
META = {"versionId": "1", "lastUpdated": "2026-11-20T10:00:00Z"}


def quantity(value: float, unit: str, code: str | None = None, comparator: str = "") -> dict[str, Any]:
    """Return a Quantity. `code` "" leaves out the UCUM code."""
    found: dict[str, Any] = {"value": value, "unit": unit}
    if code != "":
        found |= {"system": UCUM, "code": code or unit}
    return {**found, "comparator": comparator} if comparator else found


def observation(
    name: str, loinc: str, value: dict[str, Any] | None = None, *, at: str = "2026-11-20T09:00:00Z", flag: str = "",
    ranges: list[dict[str, Any]] | None = None, status: str = "final", patient: object = "", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """Return a laboratory's Observation; `value` is a Quantity."""
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "id": name,
        "meta": META,
        "status": status,
        "category": [{"coding": [{"system": CATEGORY, "code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": loinc}], "text": f"Lab name of {loinc}"},
        "effectiveDateTime": at,
        "performer": [{"type": "Organization", "display": "Hill Country Lab"}],
    }
    if patient:
        found["subject"] = {"reference": f"Patient/{patient}"}
    if value is not None:
        found["valueQuantity"] = value
    if flag:
        found["interpretation"] = [{"coding": [{"system": INTERPRETATION, "code": flag}]}]
    if ranges:
        found["referenceRange"] = ranges
    return {**found, **more}


def report(
    name: str, results: list[str], *, code: str = "24331-1", service: str = "CH", status: str = "final",
    at: str = "2026-11-20T09:00:00Z", issued: str = "2026-11-20T10:00:00Z", patient: object = "", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """Return a DiagnosticReport of these Observations."""
    found: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "id": name,
        "meta": META,
        "status": status,
        "category": [{"coding": [{"system": SERVICE, "code": service}]}],
        "code": {"coding": [{"system": LOINC, "code": code}], "text": "Panel of the laboratory"},
        "effectiveDateTime": at,
        "issued": issued,
        "performer": [{"type": "Organization", "display": "Hill Country Lab"}],
        "result": [{"reference": f"Observation/{one}"} for one in results],
    }
    if patient:
        found["subject"] = {"reference": f"Patient/{patient}"}
    return {**found, **more}
