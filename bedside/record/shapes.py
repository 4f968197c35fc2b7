"""Clinical facts as FHIR R4 documents. Pure: values in, a dict out, nothing stored.

Source: FHIR R4 4.0.1, the pages of each resource.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from html import escape, unescape
from typing import Any
from uuid import UUID

from bedside.fhir.commands import instant_text
from bedside.fhir.terms import (
    ALLERGY_CLINICAL,
    ALLERGY_VERIFICATION,
    CONDITION_CATEGORY,
    CONDITION_CLINICAL,
    CONDITION_VERIFICATION,
    HOME_CARE,
    ICD_10_CM,
    LOINC,
    MEDICINES,
    OBSERVATION_CATEGORY,
    UCUM,
)

from .terms.vitals import Measure
from .words import Words, carried

NOTE_TYPE = "11506-3"
ADDENDUM_TYPE = "addendum"
_DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'


def person(kind: str, person_id: UUID | None, name: str = "") -> dict[str, Any]:
    """Return a reference to a person, as Patient or Practitioner."""
    reference: dict[str, Any] = {"reference": f"{kind}/{person_id}"}
    return {**reference, "display": name} if name else reference


def _of_visit(visit_id: UUID | None) -> dict[str, Any]:
    return {"encounter": {"reference": f"Encounter/{visit_id}"}} if visit_id else {}


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _narrative(text: str) -> dict[str, Any]:
    return {"status": "generated", "div": _DIV + escape(text).replace("\n", "<br/>") + "</div>"}


def narrative_text(narrative: dict[str, Any]) -> str:
    """Return the plain text a narrative was made from."""
    inner = str(narrative.get("div", "")).removeprefix(_DIV).removesuffix("</div>")
    return unescape(inner.replace("<br/>", "\n"))


def condition(
    *, patient_id: UUID, code: str, display: str, name: Words, certainty: str, now: datetime,
    recorder: tuple[UUID | None, str], visit_id: UUID | None = None, onset_on: date | None = None, note: str = "",
    resolved_on: date | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return a problem on the list: a diagnosis with its code, its plain name and how sure it is."""
    resource: dict[str, Any] = {
        "resourceType": "Condition",
        "clinicalStatus": _coded(CONDITION_CLINICAL, "resolved" if resolved_on else "active"),
        "verificationStatus": _coded(CONDITION_VERIFICATION, certainty),
        "category": [_coded(CONDITION_CATEGORY, "encounter-diagnosis" if visit_id else "problem-list-item")],
        "code": {"coding": [{"system": ICD_10_CM, "code": code, "display": display}], **carried("text", name)},
        "subject": person("Patient", patient_id),
        **_of_visit(visit_id),
        "recordedDate": instant_text(now),
        "recorder": person("Practitioner", *recorder),
    }
    if onset_on:
        resource["onsetDateTime"] = onset_on.isoformat()
    if resolved_on:
        resource["abatementDateTime"] = resolved_on.isoformat()
    if note:
        resource["note"] = [{"text": note}]
    return resource


def allergy(
    *, patient_id: UUID, substance: str, name: Words, is_medicine: bool, reaction: Words, severity: str, now: datetime,
    recorder: tuple[UUID | None, str], onset_on: date | None = None, visit_id: UUID | None = None, note: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Return an allergy: the substance or group from our vocabulary, what it did and how bad it was."""
    resource: dict[str, Any] = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": _coded(ALLERGY_CLINICAL, "active"),
        "verificationStatus": _coded(ALLERGY_VERIFICATION, "confirmed"),
        "type": "allergy",
        "category": ["medication" if is_medicine else "environment"],
        "criticality": "high" if severity == "severe" else "low",
        "code": {"coding": [{"system": MEDICINES, "code": substance}], **carried("text", name)},
        "patient": person("Patient", patient_id),
        **_of_visit(visit_id),
        "recordedDate": instant_text(now),
        "recorder": person("Practitioner", *recorder),
    }
    if onset_on:
        resource["onsetDateTime"] = onset_on.isoformat()
    if reaction.en:
        shown: dict[str, Any] = {"manifestation": [carried("text", reaction)]}
        resource["reaction"] = [{**shown, "severity": severity} if severity else shown]
    if note:
        resource["note"] = [{"text": note}]
    return resource


def _quantity(value: Decimal, measure: Measure) -> dict[str, Any]:
    number = int(value) if value == value.to_integral_value() else float(value)
    return {"value": number, "unit": measure.unit or measure.ucum, "system": UCUM, "code": measure.ucum}


def vital(
    *, patient_id: UUID, measure: Measure, value: Decimal, second: Decimal | None, at: datetime,
    performer: tuple[UUID | None, str], visit_id: UUID | None = None, is_self_measured: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return a measured value; blood pressure carries its two numbers as components."""
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "category": [_coded(OBSERVATION_CATEGORY, measure.category)],
        "code": {"coding": [{"system": LOINC, "code": measure.loinc}], **carried("text", measure.name)},
        "subject": person("Patient", patient_id),
        **_of_visit(visit_id),
        "effectiveDateTime": instant_text(at),
        "performer": [person("Patient" if is_self_measured else "Practitioner", *performer)],
    }
    if measure.parts and second is not None:
        resource["component"] = [
            {"code": _coded(LOINC, code), "valueQuantity": _quantity(number, measure)}
            for code, number in zip(measure.parts, (value, second), strict=True)
        ]
    else:
        resource["valueQuantity"] = _quantity(value, measure)
    return resource


def medicine_statement(
    *, patient_id: UUID, medicine: str, name: Words, taken: Words, status: str, now: datetime,
    source: tuple[UUID | None, str], started_on: date | None = None, ended_on: date | None = None, reason: str = "",
    visit_id: UUID | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return a medicine the patient takes (or stopped) that was not prescribed here."""
    coding = {"coding": [{"system": MEDICINES, "code": medicine}]} if medicine else {}
    period = {"start": started_on.isoformat()} if started_on else {}
    if ended_on:
        period["end"] = ended_on.isoformat()
    resource: dict[str, Any] = {
        "resourceType": "MedicationStatement",
        "status": status,
        "medicationCodeableConcept": {**coding, **carried("text", name)},
        "subject": person("Patient", patient_id),
        "dateAsserted": instant_text(now),
        "informationSource": person("Practitioner", *source),
    }
    if visit_id:
        resource["context"] = {"reference": f"Encounter/{visit_id}"}
    if period:
        resource["effectivePeriod"] = period
    if taken.en:
        resource["dosage"] = [carried("text", taken)]
    if reason:
        resource["statusReason"] = [{"text": reason}]
    return resource


def note(
    *, patient_id: UUID, visit_id: UUID | None, title: Words, template: str, sections: dict[str, str],
    titles: dict[str, Words], author: tuple[UUID | None, str], now: datetime, appends: UUID | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return a note (or, with `appends`, an addendum to one) as it stands when it is signed."""
    resource: dict[str, Any] = {
        "resourceType": "Composition",
        "status": "final",
        "type": _coded(LOINC, NOTE_TYPE),
        "category": [{"coding": [{"system": "urn:bedside:note-template", "code": template}]}],
        "subject": person("Patient", patient_id),
        **_of_visit(visit_id),
        "date": instant_text(now),
        "author": [person("Practitioner", *author)],
        **carried("title", title),
        "section": [
            {
                **carried("title", titles[key]),
                "code": {"coding": [{"system": "urn:bedside:note-section", "code": key}]},
                "text": _narrative(text),
            }
            for key, text in sections.items()
            if text.strip()
        ],
    }
    if appends:
        resource["relatesTo"] = [{"code": "appends", "targetReference": {"reference": f"Composition/{appends}"}}]
    return resource


def signature(
    *, patient_id: UUID, note_id: UUID, sha256: str, author: tuple[UUID | None, str], now: datetime
) -> dict[str, Any]:
    """Return who signed a note, when, and the hash of what was signed."""
    who = person("Practitioner", *author)
    return {
        "resourceType": "Provenance",
        "target": [{"reference": f"Composition/{note_id}/_history/1"}],
        "recorded": instant_text(now),
        "agent": [{"who": who}],
        "entity": [{"role": "source", "what": {"identifier": {"system": "urn:bedside:sha256", "value": sha256}}}],
        "signature": [
            {
                "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}],
                "when": instant_text(now),
                "who": who,
            }
        ],
    }


def care_plan(
    *, patient_id: UUID, visit_id: UUID | None, plan: str, name: Words, starts_on: date, now: datetime,
    author: tuple[UUID | None, str],
) -> dict[str, Any]:  # fmt: skip
    """Return the plan a patient's home-care tasks belong to."""
    return {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "category": [_coded(HOME_CARE, plan)],
        **carried("title", name),
        "subject": person("Patient", patient_id),
        **_of_visit(visit_id),
        "period": {"start": starts_on.isoformat()},
        "created": instant_text(now),
        "author": person("Practitioner", *author),
    }


def task(
    *, patient_id: UUID, visit_id: UUID | None, care_plan_id: UUID, code: str, name: Words, due_on: date,
    now: datetime, requester: tuple[UUID | None, str],
) -> dict[str, Any]:  # fmt: skip
    """Return one dated thing for the patient to do."""
    return {
        "resourceType": "Task",
        "basedOn": [{"reference": f"CarePlan/{care_plan_id}"}],
        "status": "requested",
        "intent": "order",
        "code": _coded(HOME_CARE, code),
        **carried("description", name),
        "for": person("Patient", patient_id),
        **_of_visit(visit_id),
        "authoredOn": instant_text(now),
        "lastModified": instant_text(now),
        "requester": person("Practitioner", *requester),
        "restriction": {"period": {"end": due_on.isoformat()}},
    }
