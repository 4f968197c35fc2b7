"""Single-use passes to the live socket."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from bedside.kernel.errors import NotFound
from bedside.platform.access import Actor
from bedside.visits.models import Participant, Ticket, Visit
from bedside.visits.policy import VisitFacts
from bedside.visits.rules import capabilities
from bedside.visits.terms import LIVE_STATES, TICKET_FOR, TURN_FOR

from .conduct import PatientNotReady
from .presence import Joined, join_room
from .steps import VisitIsOver, ask, lock_visit, write_down


class TicketNotGood(NotFound):
    """This pass to the visit is used or too old. Open the page again to get a new one."""


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A pass, as handed to the page. The token is nowhere else; the database keeps its hash."""

    token: str
    expires_at: datetime
    visit: Visit
    participant: Participant
    name: str
    ice_servers: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return the answer of `POST /visits/<id>/ticket` (docs/reference/signalling.md, section 1)."""
        return {
            "ticket": self.token,
            "expires_at": self.expires_at.isoformat(),
            "socket": "/live/visits",
            "visit": {
                "id": str(self.visit.id),
                "state": self.visit.state,
                "mode": self.visit.mode,
                "started_at": self.visit.started_at.isoformat() if self.visit.started_at else None,
                "on_hold": self.visit.state == "on_hold",
            },
            "you": {
                "pid": str(self.participant.id),
                "role": self.participant.role,
                "name": self.name,
                "admitted": self.participant.admitted_at is not None,
                "can": sorted(capabilities(self.participant.role)),
            },
            "ice_servers": self.ice_servers,
        }


def sha256(text: str) -> str:
    """Return the hexadecimal fingerprint under which a secret is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def ice_servers(participant_id: UUID, now: datetime) -> list[dict[str, Any]]:
    """Return the STUN and TURN servers of the settings, with a credential for this person that runs out.

    Source: draft-uberti-behave-turn-rest-00, as coturn's `use-auth-secret` implements it.
    """
    servers: list[dict[str, Any]] = []
    if settings.STUN_URLS:
        servers.append({"urls": list(settings.STUN_URLS)})
    if settings.TURN_URLS and settings.TURN_SECRET:
        username = f"{int((now + TURN_FOR).timestamp())}:{participant_id}"
        digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
        credential = base64.b64encode(digest).decode()
        servers.append({"urls": list(settings.TURN_URLS), "username": username, "credential": credential})
    return servers


@transaction.atomic
def issue_ticket(*, actor: Actor, now: datetime, visit_id: UUID, session_key: str) -> IssuedTicket:
    """Issue a pass to the visit's socket, for this person in this browser session.

    Raises: NotFound for a stranger, PatientNotReady for anyone but the patient before check-in, VisitIsOver.
    """
    visit = lock_visit(visit_id)
    facts, decision = ask(actor, "visits.issue_ticket", visit, now)
    _door(visit, facts)
    participant = Participant.objects.select_related("person").get(visit=visit, person_id=actor.person_key)
    token = secrets.token_urlsafe(32)
    ticket = Ticket.objects.create(
        token_sha256=sha256(token),
        participant=participant,
        session_key_sha256=sha256(session_key),
        expires_at=now + TICKET_FOR,
    )
    write_down(actor, "visits.issue_ticket", visit, now, decision, role=participant.role)
    return IssuedTicket(token, ticket.expires_at, visit, participant, actor.name, ice_servers(participant.id, now))


def _door(visit: Visit, facts: VisitFacts) -> None:
    if visit.state not in LIVE_STATES:
        raise VisitIsOver()
    if visit.state == "opened" or not facts.is_checked_in:
        raise PatientNotReady()


@transaction.atomic
def redeem_ticket(*, actor: Actor, now: datetime, token: str, session_key: str) -> Joined:
    """Use up a pass and take the person's place in the room.

    Raises: TicketNotGood when it is unknown, used, too old, another person's or of another session.
    """
    ticket = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("participant")
        .filter(token_sha256=sha256(token), used_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if ticket is None or not hmac.compare_digest(ticket.session_key_sha256, sha256(session_key)):
        raise TicketNotGood()
    if ticket.participant.person_id != actor.person_id:
        raise TicketNotGood()
    Ticket.objects.filter(id=ticket.id).update(used_at=now)
    return join_room(actor=actor, now=now, participant_id=ticket.participant_id)
