"""Prescriptions and their settled stops as FHIR R4 documents. Pure.

Source: FHIR R4 4.0.1, MedicationRequest and DetectedIssue.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bedside.fhir.commands import instant_text
from bedside.fhir.terms import MEDICINES
from bedside.record.shapes import person
from bedside.record.words import carried

from .rules import Check, Order
from .sig import sig_of, supply_of

_ISSUES = {"allergy": "ALGY", "interaction": "DRG", "duplicate": "DUPTHPY", "dose": "DOSE", "day_dose": "DOSE"}
_ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def prescription(
    *, id: UUID, patient_id: UUID, visit_id: UUID | None, order: Order, instructions: str, pharmacy: str,  # noqa: A002
    prescriber: tuple[UUID | None, str], now: datetime, start: date, issue_ids: Iterable[UUID] = (),
) -> dict[str, Any]:  # fmt: skip
    """Return a prescription that has been written. Nothing says that it was sent."""
    product, sig, supply = order.product, sig_of(order), supply_of(order)
    period = {"start": start.isoformat()}
    if order.days:
        period["end"] = (start + timedelta(days=order.days * (1 + order.refills))).isoformat()
    dosage: dict[str, Any] = {
        **carried("text", sig),
        "timing": {"code": {"text": order.frequency.key}},
        "route": carried("text", product.form.where),
        "doseAndRate": [{"doseQuantity": {"value": _number(order.amount), "unit": product.form.many.en}}],
    }
    if order.as_needed:
        dosage["asNeededCodeableConcept"] = {"text": order.as_needed}
    if instructions:
        dosage["patientInstruction"] = instructions
    dispense: dict[str, Any] = {
        "validityPeriod": period,
        "numberOfRepeatsAllowed": order.refills,
        "quantity": {"value": order.quantity, "unit": supply.en.split(" ", 1)[1]},
    }
    if order.days:
        dispense["expectedSupplyDuration"] = {"value": order.days, "unit": "days"}
    if pharmacy:
        dispense["performer"] = {"display": pharmacy}
    resource: dict[str, Any] = {
        "resourceType": "MedicationRequest",
        "id": str(id),
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {
            "coding": [{"system": MEDICINES, "code": product.key}],
            **carried("text", product.name),
        },
        "subject": person("Patient", patient_id),
        "authoredOn": instant_text(now),
        "requester": person("Practitioner", *prescriber),
        "dosageInstruction": [dosage],
        "dispenseRequest": dispense,
    }
    if visit_id:
        resource["encounter"] = {"reference": f"Encounter/{visit_id}"}
    issues = [{"reference": f"DetectedIssue/{issue}"} for issue in issue_ids]
    return {**resource, "detectedIssue": issues} if issues else resource


def settled_stop(
    *, id: UUID, patient_id: UUID, prescription_id: UUID, check: Check, reason: str, now: datetime,  # noqa: A002
    author: tuple[UUID | None, str],
) -> dict[str, Any]:  # fmt: skip
    """Return a stop that was overridden, with the reason the prescriber wrote."""
    who = person("Practitioner", *author)
    return {
        "resourceType": "DetectedIssue",
        "id": str(id),
        "status": "final",
        "code": {
            "coding": [{"system": _ACT_CODE, "code": _ISSUES[check.kind]}],
            **carried("text", check.title),
        },
        "severity": "high",
        "patient": person("Patient", patient_id),
        "identifiedDateTime": instant_text(now),
        "author": who,
        "implicated": [{"reference": f"MedicationRequest/{prescription_id}"}],
        "detail": check.why.en,
        "mitigation": [{"action": {"text": reason}, "date": instant_text(now), "author": who}],
    }
