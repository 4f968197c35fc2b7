"""Reads the chart's facts back from FHIR documents: ours, and those that others wrote, which may say less. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from bedside.fhir.terminology.ucum import convert
from bedside.fhir.terms import ICD_10_CM, MEDICINES

from .chart import Allergy, CareTask, Medicine, Note, Problem, Section, Vital
from .pieces import Document, coding_of, first_of, id_of, instant_of, named, ref_of, stored_text, version_of
from .shapes import narrative_text
from .terms.elsewhere import allergy_meant, medicine_meant
from .terms.vitals import BY_LOINC, Measure
from .words import Words, read

#: What is still there. Source: FHIR R4 4.0.1, value set condition-clinical.
_ONGOING = frozenset({"active", "recurrence", "relapse"})
#: What is over, and what never was. Source: FHIR R4 4.0.1, value sets allergyintolerance-clinical and -verification.
_OVER = frozenset({"inactive", "resolved"})
_NOT_SO = frozenset({"refuted", "entered-in-error"})


def problem_of(resource: Document) -> Problem:
    """Read a Condition."""
    coding = coding_of(resource.get("code"), ICD_10_CM)
    return Problem(
        id=id_of(resource),
        version=version_of(resource),
        code=coding.get("code", ""),
        display=coding.get("display", ""),
        name=named(resource.get("code")),
        certainty=coding_of(resource.get("verificationStatus")).get("code", ""),
        is_active=coding_of(resource.get("clinicalStatus")).get("code") in _ONGOING,
        recorded_at=instant_of(resource.get("recordedDate"), resource.get("onsetDateTime"), stored_text(resource)),
        onset_on=resource.get("onsetDateTime", ""),
        resolved_on=resource.get("abatementDateTime", ""),
        recorder=resource.get("recorder", {}).get("display", ""),
        visit_id=ref_of(resource.get("encounter")),
        note=first_of(resource.get("note")).get("text", ""),
    )


def allergy_of(resource: Document) -> Allergy:
    """Read an AllergyIntolerance."""
    shown = first_of(resource.get("reaction"))
    seen = [one["substance"] for one in resource.get("reaction", ()) if "substance" in one]
    meant = allergy_meant(resource.get("code"), seen)
    is_over = coding_of(resource.get("clinicalStatus")).get("code") in _OVER
    return Allergy(
        id=id_of(resource),
        version=version_of(resource),
        substance=coding_of(resource.get("code"), MEDICINES).get("code", ""),
        name=named(resource.get("code")),
        reaction=named(shown.get("manifestation")),
        severity=shown.get("severity", ""),
        onset_on=resource.get("onsetDateTime", ""),
        recorded_at=instant_of(resource.get("recordedDate"), resource.get("onsetDateTime"), stored_text(resource)),
        recorder=resource.get("recorder", {}).get("display", ""),
        visit_id=ref_of(resource.get("encounter")),
        meant=meant.keys if meant else (),
        is_understood=meant is None or meant.is_whole,
        is_active=not is_over
        and meant is not None
        and coding_of(resource.get("verificationStatus")).get("code") not in _NOT_SO,
    )


def medicine_of(resource: Document) -> Medicine:
    """Read a MedicationRequest or a MedicationStatement."""
    is_prescription = resource["resourceType"] == "MedicationRequest"
    concept = resource.get("medicationCodeableConcept")
    dosage = first_of(resource.get("dosageInstruction" if is_prescription else "dosage"))
    period = resource.get("effectivePeriod") or resource.get("dispenseRequest", {}).get("validityPeriod", {})
    product = coding_of(concept, MEDICINES).get("code", "")
    meant = medicine_meant(concept or _inside(resource), product=product)
    since = resource.get("authoredOn") or resource.get("effectiveDateTime") or ""
    return Medicine(
        id=id_of(resource),
        version=version_of(resource),
        product=product,
        name=named(concept) if concept else _medication(resource),
        sig=read(dosage, "text"),
        status=resource["status"],
        is_prescription=is_prescription,
        changed_at=instant_of(stored_text(resource)),
        started_on=period.get("start", since)[:10],
        ended_on=period.get("end", "")[:10],
        reason=named(resource.get("statusReason")),
        prescriber=(resource.get("requester") or resource.get("informationSource") or {}).get("display", ""),
        visit_id=ref_of(resource.get("encounter") or resource.get("context")),
        meant=meant.keys,
        is_understood=meant.is_whole,
    )


def _medication(resource: Document) -> Words:
    """Return what a medicine that is only referred to is called: as the reference says, or as what it contains says."""
    link = resource.get("medicationReference", {})
    return read(link, "display") if link.get("display") else named(_inside(resource))


def _inside(resource: Document) -> Document:
    """Return the concept of a medicine that is only referred to: of what it contains, or the words of the reference."""
    link = resource.get("medicationReference", {})
    inside = (one for one in resource.get("contained", ()) if f"#{one.get('id')}" == link.get("reference"))
    return first_of(next(inside, {}).get("code")) or ({"text": link["display"]} if link.get("display") else {})


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
        id=id_of(resource),
        measure=measure,
        value=numbers[0] or Decimal(0),
        second=numbers[1] if len(numbers) > 1 else None,
        at=instant_of(
            resource.get("effectiveDateTime"),
            resource.get("effectiveInstant"),
            period.get("start"),
            stored_text(resource),
        ),
        visit_id=ref_of(resource.get("encounter")),
        performer=first_of(resource.get("performer")).get("display", ""),
    )


def _parts(resource: Document, measure: Measure) -> list[Document]:
    """Return what holds the numbers of a reading: itself, or its components in our order, all of them or none."""
    if measure.parts is None:
        return [resource]
    found = {coding_of(part.get("code")).get("code"): part for part in resource.get("component", ())}
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
    author = first_of(resource["author"])
    appends = first_of(resource.get("relatesTo")).get("targetReference")
    return Note(
        id=id_of(resource),
        visit_id=ref_of(resource.get("encounter")),
        template=coding_of(resource.get("category")).get("code", ""),
        title=read(resource, "title"),
        sections=tuple(
            Section(
                coding_of(part.get("code")).get("code", ""), read(part, "title"), narrative_text(part.get("text", {}))
            )
            for part in resource.get("section", ())
        ),
        signed_at=instant_of(resource["date"]),
        author_id=ref_of(author) or UUID(int=0),
        author=author.get("display", ""),
        appends=ref_of(appends),
    )


def _section(part: Document) -> Section:
    key = coding_of(part.get("code")).get("code", "")
    return Section(key, read(part, "title"), narrative_text(part.get("text", {})))


def task_of(resource: Document) -> CareTask | None:
    """Read a Task; None for one without a day it is due, which is nothing to do at home."""
    due = resource.get("restriction", {}).get("period", {}).get("end")
    if due is None:
        return None
    return CareTask(
        id=id_of(resource),
        version=version_of(resource),
        code=coding_of(resource.get("code")).get("code", ""),
        name=read(resource, "description"),
        due_on=instant_of(due).date() if len(due) != 10 else date.fromisoformat(due),
        status=resource["status"],
        authored_at=instant_of(resource.get("authoredOn"), stored_text(resource)),
        changed_at=instant_of(resource.get("lastModified"), stored_text(resource)),
        requester=resource.get("requester", {}).get("display", ""),
        plan_id=ref_of(resource.get("basedOn")),
        visit_id=ref_of(resource.get("encounter")),
    )
