"""What every command of this room does the same way: load and lock, ask, move, write it down."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from bedside.consent.queries import relations
from bedside.kernel.errors import Conflict, NotFound
from bedside.platform.access import Actor, Context, Decision, authorise
from bedside.platform.audit.write import record_change
from bedside.visits.models import CheckIn, Participant, Visit, VisitStep
from bedside.visits.policy import VisitFacts
from bedside.visits.rules import may_move
from bedside.visits.terms import OVER_STATES


class VisitMovedOn(Conflict):
    """This visit has moved on since you opened the page. Look again; nothing of yours was lost."""


class VisitIsOver(Conflict):
    """This visit is over. You can still read its summary and its chat."""


def lock_visit(visit_id: UUID) -> Visit:
    """Load a visit and hold its row until the transaction ends.

    Raises: NotFound.
    """
    visit = Visit.objects.select_for_update(of=("self",)).select_related("practitioner").filter(id=visit_id).first()
    if visit is None:
        raise NotFound()
    return visit


def facts_of(actor: Actor, visit: Visit, now: datetime) -> VisitFacts:
    """Gather what a rule needs to know of the actor's place in a visit. Three queries at most."""
    me = None
    if actor.person_id is not None:
        me = Participant.objects.filter(visit_id=visit.id, person_id=actor.person_id).first()
    return VisitFacts(
        patient_id=visit.patient_id,
        practitioner_id=visit.practitioner_id,
        organization_id=visit.practitioner.organization_id,
        state=visit.state,
        role=me.role if me else "",
        place=me.state if me else "",
        is_admitted=bool(me and me.admitted_at),
        is_checked_in=CheckIn.objects.filter(visit_id=visit.id).exists(),
        relations=frozenset() if me else relations(actor=actor, patient_id=visit.patient_id, now=now),
    )


def ask(actor: Actor, action: str, visit: Visit, now: datetime) -> tuple[VisitFacts, Decision]:
    """Gather the facts and ask. Raises: NotFound or NotAllowed."""
    facts = facts_of(actor, visit, now)
    return facts, authorise(actor, action, facts, Context(now))


def move(visit: Visit, to_state: str, *, actor: Actor, now: datetime, why: str = "", **fields: Any) -> None:
    """Move a locked visit to another state, with any fields that change with it, and write the step down.

    Raises: VisitMovedOn for a move that is not in the table; VisitIsOver out of a last state.
    """
    if not may_move(visit.state, to_state):
        raise VisitIsOver() if visit.state in OVER_STATES else VisitMovedOn()
    was, visit.state = visit.state, to_state
    for name, value in fields.items():
        setattr(visit, name, value)
    visit.save(update_fields=["state", *fields])
    step(visit, "state", was, to_state, actor=actor, now=now, why=why)


def step(
    visit: Visit, kind: str, from_value: str, to_value: str, *, actor: Actor, now: datetime, why: str = ""
) -> None:
    """Write down one step of a visit."""
    VisitStep.objects.create(
        visit=visit, kind=kind, from_value=from_value, to_value=to_value, at=now, by_id=actor.person_id, why=why
    )


def write_down(
    actor: Actor, action: str, visit: Visit, now: datetime, decision: Decision | None = None, **detail: Any
) -> None:
    """Write the audit row of a change to a visit."""
    record_change(
        actor=actor,
        action=action,
        now=now,
        patient_id=visit.patient_id,
        resource=("Visit", visit.id),
        reason=decision.reason if decision else "house",
        detail=detail,
    )


def plain(text: str, most: int) -> str:
    """Return typed text without control characters and outer space, cut to `most` characters."""
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in text)
    return kept.strip()[:most]
