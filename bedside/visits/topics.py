"""Which news of this room a page may hear."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bedside.directory.models import Practitioner
from bedside.platform.access import Actor
from bedside.platform.live.topics import register_topic

from .models import Participant, Visit
from .policy import BoardFacts, VisitFacts


def _board(actor: Actor, practitioner_id: UUID, now: datetime) -> BoardFacts | None:
    found = Practitioner.objects.filter(person_id=practitioner_id).values_list("organization_id", flat=True).first()
    return BoardFacts(practitioner_id, found) if found else None


def _visit(actor: Actor, visit_id: UUID, now: datetime) -> VisitFacts | None:
    visit = Visit.objects.select_related("practitioner").filter(id=visit_id).first()
    mine = Participant.objects.filter(visit_id=visit_id, person_id=actor.person_key).first()
    if visit is None or mine is None:
        return None
    return VisitFacts(
        patient_id=visit.patient_id,
        practitioner_id=visit.practitioner_id,
        organization_id=visit.practitioner.organization_id,
        state=visit.state,
        role=mine.role,
        place=mine.state,
        is_admitted=mine.admitted_at is not None,
    )


register_topic("board", action="visits.see_waiting_room", facts=_board)
register_topic("visit", action="visits.join_room", facts=_visit)
