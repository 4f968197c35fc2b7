"""Reads the chart's facts back from FHIR documents: ours, and those that others wrote, which may say less. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bedside.fhir.indexing.dates import date_range
from bedside.fhir.terminology.ucum import convert
from bedside.fhir.terms import ICD_10_CM, MEDICINES
from bedside.kernel.time import UTC

from .chart import Allergy, CareTask, Medicine, Note, Problem, Section, Vital
from .shapes import narrative_text
from .terms.vitals import BY_LOINC, Measure
from .words import Words, read

Document = Mapping[str, Any]

#: What is still there. Source: FHIR R4 4.0.1, value set condition-clinical.
_ONGOING = frozenset({"active", "recurrence", "relapse"})


def _id(resource: Document) -> UUID:
    """Return the id a resource has on our screens: its own, or for one that others chose otherwise one made of it."""
    try:
        return UUID(resource["id"])
    except ValueError:
        return uuid5(NAMESPACE_URL, f"{resource['resourceType']}/{resource['id']}")


def _version(resource: Document) -> int:
    return int(resource["meta"]["versionId"])


def _ref(holder: Any) -> UUID | None:
    """Return the id a reference means, None where it means nothing here: a name, a contained one, another server's."""
    first = _first(holder)
    kind, _, name = str(first.get("reference", "")).partition("/")
    try:
        return UUID(name) if kind.isalpha() else None
    except ValueError:
        return None


def _first(holder: Any) -> Document:
    """Return the object there is, or the first of several; an empty one where there is none."""
    found = holder[0] if isinstance(holder, list) and holder else holder
    return found if isinstance(found, Mapping) else {}


def _instant(*texts: Any) -> datetime:
    """Return the instant that the first of these texts says; a day, a month or a year is its beginning, in UTC."""
    for text in texts:
        meant = date_range(text) if isinstance(text, str) else None
        if meant is not None:
            return meant[0]
    return datetime.min.replace(tzinfo=UTC)


def _stored(resource: Document) -> str:
    return str(resource["meta"]["lastUpdated"])


def _code(concept: Any, system: str = "") -> Document:
    return next((c for c in _first(concept).get("coding", ()) if not system or c.get("system") == system), {})


def _named(concept: Any) -> Words:
    """Return what a concept is called: its text, or what one of its codes is called, or the code."""
    concept = _first(concept)
    if concept.get("text"):
        return read(concept, "text")
    said = [coding.get(name) for name in ("display", "code") for coding in concept.get("coding", ())]
    word = next((word for word in said if word), "")
    return Words(word, word)


def problem_of(resource: Document) -> Problem:
    """Read a Condition."""
    coding = _code(resource.get("code"), ICD_10_CM)
    return Problem(
        id=_id(resource),
        version=_version(resource),
        code=coding.get("code", ""),
        display=coding.get("display", ""),
        name=_named(resource.get("code")),
        certainty=_code(resource.get("verificationStatus")).get("code", ""),
        is_active=_code(resource.get("clinicalStatus")).get("code") in _ONGOING,
        recorded_at=_instant(resource.get("recordedDate"), resource.get("onsetDateTime"), _stored(resource)),
        onset_on=resource.get("onsetDateTime", ""),
        resolved_on=resource.get("abatementDateTime", ""),
        recorder=resource.get("recorder", {}).get("display", ""),
        visit_id=_ref(resource.get("encounter")),
        note=_first(resource.get("note")).get("text", ""),
    )


def allergy_of(resource: Document) -> Allergy:
    """Read an AllergyIntolerance."""
    shown = _first(resource.get("reaction"))
    return Allergy(
        id=_id(resource),
        version=_version(resource),
        substance=_code(resource.get("code"), MEDICINES).get("code", ""),
        name=_named(resource.get("code")),
        reaction=_named(shown.get("manifestation")),
        severity=shown.get("severity", ""),
        onset_on=resource.get("onsetDateTime", ""),
        recorded_at=_instant(resource.get("recordedDate"), resource.get("onsetDateTime"), _stored(resource)),
        recorder=resource.get("recorder", {}).get("display", ""),
        visit_id=_ref(resource.get("encounter")),
    )


def medicine_of(resource: Document) -> Medicine:
    """Read a MedicationRequest or a MedicationStatement."""
    is_prescription = resource["resourceType"] == "MedicationRequest"
    concept = resource.get("medicationCodeableConcept")
    dosage = _first(resource.get("dosageInstruction" if is_prescription else "dosage"))
    period = resource.get("effectivePeriod") or resource.get("dispenseRequest", {}).get("validityPeriod", {})
    since = resource.get("authoredOn") or resource.get("effectiveDateTime") or ""
    return Medicine(
        id=_id(resource),
        version=_version(resource),
        product=_code(concept, MEDICINES).get("code", ""),
        name=_named(concept) if concept else _medication(resource),
        sig=read(dosage, "text"),
        status=resource["status"],
        is_prescription=is_prescription,
        changed_at=_instant(_stored(resource)),
        started_on=period.get("start", since)[:10],
        ended_on=period.get("end", "")[:10],
        reason=_named(resource.get("statusReason")),
        prescriber=(resource.get("requester") or resource.get("informationSource") or {}).get("display", ""),
        visit_id=_ref(resource.get("encounter") or resource.get("context")),
    )


def _medication(resource: Document) -> Words:
    """Return what a medicine that is only referred to is called: as the reference says, or as what it contains says."""
    link = resource.get("medicationReference", {})
    if link.get("display"):
        return read(link, "display")
    inside = (one for one in resource.get("contained", ()) if f"#{one.get('id')}" == link.get("reference"))
    return _named(next(inside, {}).get("code"))


def vital_of(resource: Document) -> Vital | None:
    """Read an Observation of something we measure; None for any other, and for one without a number in its unit."""
    codes = [coding.get("code") for coding in resource["code"].get("coding", ())]
    measure = next((BY_LOINC[code] for code in codes if code in BY_LOINC), None)
    if measure is None:
        return None
    numbers = [_number(part, measure) for part in _parts(resource, measure)]
    if not numbers or any(number is None for number in numbers):
        return None
    period = resource.get("effectivePeriod", {})
    return Vital(
        id=_id(resource),
        measure=measure,
        value=numbers[0] or Decimal(0),
        second=numbers[1] if len(numbers) > 1 else None,
        at=_instant(
            resource.get("effectiveDateTime"), resource.get("effectiveInstant"), period.get("start"), _stored(resource)
        ),
        visit_id=_ref(resource.get("encounter")),
        performer=_first(resource.get("performer")).get("display", ""),
    )


def _parts(resource: Document, measure: Measure) -> list[Document]:
    """Return what holds the numbers of a reading: itself, or its components in our order, all of them or none."""
    if measure.parts is None:
        return [resource]
    found = {_code(part.get("code")).get("code"): part for part in resource.get("component", ())}
    return [found[code] for code in measure.parts] if found.keys() >= set(measure.parts) else []


def _number(part: Document, measure: Measure) -> Decimal | None:
    """Return a number in the unit of its measure.

    Why: another house measures in its own units. A number whose unit cannot be turned into ours is not shown, since
    98.6 °F must never stand as 98.6 °C.
    """
    quantity = part.get("valueQuantity", {})
    if "value" not in quantity:
        return None
    value, unit = Decimal(str(quantity["value"])), quantity.get("code") or quantity.get("unit") or measure.ucum
    if unit in (measure.ucum, measure.unit):
        return value
    turned = convert(value, unit, measure.ucum)
    return None if turned is None else turned.quantize(Decimal(1).scaleb(-measure.digits - 1))


def note_of(resource: Document) -> Note:
    """Read a Composition."""
    author = _first(resource["author"])
    appends = _first(resource.get("relatesTo")).get("targetReference")
    return Note(
        id=_id(resource),
        visit_id=_ref(resource.get("encounter")),
        template=_code(resource.get("category")).get("code", ""),
        title=read(resource, "title"),
        sections=tuple(
            Section(_code(part.get("code")).get("code", ""), read(part, "title"), narrative_text(part.get("text", {})))
            for part in resource.get("section", ())
        ),
        signed_at=_instant(resource["date"]),
        author_id=_ref(author) or UUID(int=0),
        author=author.get("display", ""),
        appends=_ref(appends),
    )


def task_of(resource: Document) -> CareTask | None:
    """Read a Task; None for one without a day it is due, which is nothing to do at home."""
    due = resource.get("restriction", {}).get("period", {}).get("end")
    if due is None:
        return None
    return CareTask(
        id=_id(resource),
        version=_version(resource),
        code=_code(resource.get("code")).get("code", ""),
        name=read(resource, "description"),
        due_on=_instant(due).date() if len(due) != 10 else date.fromisoformat(due),
        status=resource["status"],
        authored_at=_instant(resource.get("authoredOn"), _stored(resource)),
        changed_at=_instant(resource.get("lastModified"), _stored(resource)),
        requester=resource.get("requester", {}).get("display", ""),
        plan_id=_ref(resource.get("basedOn")),
        visit_id=_ref(resource.get("encounter")),
    )
