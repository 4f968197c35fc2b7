"""Who is on the line: arrive in the room, lose the line, come back, leave; and the sweep after a crash.

Each arrival of a person has a number. Whatever an older arrival still has to say (its socket closed, its
grace ran out) is ignored: that is what keeps ghosts and doubles out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor, authorise
from bedside.platform.events import announce
from bedside.visits.events import ParticipantChanged
from bedside.visits.models import CheckIn, Participant, Visit
from bedside.visits.rules import clean_device_test
from bedside.visits.terms import LIVE_STATES, PUT_OUT_STATES, RECONNECT_GRACE

from .steps import VisitIsOver, ask, lock_visit, write_down

#: On the line now, or lost for less than the grace.
ON_LINE = ("lobby", "admitted", "connected", "reconnecting")
#: The processes say every 15 s which sockets live; a whole process is given up this long after the last word.
GIVEN_UP_AFTER = RECONNECT_GRACE + timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Joined:
    """A place taken in the room."""

    visit_id: UUID
    participant_id: UUID
    role: str
    join: int
    is_admitted: bool


@transaction.atomic
def join_room(*, actor: Actor, now: datetime, participant_id: UUID) -> Joined:
    """Arrive in the room, or at its door. A newer arrival replaces the older one of the same person.

    The clinician needs no letting in; whoever was let in once needs it no more.

    Raises: NotFound for someone put out, VisitIsOver.
    """
    mine = Participant.objects.filter(id=participant_id, person_id=actor.person_key).first()
    if mine is None:
        raise NotFound()
    visit = lock_visit(mine.visit_id)
    _, decision = ask(actor, "visits.join_room", visit, now)
    if visit.state not in LIVE_STATES:
        raise VisitIsOver()
    visit.join_count += 1
    visit.save(update_fields=["join_count"])
    mine.refresh_from_db()
    mine.join_no, mine.seen_at = visit.join_count, now
    if mine.role == "clinician" and mine.admitted_at is None:
        mine.admitted_at = now
    mine.state = "connected" if mine.admitted_at else "lobby"
    mine.entry_no = mine.join_no if mine.admitted_at else 0
    mine.save(update_fields=["join_no", "entry_no", "seen_at", "admitted_at", "state"])
    write_down(actor, "visits.join_room", visit, now, decision, role=mine.role, join=mine.join_no)
    _announce(visit, mine.id)
    return Joined(visit.id, mine.id, mine.role, mine.join_no, mine.admitted_at is not None)


def lose_line(*, actor: Actor, now: datetime, participant_id: UUID, join: int) -> bool:
    """Note that the socket of that arrival is lost. Return whether it was still the present arrival."""
    return _settle(actor, now, participant_id, join, lambda p: "reconnecting")


def resume_line(*, actor: Actor, now: datetime, participant_id: UUID, join: int) -> bool:
    """Note that the socket of that arrival is back. Return whether it was still the present arrival."""
    return _settle(actor, now, participant_id, join, lambda p: "connected" if p.admitted_at else "lobby")


def leave_room(*, actor: Actor, now: datetime, participant_id: UUID, join: int) -> bool:
    """Note that the person of that arrival has left. The visit stays open; they may come back."""
    return _settle(actor, now, participant_id, join, lambda p: "left")


@transaction.atomic
def _settle(actor: Actor, now: datetime, participant_id: UUID, join: int, to_state: Any) -> bool:
    mine = (
        Participant.objects.select_for_update(of=("self",))
        .select_related("visit")
        .filter(id=participant_id, person_id=actor.person_key, join_no=join, state__in=ON_LINE)
        .first()
    )
    if mine is None:
        return False
    state = to_state(mine)
    if state != mine.state:
        mine.state, mine.seen_at = state, now
        mine.save(update_fields=["state", "seen_at"])
        _announce(mine.visit, mine.id)
    return True


def _announce(visit: Visit, participant_id: UUID) -> None:
    announce(ParticipantChanged(visit.id, visit.practitioner_id, participant_id))


@transaction.atomic
def tell_readiness(*, actor: Actor, now: datetime, visit_id: UUID, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the figures of a device test made in the waiting room. The patient's also go to the check-in."""
    visit = lock_visit(visit_id)
    facts, decision = ask(actor, "visits.join_room", visit, now)
    clean = clean_device_test(figures)
    Participant.objects.filter(visit=visit, person_id=actor.person_key).update(device_test=clean)
    if facts.role == "patient":
        CheckIn.objects.filter(visit=visit).update(device_test=clean)
    write_down(actor, "visits.tell_readiness", visit, now, decision)
    me = Participant.objects.get(visit=visit, person_id=actor.person_key)
    _announce(visit, me.id)
    return clean


@transaction.atomic
def sweep_rooms(*, actor: Actor, now: datetime) -> int:
    """Mark as left whoever was on a line whose process died. Visits in use are never ended. Return how many."""
    authorise(actor, "visits.sweep_rooms")
    stale = (
        Participant.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("visit")
        .filter(state__in=("lobby", "connected", "reconnecting"), seen_at__lt=now - GIVEN_UP_AFTER)
        .exclude(state__in=PUT_OUT_STATES)
    )
    swept = 0
    for participant in stale:
        participant.state = "left"
        participant.save(update_fields=["state"])
        _announce(participant.visit, participant.id)
        swept += 1
    return swept
