"""Who a Patient of a file is, in plain facts: for finding them here. The Patient itself stays as it came."""

from __future__ import annotations

from typing import Any

from bedside.accounts.patient_facts import facts_of_patient
from bedside.intake.brought import Document
from bedside.intake.hl7v2.subjects import Number, Subject


def subject_of_patient(patient: Document) -> Subject:
    """Return a Patient's facts and numbers."""
    facts = facts_of_patient(patient)
    return Subject(
        numbers=tuple(dict.fromkeys(_numbers(patient))),
        family=facts.family_name,
        given=facts.given_name,
        birth_on=facts.birth_on,
        sex=facts.sex,
        phone=facts.phone,
    )


def _numbers(patient: Document) -> list[Number]:
    listed = patient.get("identifier")
    found = []
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and isinstance(one.get("system"), str) and isinstance(one.get("value"), str):
            value = one["value"].removeprefix("urn:uuid:")
            if value and one.get("use") != "old":
                found.append(Number(one["system"], value[:64], _kind(one.get("type"))))
    return found


def _kind(concept: Any) -> str:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    for one in codings if isinstance(codings, list) else []:
        if isinstance(one, dict) and isinstance(one.get("code"), str):
            return one["code"].upper()
    return ""
