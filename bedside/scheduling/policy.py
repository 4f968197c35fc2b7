"""Who may see and arrange appointments."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from bedside.platform.access import Actor, Audience, Context, Decision, register

#: Care relations that let a colleague see and run an appointment. Source: docs/map.md, "Trust".
_CARE = frozenset({"booked", "treating", "covering", "break_glass"})
_CLINICAL = frozenset({"physician", "nurse", "telepresenter", "pharmacist"})
_DESK = frozenset({"physician", "nurse", "telepresenter", "administrator"})


@dataclass(frozen=True, slots=True)
class AppointmentFacts:
    """Whose appointment, with whom, where, and how the actor is related to the patient."""

    patient_id: UUID
    practitioner_id: UUID | None
    organization_id: UUID | None
    relations: frozenset[str] = field(default_factory=frozenset)
    to_status: str = ""


@dataclass(frozen=True, slots=True)
class CalendarFacts:
    """Whose working hours, and where they work."""

    practitioner_id: UUID
    organization_id: UUID


def _is_theirs(actor: Actor, facts: AppointmentFacts | CalendarFacts) -> bool:
    return actor.person_id == facts.practitioner_id and actor.has("physician", "nurse")


def _runs_the_desk(actor: Actor, facts: AppointmentFacts | CalendarFacts) -> bool:
    return actor.has("administrator") and facts.organization_id in actor.organization_ids


def may_see(actor: Actor, facts: AppointmentFacts, context: Context) -> Decision:
    """Let the patient, a proxy, the clinician, their desk and those in the patient's care see a booked time."""
    if actor.job:
        return Decision.yes("house")
    for relation in ("self", "proxy"):
        if relation in facts.relations:
            return Decision.yes(relation)
    if _is_theirs(actor, facts):
        return Decision.yes("own_list")
    if actor.has(*_CLINICAL) and (held := sorted(_CARE & facts.relations)):
        return Decision.yes(held[0])
    return Decision.yes("administrator") if _runs_the_desk(actor, facts) else Decision.hide()


def may_book(actor: Actor, facts: AppointmentFacts, context: Context) -> Decision:
    """Let the patient, a proxy and the clinic's desk hold and book a time."""
    for relation in ("self", "proxy"):
        if relation in facts.relations:
            return Decision.yes(relation)
    return Decision.yes("administrator") if _runs_the_desk(actor, facts) else Decision.hide()


def may_change(actor: Actor, facts: AppointmentFacts, context: Context) -> Decision:
    """Let those who may book, and the clinician themself, move or cancel a booked time."""
    booking = may_book(actor, facts, context)
    if booking.allowed:
        return booking
    return Decision.yes("own_list") if _is_theirs(actor, facts) else may_see_but_not(actor, facts, context)


def may_see_but_not(actor: Actor, facts: AppointmentFacts, context: Context) -> Decision:
    """Refuse openly to those who may see the appointment, and hide it from everyone else."""
    return Decision.no("role") if may_see(actor, facts, context).allowed else Decision.hide()


def may_move_status(actor: Actor, facts: AppointmentFacts, context: Context) -> Decision:
    """Let the clinic run the day; the patient only arrives."""
    if actor.job:
        return Decision.yes("house")
    if _is_theirs(actor, facts):
        return Decision.yes("own_list")
    if _runs_the_desk(actor, facts):
        return Decision.yes("administrator")
    if actor.has(*_DESK) and (held := sorted(_CARE & facts.relations)):
        return Decision.yes(held[0])
    if facts.to_status == "arrived" and facts.relations & {"self", "proxy"}:
        return Decision.yes("self" if "self" in facts.relations else "proxy")
    return may_see_but_not(actor, facts, context)


def may_offer(actor: Actor, facts: AppointmentFacts, context: Context) -> Decision:
    """Let a clinician who has the patient in care offer times."""
    held = sorted(_CARE & facts.relations)
    if actor.has("physician", "nurse") and held:
        return Decision.yes(held[0])
    return Decision.hide()


def may_run_calendar(actor: Actor, facts: CalendarFacts, context: Context) -> Decision:
    """Let a clinician and their clinic's desk set working hours and time off."""
    if actor.job:
        return Decision.yes("house")
    if _is_theirs(actor, facts):
        return Decision.yes("own_list")
    return Decision.yes("administrator") if _runs_the_desk(actor, facts) else Decision.hide()


register("scheduling.find_times", audience=Audience.SIGNED_IN)
register("scheduling.hold_appointment", audience=Audience.SIGNED_IN, rule=may_book)
register("scheduling.book_appointment", audience=Audience.SIGNED_IN, rule=may_book)
register("scheduling.release_appointment", audience=Audience.SIGNED_IN, rule=may_book)
register("scheduling.view_appointment", audience=Audience.SIGNED_IN, rule=may_see)
register("scheduling.list_appointments", audience=Audience.SIGNED_IN)
register("scheduling.reschedule_appointment", audience=Audience.SIGNED_IN, rule=may_change)
register("scheduling.cancel_appointment", audience=Audience.SIGNED_IN, rule=may_change)
register("scheduling.move_appointment", audience=Audience.ANYONE, rule=may_move_status)
register("scheduling.offer_follow_up", audience=Audience.STAFF, rule=may_offer)
register("scheduling.accept_follow_up", audience=Audience.SIGNED_IN, rule=may_book)
register("scheduling.set_hours", audience=Audience.ANYONE, rule=may_run_calendar)
register("scheduling.view_day", audience=Audience.STAFF, rule=may_run_calendar)
register("scheduling.expire_holds", audience=Audience.HOUSE)
register("scheduling.send_reminders", audience=Audience.HOUSE)
register("scheduling.refresh_search", audience=Audience.HOUSE)
register(
    "scheduling.keep_hours",
    audience=Audience.STAFF,
    roles=frozenset({"physician", "nurse", "administrator"}),
)
