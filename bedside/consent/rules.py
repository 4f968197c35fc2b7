"""Who may see and do what with a patient's record, decided from relations and roles alone.

Each `may_…` is a rule in the shape `platform.access` wants: (actor, facts, context) -> Decision, where facts
is anything with `relations`. Rooms above register their verbs with these. The table people can read is
docs/rules/who-may-see.md; the tests run it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from bedside.platform.access import Actor, Context, Decision

from .terms import CARE_RELATIONS, CLINICAL_ROLES

Rule = Callable[[Actor, "HasRelations", Context], Decision]


class HasRelations(Protocol):
    """What a rule needs to know of a resource: how the actor is related to its patient."""

    @property
    def relations(self) -> frozenset[str]:
        """The relations held now."""


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """How one actor is related to one patient, now."""

    patient_id: UUID
    relations: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class CareFacts:
    """A care relationship that is about to begin or end, and how the actor is related to the patient."""

    patient_id: UUID
    person_id: UUID
    reason: str
    source_type: str
    relations: frozenset[str] = field(default_factory=frozenset)


#: The first of these that is held is the reason that is written down: the plainest one wins.
_ORDER = ("self", "treating", "covering", "booked", "proxy", "break_glass")


def counted(actor: Actor, relations: frozenset[str]) -> tuple[str, ...]:
    """Return the relations that count, plainest first: care relations only for those who still work here."""
    works = actor.has(*CLINICAL_ROLES)
    return tuple(r for r in _ORDER if r in relations and (works or r not in CARE_RELATIONS))


@lru_cache(maxsize=256)
def reading_reasons(roles: frozenset[str]) -> tuple[str, ...]:
    """Return the relations any one of which lets someone of these roles read a whole chart, plainest first.

    Why: it asks the rule itself about each, so that a statement of SQL made from the answer cannot differ from it. Of
    an actor the rule only looks at the roles, and of a patient at the relations.
    """
    someone, anyone = Actor(person_id=None, roles=roles), UUID(int=0)
    return tuple(
        reason
        for reason in _ORDER
        if may_read_chart(someone, PatientFacts(anyone, frozenset({reason})), Context()).allowed
    )


def _rule(by_relation: frozenset[str], roles: frozenset[str] | None = None) -> Rule:
    """Return a rule: some counted relation must be in the table; through care, the role must fit as well."""

    def rule(actor: Actor, facts: HasRelations, context: Context) -> Decision:
        held = counted(actor, facts.relations)
        if not held:
            return Decision.hide()
        for relation in held:
            if relation in by_relation and (relation not in CARE_RELATIONS or roles is None or actor.has(*roles)):
                return Decision.yes(relation)
        return Decision.no("role" if by_relation.intersection(held) else "relation")

    return rule


_PHYSICIAN = frozenset({"physician"})
_NURSING = frozenset({"physician", "nurse"})

#: See booked times and visits, and take part in arranging them.
may_see_visits: Rule = _rule(CARE_RELATIONS | {"self", "proxy"})
#: Book, move and cancel for the patient; check in; agree to care.
may_act_for: Rule = _rule(frozenset({"self", "proxy"}))
#: Read what was found and decided at one visit.
may_read_summary: Rule = _rule(CARE_RELATIONS | {"self", "proxy"})
#: Read the whole chart.
may_read_chart: Rule = _rule(CARE_RELATIONS | {"self"})
#: Note a measured value.
may_measure: Rule = _rule(CARE_RELATIONS | {"self"})
#: Write clinical content that is not a diagnosis or an order: allergies, medicines taken, home care.
may_write_chart: Rule = _rule(CARE_RELATIONS, _NURSING)
#: Write and sign a visit note, name a diagnosis.
may_diagnose: Rule = _rule(CARE_RELATIONS, _PHYSICIAN)
#: Prescribe. Source: requirement NCC-02 (a nurse or telepresenter cannot diagnose or prescribe).
may_prescribe: Rule = _rule(CARE_RELATIONS, _PHYSICIAN)
#: Tick off one's own tasks.
may_do_tasks: Rule = _rule(frozenset({"self"}))


def may_choose_results(actor: Actor, facts: HasRelations, context: Context) -> Decision:
    """Let patients, and nobody else, say when their results open for them, and open them.

    Source: requirement REG-04: staff cannot delay a result; 45 CFR § 171.101.
    """
    if "self" in facts.relations:
        return Decision.yes("self")
    return Decision.no("relation") if counted(actor, facts.relations) else Decision.hide()


def may_see_who_looked(actor: Actor, facts: HasRelations, context: Context) -> Decision:
    """Let patients see who opened their record, and privacy officers see it for anyone."""
    if "self" in facts.relations:
        return Decision.yes("self")
    if actor.has("privacy_officer"):
        return Decision.yes("privacy_officer")
    return Decision.no("relation") if counted(actor, facts.relations) else Decision.hide()


def may_break_glass(actor: Actor, facts: HasRelations, context: Context) -> Decision:
    """Let a physician or nurse open any one chart in an emergency."""
    return Decision.yes("emergency") if actor.has(*_NURSING) else Decision.hide("role")


def may_begin_care(actor: Actor, facts: CareFacts, context: Context) -> Decision:
    """Let a care relationship begin.

    Why: a clinician begins their own only out of an appointment or a visit, which the room that owns it has
    already found to be theirs; anything wider takes the patient, an administrator or the house itself.
    """
    if actor.job:
        return Decision.yes("house")
    if "self" in facts.relations:
        return Decision.yes("self")
    if "proxy" in facts.relations and facts.reason == "booked":
        return Decision.yes("proxy")
    if actor.has("administrator") and facts.reason in {"booked", "covering"}:
        return Decision.yes("administrator")
    own = actor.person_id == facts.person_id and facts.source_type in {"appointment", "visit"}
    in_care = own or not CARE_RELATIONS.isdisjoint(facts.relations)
    if actor.has(*CLINICAL_ROLES) and facts.reason in {"booked", "treating"} and in_care:
        return Decision.yes("clinician")
    return Decision.hide()


def may_end_care(actor: Actor, facts: CareFacts, context: Context) -> Decision:
    """Let a care relationship end: by whoever could begin it, or by the one who holds it."""
    if actor.person_id is not None and actor.person_id == facts.person_id:
        return Decision.yes("own")
    return may_begin_care(actor, facts, context)
