"""Medicines and immunisations: substance administrations.

A medicine becomes a MedicationStatement, planned ones too: it tells what another place says someone takes. Prescribing
is done here, where doses, allergies and interactions are checked.
Source: C-CDA R2.1, Medication Activity (V2), Immunization Activity (V3); C-CDA on FHIR 1.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from .datatypes import Around, Document, identifiers, performer, quantity
from .problems import Made
from .terms import MEDICINE_STATUS
from .xml import NOTHING, Node

_UNITS_OF_TIME = frozenset({"s", "min", "h", "d", "wk", "mo", "a"})


def medicines_of(entry: Node, around: Around) -> Iterator[Made]:
    """Yield the MedicationStatement of an entry."""
    for given in (
        *entry.all("substanceAdministration"),
        *entry.all("act", "entryRelationship", "substanceAdministration"),
    ):
        made = _statement(given, around)
        if made:
            yield given, made


def product_of(given: Node, around: Around) -> Document:
    """Return what was given as a CodeableConcept, {} when it is not named."""
    material = given.first("consumable", "manufacturedProduct", "manufacturedMaterial")
    found = around.concept(material.first("code"))
    name = material.first("name").text() or around.words(given.first("text"))
    return found or ({"text": name} if name else {})


def _statement(given: Node, around: Around) -> Document:
    product = product_of(given, around)
    if not product:
        return {}
    status = MEDICINE_STATUS.get(given.first("statusCode").get("code"), "unknown")
    if given.get("negationInd") == "true":
        status = "not-taken"
    found: Document = {
        "resourceType": "MedicationStatement",
        "status": status,
        "medicationCodeableConcept": product,
    }
    if numbers := identifiers(given):
        found["identifier"] = numbers
    times = [one for one in given.all("effectiveTime") if not one.get("xsi:type").endswith(("PIVL_TS", "EIVL_TS"))]
    if times and (period := around.period(times[0])):
        found["effectivePeriod"] = period
        if status == "completed" and not given.first("statusCode"):
            found["status"] = "unknown"
    if asserted := around.at(given.first("author", "time")):
        found["dateAsserted"] = asserted
    if reason := list(_reasons(given, around)):
        found["reasonCode"] = reason
    if dosage := _dosage(given, around):
        found["dosage"] = [dosage]
    return found


def _reasons(given: Node, around: Around) -> Iterator[Document]:
    for relation in given.all("entryRelationship"):
        if relation.get("typeCode") == "RSON":
            for observation in relation.all("observation"):
                if found := around.concept(observation.first("value")):
                    yield found


def _dosage(given: Node, around: Around) -> Document:
    found: Document = {}
    sig = next((one for one in given.all("entryRelationship", "substanceAdministration") if one.first("text")), NOTHING)
    if text := around.words(sig.first("text")) or around.words(given.first("text")):
        found["text"] = text
    if timing := _timing(given):
        found["timing"] = timing
    if given.first("precondition") or given.first("maxDoseQuantity", "numerator").get("value"):
        wanted = [
            concept
            for one in given.all("precondition", "criterion")
            if (concept := around.concept(one.first("value")) or _text(around.words(one.first("text"))))
        ]
        if wanted:
            found["asNeededCodeableConcept"] = wanted[0]
    if route := around.concept(given.first("routeCode")):
        found["route"] = route
    dose = given.first("doseQuantity")
    amount = quantity(dose) or quantity(dose.first("low"))
    if amount:
        found["doseAndRate"] = [{"doseQuantity": amount}]
    return found


def _text(text: str) -> Document:
    return {"text": text} if text else {}


def _timing(given: Node) -> Document:
    """Return a periodic interval (PIVL_TS): every 12 hours, every 6 to 8 hours."""
    for one in given.all("effectiveTime"):
        period = one.first("period")
        low, high = period.first("low"), period.first("high")
        amount = quantity(period) or quantity(low)
        if not amount or amount.get("unit") not in _UNITS_OF_TIME or Decimal(amount["value"]) <= 0:
            continue
        repeat: Document = {"frequency": 1, "period": amount["value"], "periodUnit": amount["unit"]}
        most = quantity(high)
        if most and most.get("unit") == amount["unit"]:
            repeat["periodMax"] = most["value"]
        return {"repeat": repeat}
    return {}


def immunizations_of(entry: Node, around: Around) -> Iterator[Made]:
    """Yield the Immunization of an entry."""
    for given in entry.all("substanceAdministration"):
        product = product_of(given, around)
        if not product:
            continue
        at = around.starts(given.first("effectiveTime"))
        found: Document = {
            "resourceType": "Immunization",
            "status": _given_status(given),
            "vaccineCode": product,
            **({"occurrenceDateTime": at} if at else {"occurrenceString": "not told"}),
        }
        if numbers := identifiers(given):
            found["identifier"] = numbers
        if found["status"] == "not-done" and (reason := list(_refusal_reasons(given, around))):
            found["statusReason"] = reason[0]
        if lot := given.first("consumable", "manufacturedProduct", "manufacturedMaterial", "lotNumberText").text():
            found["lotNumber"] = lot
        if maker := given.first("consumable", "manufacturedProduct", "manufacturerOrganization", "name").text():
            found["manufacturer"] = {"display": maker}
        if route := around.concept(given.first("routeCode")):
            found["route"] = route
        if dose := quantity(given.first("doseQuantity")):
            found["doseQuantity"] = dose
        if who := performer(given.first("performer", "assignedEntity")):
            found["performer"] = [{"actor": {"display": who}}]
        number = given.first("repeatNumber").get("value")
        if re.fullmatch(r"[1-9]\d{0,2}", number):
            found["protocolApplied"] = [{"doseNumberPositiveInt": int(number)}]
        yield given, found


def _given_status(given: Node) -> str:
    if given.get("negationInd") == "true":
        return "not-done"
    return {"completed": "completed", "nullified": "entered-in-error", "cancelled": "not-done"}.get(
        given.first("statusCode").get("code"), "completed"
    )


def _refusal_reasons(given: Node, around: Around) -> Iterator[Document]:
    for observation in given.all("entryRelationship", "observation"):
        if observation.has_template("2.16.840.1.113883.10.20.22.4.53") and (
            found := around.concept(observation.first("code"))
        ):
            yield found
