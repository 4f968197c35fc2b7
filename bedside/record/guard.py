"""The gate of every chart command: who is this to the patient, may they, and a row when they may not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bedside.consent.queries import patient_facts
from bedside.kernel.errors import NotAllowed, NotFound
from bedside.platform.access import Actor, Context, decide
from bedside.platform.audit.write import record_refusal


class NotYoursToWrite(NotAllowed):
    """Your role cannot do this. A doctor who cares for this patient can. Nothing was saved."""


def allow(*, actor: Actor, action: str, patient_id: UUID, now: datetime) -> str:
    """Return the relation that allows the act, or refuse and leave an audit row of the refusal.

    Why: call it before the command's transaction, so that the row outlives the refusal. A change of care between the
    two is caught by the next act; nothing is written in someone's name without this check in the same request.
    Raises: NotYoursToWrite; NotFound to a stranger.
    """
    facts = patient_facts(actor=actor, patient_id=patient_id, now=now)
    decision = decide(actor, action, facts, Context(now=now))
    if decision.allowed:
        return decision.reason
    record_refusal(actor=actor, action=action, now=now, patient_id=patient_id, reason=decision.reason)
    raise NotFound() if decision.hidden else NotYoursToWrite()
