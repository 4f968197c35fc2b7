"""Results, vital signs and social history: observations, alone or gathered in organizers.

Source: C-CDA R2.1, Result Organizer (V3), Vital Signs Organizer (V3), Smoking Status, Social History Observation.
"""

from __future__ import annotations

from collections.abc import Iterator

from bedside.fhir.terms import LOINC, OBSERVATION_CATEGORY
from bedside.intake.hl7v2.observations import INTERPRETATION
from bedside.intake.hl7v2.terms import INTERPRETATIONS

from .datatypes import Around, Document, identifiers, performer, reference_ranges
from .problems import Made
from .terms import DIASTOLIC, PRESSURE, RESULT_STATUS, SYSTOLIC
from .xml import NOTHING, Node

_LAB = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB", "display": "Laboratory"}]}


def results_of(entry: Node, around: Around) -> Iterator[Made]:
    """Yield the observations of an entry, then the report that gathers them."""
    for organizer in entry.all("organizer"):
        made = list(_gathered(organizer, around, "laboratory"))
        yield from made
        report = _report(organizer, around)
        if report and made:
            yield organizer, report | {"result": [document for _, document in made]}
    for observation in entry.all("observation"):
        if found := observation_of(observation, around, "laboratory"):
            yield observation, found


def vitals_of(entry: Node, around: Around) -> Iterator[Made]:
    """Yield the vital signs of an entry. A systolic and a diastolic pressure taken together are one blood pressure."""
    for organizer in entry.all("organizer"):
        made = list(_gathered(organizer, around, "vital-signs"))
        upper, lower = (next((one for one in made if _has(one[1], code)), None) for code in (SYSTOLIC, DIASTOLIC))
        together = upper and lower and _pressure(upper[1], lower[1])
        for one in made:
            if together and one is upper:
                yield one[0], together
            elif not (together and one is lower):
                yield one
    for observation in entry.all("observation"):
        if found := observation_of(observation, around, "vital-signs"):
            yield observation, found


def social_of(entry: Node, around: Around) -> Iterator[Made]:
    """Yield the social history of an entry."""
    for observation in entry.all("observation"):
        if found := observation_of(observation, around, "social-history"):
            yield observation, found


def _gathered(organizer: Node, around: Around, category: str) -> Iterator[Made]:
    for observation in organizer.all("component", "observation"):
        if found := observation_of(observation, around, category, organizer=organizer):
            yield observation, found


def observation_of(node: Node, around: Around, category: str, *, organizer: Node = NOTHING) -> Document:
    """Return an Observation, {} when it neither says what it is nor has words."""
    code = around.concept(node.first("code"))
    text = around.words(node.first("text"))
    value = around.value(node.first("value")) if node.first("value") else {}
    if (not code and not text) or (not value and not node.first("value") and not code):
        return {}
    status = node.first("statusCode") or organizer.first("statusCode")
    found: Document = {
        "resourceType": "Observation",
        "status": RESULT_STATUS.get(status.get("code"), "final"),
        "category": [{"coding": [{"system": OBSERVATION_CATEGORY, "code": category}]}],
        "code": code or {"text": text},
    }
    if numbers := identifiers(node):
        found["identifier"] = numbers
    found |= _when(node, around) or _when(organizer, around)
    if value:
        found |= value
    else:
        found["dataAbsentReason"] = {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown"}]
        }
    if flags := [flag for one in node.all("interpretationCode") if (flag := _flag(one, around))]:
        found["interpretation"] = flags
    if ranges := reference_ranges(node, around):
        found["referenceRange"] = ranges
    who = performer(node.first("performer", "assignedEntity")) or performer(
        organizer.first("performer", "assignedEntity")
    )
    if who:
        found["performer"] = [{"display": who}]
    if method := around.concept(node.first("methodCode")):
        found["method"] = method
    if site := around.concept(node.first("targetSiteCode")):
        found["bodySite"] = site
    return found


def _when(node: Node, around: Around) -> Document:
    return around.moment_or_period(node.first("effectiveTime"), "effective")


def _flag(node: Node, around: Around) -> Document:
    known = INTERPRETATIONS.get(node.get("code").upper())
    if known:
        return {"coding": [{"system": INTERPRETATION, "code": known[0], "display": known[1]}], "text": known[1]}
    return around.concept(node)


def _report(organizer: Node, around: Around) -> Document:
    code = around.concept(organizer.first("code"))
    if not code:
        return {}
    found: Document = {
        "resourceType": "DiagnosticReport",
        "status": RESULT_STATUS.get(organizer.first("statusCode").get("code"), "final"),
        "category": [_LAB],
        "code": code,
    }
    if numbers := identifiers(organizer):
        found["identifier"] = numbers
    if when := _when(organizer, around):
        found |= when
    if who := performer(organizer.first("performer", "assignedEntity")):
        found["performer"] = [{"display": who}]
    return found


def _has(document: Document, code: str) -> bool:
    return any(one.get("code") == code and one["system"] == LOINC for one in document["code"].get("coding", []))


def _pressure(upper: Document, lower: Document) -> Document | None:
    """Return one blood pressure of two, None when either has no number or they were not taken together."""
    if "valueQuantity" not in upper or "valueQuantity" not in lower:
        return None
    if upper.get("effectiveDateTime") != lower.get("effectiveDateTime"):
        return None
    kept = {name: upper[name] for name in upper if name not in ("code", "valueQuantity", "referenceRange")}
    return kept | {
        "code": {
            "coding": [{"system": LOINC, "code": PRESSURE, "display": "Blood pressure panel"}],
            "text": "Blood pressure",
        },
        "component": [{"code": one["code"], "valueQuantity": one["valueQuantity"]} for one in (upper, lower)],
    }
