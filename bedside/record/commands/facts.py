"""Problems, allergies, measured values and medicines the patient tells of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from bedside.fhir.commands import ResourceGone, StoredResource, instant_text, store_resource
from bedside.fhir.queries import find_resources, get_resource
from bedside.fhir.terms import CONDITION_CLINICAL, ICD_10_CM, LOINC, MEDICINES
from bedside.kernel.errors import Invalid
from bedside.platform.access import Actor
from bedside.platform.audit.write import record_change
from bedside.platform.events import announce
from bedside.record import policy, shapes
from bedside.record.codes import find_code
from bedside.record.events import ChartChanged
from bedside.record.guard import allow
from bedside.record.people import birth_day, today_of
from bedside.record.rules import TextMissing, check_past_day, check_plausible, clean, read_number
from bedside.record.terms import CERTAINTIES, LONGEST_LINE, LONGEST_NAME, SEVERITIES
from bedside.record.terms.substances import SUBSTANCES, plain_name
from bedside.record.terms.vitals import VITALS
from bedside.record.words import Words


class UnknownCode(Invalid):
    """We do not know that code. Search by a word and pick one from the list; nothing you typed is lost."""


class MeasuredInFuture(Invalid):
    """This time has not come yet. Choose when it was measured; nothing you typed is lost."""


def _store(
    *, actor: Actor, now: datetime, patient_id: UUID, resource: dict[str, Any], code: str, at: datetime,
    action: str, reason: str, visit_id: UUID | None, expected_version: int | None = None,
) -> StoredResource:  # fmt: skip
    stored = store_resource(
        actor=actor, now=now, resource=resource, patient_id=patient_id, code=code, at=at,
        expected_version=expected_version,
    )  # fmt: skip
    record_change(
        actor=actor, action=action, now=now, patient_id=patient_id, reason=reason,
        resource=(stored.type, stored.id), detail={"version": stored.version},
    )  # fmt: skip
    announce(ChartChanged(patient_id, visit_id))
    return stored


def record_diagnosis(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    code: str,
    certainty: str = "confirmed",
    visit_id: UUID | None = None,
    onset_on: date | None = None,
    note: str = "",
) -> StoredResource:
    """Put a coded diagnosis on the problem list. Said again in the same visit, it is kept once.

    Shape: `code` is a billable ICD-10-CM code.
    Raises: NotYoursToWrite to anyone but a physician in care of the patient, UnknownCode, DayImpossible.
    """
    reason = allow(actor=actor, action=policy.DIAGNOSE, patient_id=patient_id, now=now)
    found = find_code(code)
    if found is None or not found.is_leaf or certainty not in CERTAINTIES:
        raise UnknownCode()
    check_past_day(onset_on, birth_on=birth_day(patient_id), today=now.date() + timedelta(days=1))
    resource = shapes.condition(
        patient_id=patient_id, code=found.code, display=found.display, name=found.name, certainty=certainty, now=now,
        recorder=(actor.person_id, actor.name), visit_id=visit_id, onset_on=onset_on,
        note=clean(note, most=LONGEST_LINE),
    )  # fmt: skip
    system_code = f"{ICD_10_CM}|{found.code}"
    with transaction.atomic():
        before = _said_in_visit(patient_id=patient_id, code=system_code, visit_id=visit_id)
        if before and before["verificationStatus"] == resource["verificationStatus"]:
            return StoredResource(UUID(before["id"]), "Condition", int(before["meta"]["versionId"]))
        if before:
            resource["id"] = before["id"]
        return _store(
            actor=actor, now=now, patient_id=patient_id, resource=resource, code=system_code, at=now,
            action=policy.DIAGNOSE, reason=reason, visit_id=visit_id,
        )  # fmt: skip


def _said_in_visit(*, patient_id: UUID, code: str, visit_id: UUID | None) -> dict[str, Any] | None:
    if visit_id is None:
        return None
    here = {"reference": f"Encounter/{visit_id}"}
    same = find_resources(type="Condition", patient_id=patient_id, code=code)
    return next((resource for resource in same if resource.get("encounter") == here), None)


def _own_resource(*, type: str, id: UUID, patient_id: UUID) -> dict[str, Any]:  # noqa: A002
    resource = get_resource(type=type, id=id)
    holder = resource.get("subject") or resource.get("patient") or resource.get("for") or {}
    if holder.get("reference") != f"Patient/{patient_id}":
        raise ResourceGone()
    return resource


def resolve_problem(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    problem_id: UUID,
    expected_version: int | None = None,
) -> StoredResource:
    """Mark a problem as over. It stays on the timeline.

    Raises: NotYoursToWrite, ResourceGone, ResourceChanged.
    """
    reason = allow(actor=actor, action=policy.RESOLVE, patient_id=patient_id, now=now)
    with transaction.atomic():
        resource = _own_resource(type="Condition", id=problem_id, patient_id=patient_id)
        resource["clinicalStatus"] = {"coding": [{"system": CONDITION_CLINICAL, "code": "resolved"}]}
        resource["abatementDateTime"] = today_of(patient_id, now).isoformat()
        return _store(
            actor=actor, now=now, patient_id=patient_id, resource=resource, at=now, action=policy.RESOLVE,
            code=f"{ICD_10_CM}|{resource['code']['coding'][0]['code']}", reason=reason, visit_id=None,
            expected_version=expected_version,
        )  # fmt: skip


def record_allergy(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    substance: str,
    reaction: str = "",
    severity: str = "",
    onset_on: date | None = None,
    visit_id: UUID | None = None,
    note: str = "",
) -> StoredResource:
    """Record an allergy to a medicine, a group of medicines or another substance of our vocabulary.

    Raises: NotYoursToWrite to anyone but a physician or nurse in care, UnknownCode, DayImpossible.
    """
    reason = allow(actor=actor, action=policy.ALLERGY, patient_id=patient_id, now=now)
    known = SUBSTANCES.get(substance)
    if known is None or (severity and severity not in SEVERITIES):
        raise UnknownCode()
    check_past_day(onset_on, birth_on=birth_day(patient_id), today=now.date() + timedelta(days=1))
    said = clean(reaction, most=LONGEST_LINE)
    resource = shapes.allergy(
        patient_id=patient_id, substance=known.key, name=known.name, is_medicine=known.is_medicine,
        reaction=Words(said, said), severity=severity, now=now, recorder=(actor.person_id, actor.name),
        onset_on=onset_on, visit_id=visit_id, note=clean(note, most=LONGEST_LINE),
    )  # fmt: skip
    with transaction.atomic():
        return _store(
            actor=actor, now=now, patient_id=patient_id, resource=resource, code=f"{MEDICINES}|{known.key}", at=now,
            action=policy.ALLERGY, reason=reason, visit_id=visit_id,
        )  # fmt: skip


def record_vital(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    kind: str,
    value: Decimal | float | str,
    second: Decimal | float | str | None = None,
    at: datetime | None = None,
    visit_id: UUID | None = None,
) -> StoredResource:
    """Record a measured value. `second` is the lower number of a blood pressure.

    Units: the UCUM unit of the measure in `terms.vitals`.
    Raises: NotYoursToWrite, UnknownCode, ValueImplausible, MeasuredInFuture.
    """
    reason = allow(actor=actor, action=policy.VITAL, patient_id=patient_id, now=now)
    measure = VITALS.get(kind)
    if measure is None:
        raise UnknownCode()
    first = read_number(value)
    other = read_number(second) if second not in (None, "") else None
    check_plausible(measure, first, other)
    measured_at = at or now
    if measured_at > now + timedelta(minutes=5):
        raise MeasuredInFuture()
    resource = shapes.vital(
        patient_id=patient_id, measure=measure, value=first, second=other if measure.parts else None, at=measured_at,
        performer=(actor.person_id, actor.name), visit_id=visit_id, is_self_measured=actor.person_id == patient_id,
    )  # fmt: skip
    with transaction.atomic():
        return _store(
            actor=actor, now=now, patient_id=patient_id, resource=resource, code=f"{LOINC}|{measure.loinc}",
            at=measured_at, action=policy.VITAL, reason=reason, visit_id=visit_id,
        )  # fmt: skip


def record_vitals(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    values: Sequence[tuple[str, str, str]],
    visit_id: UUID | None = None,
) -> list[StoredResource]:
    """Record several measured values at once, all or none. Shape: (measure, value, second value or "").

    Raises: as `record_vital`; TextMissing when there is none.
    """
    allow(actor=actor, action=policy.VITAL, patient_id=patient_id, now=now)
    if not values:
        raise TextMissing()
    with transaction.atomic():
        return [
            record_vital(
                actor=actor, now=now, patient_id=patient_id, kind=kind, value=value, second=second, visit_id=visit_id
            )
            for kind, value, second in values
        ]  # fmt: skip


def record_medicine_statement(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    medicine: str,
    taken: str = "",
    status: str = "active",
    started_on: date | None = None,
    why: str = "",
    visit_id: UUID | None = None,
) -> StoredResource:
    """Record a medicine the patient says they take, or took: one of our vocabulary, or a name as they said it.

    Raises: NotYoursToWrite, UnknownCode, TextMissing, DayImpossible.
    """
    reason = allow(actor=actor, action=policy.MEDICINE, patient_id=patient_id, now=now)
    said = clean(medicine, most=LONGEST_NAME, needed=True)
    if status not in {"active", "stopped"}:
        raise UnknownCode()
    check_past_day(started_on, birth_on=birth_day(patient_id), today=now.date() + timedelta(days=1))
    coded, name = plain_name(said)
    how = clean(taken, most=LONGEST_LINE)
    resource = shapes.medicine_statement(
        patient_id=patient_id, medicine=coded, name=name, taken=Words(how, how), status=status, now=now,
        source=(actor.person_id, actor.name), started_on=started_on, reason=clean(why, most=LONGEST_LINE),
        ended_on=today_of(patient_id, now) if status == "stopped" else None, visit_id=visit_id,
    )  # fmt: skip
    code = f"{MEDICINES}|{coded}" if coded else ""
    with transaction.atomic():
        return _store(
            actor=actor, now=now, patient_id=patient_id, resource=resource, code=code, at=now,
            action=policy.MEDICINE, reason=reason, visit_id=visit_id,
        )  # fmt: skip


def stop_medicine_statement(
    *,
    actor: Actor,
    now: datetime,
    patient_id: UUID,
    statement_id: UUID,
    why: str = "",
    visit_id: UUID | None = None,
) -> StoredResource:
    """Note that the patient has stopped, or must stop, a medicine they told us of.

    Raises: NotYoursToWrite, ResourceGone.
    """
    reason = allow(actor=actor, action=policy.MEDICINE, patient_id=patient_id, now=now)
    said = clean(why, most=LONGEST_LINE)
    with transaction.atomic():
        resource = _own_resource(type="MedicationStatement", id=statement_id, patient_id=patient_id)
        resource["status"] = "stopped"
        resource["effectivePeriod"] = {
            **resource.get("effectivePeriod", {}),
            "end": today_of(patient_id, now).isoformat(),
        }
        resource["dateAsserted"] = instant_text(now)
        if said:
            resource["statusReason"] = [{"text": said}]
        if visit_id:
            resource["context"] = {"reference": f"Encounter/{visit_id}"}
        coding = resource["medicationCodeableConcept"].get("coding", [])
        return _store(
            actor=actor, now=now, patient_id=patient_id, resource=resource, at=now, action=policy.MEDICINE,
            code=f"{MEDICINES}|{coding[0]['code']}" if coding else "", reason=reason, visit_id=visit_id,
        )  # fmt: skip
