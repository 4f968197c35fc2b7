"""A Patient that a program creates or changes is a person of the house, from the same transaction on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from bedside.accounts.arrivals import KeepsOwnFacts, PersonKnown, keep_arrivals
from bedside.accounts.patient_facts import PatientFacts, facts_of_patient
from bedside.fhir.asking import Steps
from bedside.fhir.store.actions import Change

from .desk import Desk
from .refusals import Refused

_NOT_AN_ID = (
    "The id of a Patient here is a UUID in lower case, such as 0192f8a4-6c3e-7b1a-9c56-2f6d8f0e4b7a. "
    "Choose one, or let Bedside choose, with POST; an id of your own belongs in Patient.identifier."
)


def keep_people(desk: Desk, changes: Sequence[Change]) -> Steps[None]:
    """Keep the people whose Patients a program creates or changes. Raises: Refused."""
    if desk.grant.actor.program_id is None:
        return
    new: dict[UUID, PatientFacts] = {}
    changed: dict[UUID, PatientFacts] = {}
    for change in changes:
        if change.kind == "Patient" and change.document is not None:
            facts = facts_of_patient(change.document)
            (new if change.before is None else changed)[_id_of(change)] = facts
    if not new and not changed:
        return
    try:
        yield from keep_arrivals(new, changed, now=desk.request.now)
    except PersonKnown as error:
        raise Refused(409, "duplicate", str(error), path="Patient.id") from error
    except KeepsOwnFacts as error:
        raise Refused(403, "business-rule", str(error), path="Patient") from error


def _id_of(change: Change) -> UUID:
    try:
        id = UUID(change.id)
    except ValueError:
        id = None
    if id is None or str(id) != change.id:
        raise Refused(422, "business-rule", _NOT_AN_ID, path="Patient.id")
    return id
