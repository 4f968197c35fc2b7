"""Who may do what with a live visit. Every rule is settled by the actor's place in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from bedside.consent.rules import may_read_summary
from bedside.platform.access import Actor, Audience, Context, Decision, register

from .rules import capabilities
from .terms import PUT_OUT_STATES, STAFF_PARTICIPANTS


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What a rule needs to know of a visit and the actor's place in it.

    `role` and `place` are the actor's as a participant ("" for someone who is none). `relations` are the
    actor's with the patient, as consent knows them.
    """

    patient_id: UUID
    practitioner_id: UUID
    organization_id: UUID
    state: str
    role: str = ""
    place: str = ""
    is_admitted: bool = False
    is_checked_in: bool = False
    relations: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """A practitioner's waiting room."""

    practitioner_id: UUID
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class ArrivalFacts:
    """An appointment someone wants to arrive for."""

    patient_id: UUID
    practitioner_id: UUID


def may_arrive(actor: Actor, facts: ArrivalFacts, context: Context) -> Decision:
    """Let patients open the visit of their own appointment."""
    return Decision.yes("self") if actor.person_id == facts.patient_id else Decision.hide()


def may_prepare(actor: Actor, facts: VisitFacts, context: Context) -> Decision:
    """Let patients check in to, and wait for, their own visit."""
    if actor.person_id == facts.patient_id:
        return Decision.yes("self")
    return Decision.no("relation") if _takes_part(actor, facts) else Decision.hide()


def _takes_part(actor: Actor, facts: VisitFacts) -> bool:
    if not facts.role or facts.place in PUT_OUT_STATES:
        return False
    return facts.role not in STAFF_PARTICIPANTS or actor.is_staff


def may_take_part(actor: Actor, facts: VisitFacts, context: Context) -> Decision:
    """Let the people of a visit into it, unless they were put out."""
    return Decision.yes(facts.role) if _takes_part(actor, facts) else Decision.hide()


def may_see(actor: Actor, facts: VisitFacts, context: Context) -> Decision:
    """Let the people of a visit, and those who treat the patient, see that it is and how far it has come."""
    if _takes_part(actor, facts):
        return Decision.yes(facts.role)
    if actor.is_staff and facts.relations & {"treating", "covering", "booked"}:
        return Decision.yes("treating")
    return Decision.hide()


def may_see_board(actor: Actor, facts: BoardFacts, context: Context) -> Decision:
    """Let practitioners see who waits for them, and the staff of the same clinic too."""
    if actor.person_id == facts.practitioner_id:
        return Decision.yes("own")
    if actor.has("nurse", "telepresenter", "administrator") and facts.organization_id in actor.organization_ids:
        return Decision.yes("clinic")
    return Decision.hide()


def _can(capability: str, *, admitted: bool = False) -> Callable[[Actor, VisitFacts, Context], Decision]:
    """Return the rule: a participant whose role can do this, and who has been let in where that is needed."""

    def rule(actor: Actor, facts: VisitFacts, context: Context) -> Decision:
        if not _takes_part(actor, facts):
            return Decision.hide()
        if capability not in capabilities(facts.role):
            return Decision.no("role")
        if admitted and not facts.is_admitted and facts.role != "clinician":
            return Decision.no("not_admitted")
        return Decision.yes(facts.role)

    return rule


register("visits.open_visit", audience=Audience.SIGNED_IN, rule=may_arrive)
for _verb in ("check_in_patient", "enter_waiting_room", "see_place_in_line"):
    register(f"visits.{_verb}", audience=Audience.SIGNED_IN, rule=may_prepare)
for _verb in ("issue_ticket", "join_room", "see_chat", "leave_room"):
    register(f"visits.{_verb}", audience=Audience.SIGNED_IN, rule=may_take_part)
register("visits.read_summary", audience=Audience.SIGNED_IN, rule=may_read_summary)
register("visits.see_visit", audience=Audience.SIGNED_IN, rule=may_see)
register("visits.see_waiting_room", audience=Audience.STAFF, rule=may_see_board)
for _verb, _capability, _admitted in (
    ("send_chat_message", "chat", False),
    ("mark_read", "chat", False),
    ("attach_file", "chat", False),
    ("send_signal", "signal", True),
    ("tell_media", "signal", True),
    ("tell_quality", "signal", True),
    ("raise_hand", "hand", True),
    ("change_mode", "mode", True),
    ("admit_patient", "admit", False),
    ("admit_participant", "admit", False),
    ("deny_participant", "deny", False),
    ("remove_participant", "remove", False),
    ("invite_participant", "invite", False),
    ("hold_visit", "hold", False),
    ("end_visit", "end", False),
    ("mark_no_show", "end", False),
):
    register(f"visits.{_verb}", audience=Audience.SIGNED_IN, rule=_can(_capability, admitted=_admitted))
for _job in ("sweep_rooms", "cancel_visit", "keep_letter"):
    register(f"visits.{_job}", audience=Audience.HOUSE)
