"""The composition of an International Patient Summary: its sections, what belongs in each, and words for people. Pure.

Source: HL7 International Patient Summary 1.1.0, Composition-uv-ips; LOINC codes of its sections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from bedside.fhir.documents import Document
from bedside.gateway.bundles import instant

#: Resources of one search in a section: the newest of them.
ENTRIES_MOST = 100
_NAMESPACE = 'xmlns="http://www.w3.org/1999/xhtml"'
_NONE = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/list-empty-reason",
            "code": "unavailable",
            "display": "Unavailable",
        }
    ]
}
_OBSERVATION = "http://terminology.hl7.org/CodeSystem/observation-category"


@dataclass(frozen=True, slots=True)
class Section:
    """One section. Shape: `searches` are (type, parameters) of what belongs in it; one that is `required` is never
    left out, but says that nothing is known."""

    title: str
    code: str
    display: str
    searches: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    required: bool = False


SECTIONS = (
    Section(
        "Medication summary",
        "10160-0",
        "History of Medication use Narrative",
        (
            ("MedicationRequest", (("status", "active,on-hold"), ("_sort", "-authoredon"))),
            ("MedicationStatement", (("status", "active,intended"), ("_sort", "-effective"))),
        ),
        required=True,
    ),
    Section(
        "Allergies and intolerances",
        "48765-2",
        "Allergies and adverse reactions Document",
        (("AllergyIntolerance", (("_sort", "-date"),)),),
        required=True,
    ),
    Section(
        "Problem list",
        "11450-4",
        "Problem list - Reported",
        (("Condition", (("clinical-status", "active,recurrence,relapse"), ("_sort", "-recorded-date"))),),
        required=True,
    ),
    Section(
        "Immunizations",
        "11369-6",
        "History of Immunization Narrative",
        (("Immunization", (("status", "completed"), ("_sort", "-date"))),),
    ),
    Section(
        "History of procedures",
        "47519-4",
        "History of Procedures Document",
        (("Procedure", (("status", "completed,in-progress"), ("_sort", "-date"))),),
    ),
    Section(
        "Results",
        "30954-2",
        "Relevant diagnostic tests/laboratory data Narrative",
        (("Observation", (("category", f"{_OBSERVATION}|laboratory"), ("_sort", "-date"))),),
    ),
    Section(
        "Vital signs",
        "8716-3",
        "Vital signs",
        (("Observation", (("category", f"{_OBSERVATION}|vital-signs"), ("_sort", "-date"))),),
    ),
    Section(
        "Medical devices",
        "46264-8",
        "History of medical device use",
        (("DeviceUseStatement", ()),),
    ),
    Section(
        "Plan of care",
        "18776-5",
        "Plan of care note",
        (("CarePlan", (("status", "active"),)),),
    ),
)


def compose(
    *, id: str, patient: Document, now: datetime, author: str, entries: Mapping[str, Sequence[Document]]
) -> Document:
    """Return the composition. Shape: `entries` are the documents of each section, by its title."""
    sections = [_section(one, entries.get(one.title, ())) for one in SECTIONS if one.required or entries.get(one.title)]
    return {
        "resourceType": "Composition",
        "id": id,
        "meta": {"profile": ["http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips"]},
        "status": "final",
        "type": {"coding": [_loinc("60591-5", "Patient summary Document")]},
        "subject": {"reference": f"Patient/{patient['id']}"},
        "date": instant(now),
        "author": [{"display": f"Bedside, asked by {author}" if author else "Bedside"}],
        "title": "International Patient Summary",
        "section": sections,
    }


def _loinc(code: str, display: str) -> dict[str, str]:
    return {"system": "http://loinc.org", "code": code, "display": display}


def _section(section: Section, documents: Sequence[Document]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "title": section.title,
        "code": {"coding": [_loinc(section.code, section.display)]},
        "text": {"status": "generated", "div": _narrative(documents)},
    }
    if documents:
        made["entry"] = [{"reference": f"{one['resourceType']}/{one['id']}"} for one in documents]
    else:
        made["emptyReason"] = _NONE
    return made


def _narrative(documents: Sequence[Document]) -> str:
    """Return a list of what is in a section, every word of it escaped."""
    if not documents:
        return f"<div {_NAMESPACE}>Nothing is recorded here. That does not mean that there is nothing.</div>"
    items = "".join(f"<li>{escape(_line(one))}</li>" for one in documents)
    return f"<div {_NAMESPACE}><ul>{items}</ul></div>"


def _line(document: Document) -> str:
    """Return a resource in one line: what it is, its value, its day."""
    concept = next(
        (document[name] for name in ("code", "medicationCodeableConcept", "vaccineCode") if name in document), None
    )
    parts = [_words(concept) or str(document["resourceType"])]
    if "valueQuantity" in document:
        quantity = document["valueQuantity"]
        parts.append(f"{quantity.get('value', '')} {quantity.get('unit', '')}".strip())
    elif "valueCodeableConcept" in document:
        parts.append(_words(document["valueCodeableConcept"]))
    elif "valueString" in document:
        parts.append(str(document["valueString"]))
    dates = ("effectiveDateTime", "performedDateTime", "occurrenceDateTime", "authoredOn", "recordedDate")
    day = next((str(document[name])[:10] for name in dates if name in document), "")
    return ", ".join(part for part in (*parts, day) if part)


def _words(concept: Any) -> str:
    if not isinstance(concept, dict):
        return ""
    codings = [one for one in concept.get("coding", []) if isinstance(one, dict)]
    said = [str(one.get("display") or one.get("code") or "") for one in codings]
    return str(concept.get("text") or next(filter(None, said), ""))
