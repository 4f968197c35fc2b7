"""Reads the chart's facts back from FHIR documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bedside.fhir.terms import ICD_10_CM, MEDICINES

from .chart import Allergy, CareTask, Medicine, Note, Problem, Section, Vital
from .shapes import narrative_text
from .terms.vitals import BY_LOINC
from .words import read

Document = Mapping[str, Any]


def _id(resource: Document) -> UUID:
    return UUID(resource["id"])


def _version(resource: Document) -> int:
    return int(resource["meta"]["versionId"])


def _ref(holder: Document | None) -> UUID | None:
    return UUID(holder["reference"].split("/")[1]) if holder and holder.get("reference") else None


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _code(concept: Document, system: str = "") -> Document:
    return next((c for c in concept.get("coding", ()) if not system or c.get("system") == system), {})


def problem_of(resource: Document) -> Problem:
    """Read a Condition."""
    coding = _code(resource["code"], ICD_10_CM)
    return Problem(
        id=_id(resource),
        version=_version(resource),
        code=coding.get("code", ""),
        display=coding.get("display", ""),
        name=read(resource["code"], "text"),
        certainty=_code(resource["verificationStatus"]).get("code", ""),
        is_active=_code(resource["clinicalStatus"]).get("code") == "active",
        recorded_at=_instant(resource["recordedDate"]),
        onset_on=resource.get("onsetDateTime", ""),
        resolved_on=resource.get("abatementDateTime", ""),
        recorder=resource.get("recorder", {}).get("display", ""),
        visit_id=_ref(resource.get("encounter")),
        note=(resource.get("note") or [{}])[0].get("text", ""),
    )


def allergy_of(resource: Document) -> Allergy:
    """Read an AllergyIntolerance."""
    shown = (resource.get("reaction") or [{}])[0]
    return Allergy(
        id=_id(resource),
        version=_version(resource),
        substance=_code(resource["code"], MEDICINES).get("code", ""),
        name=read(resource["code"], "text"),
        reaction=read((shown.get("manifestation") or [{}])[0], "text"),
        severity=shown.get("severity", ""),
        onset_on=resource.get("onsetDateTime", ""),
        recorded_at=_instant(resource["recordedDate"]),
        recorder=resource.get("recorder", {}).get("display", ""),
        visit_id=_ref(resource.get("encounter")),
    )


def medicine_of(resource: Document) -> Medicine:
    """Read a MedicationRequest or a MedicationStatement."""
    is_prescription = resource["resourceType"] == "MedicationRequest"
    concept = resource["medicationCodeableConcept"]
    dosage = (resource.get("dosageInstruction" if is_prescription else "dosage") or [{}])[0]
    period = resource.get("effectivePeriod") or resource.get("dispenseRequest", {}).get("validityPeriod", {})
    reasons = resource.get("statusReason") or {}
    reason = reasons if isinstance(reasons, Mapping) else reasons[0]
    return Medicine(
        id=_id(resource),
        version=_version(resource),
        product=_code(concept, MEDICINES).get("code", ""),
        name=read(concept, "text"),
        sig=read(dosage, "text"),
        status=resource["status"],
        is_prescription=is_prescription,
        changed_at=_instant(resource["meta"]["lastUpdated"]),
        started_on=period.get("start", resource.get("authoredOn", ""))[:10],
        ended_on=period.get("end", "")[:10],
        reason=read(reason, "text"),
        prescriber=(resource.get("requester") or resource.get("informationSource") or {}).get("display", ""),
        visit_id=_ref(resource.get("encounter") or resource.get("context")),
    )


def vital_of(resource: Document) -> Vital | None:
    """Read an Observation of something we measure; None for any other."""
    measure = BY_LOINC.get(_code(resource["code"]).get("code", ""))
    if measure is None:
        return None
    parts = resource.get("component")
    numbers = [Decimal(str(p["valueQuantity"]["value"])) for p in parts or [resource]]
    return Vital(
        id=_id(resource),
        measure=measure,
        value=numbers[0],
        second=numbers[1] if len(numbers) > 1 else None,
        at=_instant(resource["effectiveDateTime"]),
        visit_id=_ref(resource.get("encounter")),
        performer=(resource.get("performer") or [{}])[0].get("display", ""),
    )


def note_of(resource: Document) -> Note:
    """Read a Composition."""
    author = resource["author"][0]
    appends = (resource.get("relatesTo") or [{}])[0].get("targetReference")
    return Note(
        id=_id(resource),
        visit_id=_ref(resource.get("encounter")),
        template=_code((resource.get("category") or [{}])[0]).get("code", ""),
        title=read(resource, "title"),
        sections=tuple(
            Section(_code(part["code"]).get("code", ""), read(part, "title"), narrative_text(part["text"]))
            for part in resource.get("section", ())
        ),
        signed_at=_instant(resource["date"]),
        author_id=_ref(author) or UUID(int=0),
        author=author.get("display", ""),
        appends=_ref(appends),
    )


def task_of(resource: Document) -> CareTask:
    """Read a Task."""
    return CareTask(
        id=_id(resource),
        version=_version(resource),
        code=_code(resource["code"]).get("code", ""),
        name=read(resource, "description"),
        due_on=date.fromisoformat(resource["restriction"]["period"]["end"]),
        status=resource["status"],
        authored_at=_instant(resource["authoredOn"]),
        changed_at=_instant(resource["lastModified"]),
        requester=resource.get("requester", {}).get("display", ""),
        plan_id=_ref((resource.get("basedOn") or [None])[0]),
        visit_id=_ref(resource.get("encounter")),
    )
