"""Visits, as they were."""

from __future__ import annotations

from itertools import pairwise

from bedside.fhir.documents import Document
from bedside.visits.models import Visit, VisitStep

from .shapes import VIRTUAL, VISIT_WORDS, identifier, instant, reference, without_empty

#: Our states of a visit as R4 names them. Source: FHIR R4, value set encounter-status.
STATUSES = {
    "opened": "planned",
    "checked_in": "arrived",
    "waiting": "arrived",
    "in_call": "in-progress",
    "on_hold": "in-progress",
    "ended": "finished",
    "cancelled": "cancelled",
    "no_show": "cancelled",
}


def draw_encounter(row: Visit) -> Document:
    """Draw a visit (with its appointment, practitioner and steps fetched)."""
    reason = row.appointment.reason.strip()
    period = {"start": row.started_at, "end": row.ended_at}
    return without_empty(
        {
            "resourceType": "Encounter",
            "id": str(row.pk),
            "identifier": [identifier("urn:bedside:visit", row.pk)],
            "status": STATUSES[row.state],
            "statusHistory": _history([step for step in row.steps.all() if step.kind == "state"]),
            "class": VIRTUAL,
            "type": [{"text": VISIT_WORDS[row.mode]}],
            "subject": reference("Patient", row.patient_id),
            "participant": [
                {"individual": reference("Practitioner", row.practitioner_id, row.practitioner.display_name)}
            ],
            "appointment": [reference("Appointment", row.appointment_id)],
            "period": {name: instant(at) for name, at in period.items() if at},
            "reasonCode": [{"text": reason}] if reason else [],
            "serviceProvider": reference("Organization", row.appointment.organization_id),
        }
    )


def _history(steps: list[VisitStep]) -> list[Document]:
    """Return the statuses a visit has left behind, each with when it held. Two of ours in a row may be one of R4's."""
    steps = sorted(steps, key=lambda step: step.pk)
    told: list[Document] = []
    for step, after in pairwise(steps):
        status = STATUSES[step.to_value]
        if told and told[-1]["status"] == status:
            told[-1]["period"]["end"] = instant(after.at)
        else:
            told.append({"status": status, "period": {"start": instant(step.at), "end": instant(after.at)}})
    return told
