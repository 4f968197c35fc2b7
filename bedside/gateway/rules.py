"""Who may read and write which resource, decided from facts alone. `reach` says the same of reading in SQL.

A resource that names several patients is for those who may see the chart of every one of them. The table people can
read is in docs/decisions/0029-gateway.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bedside.accounts.scopes import Scopes
from bedside.consent.rules import PatientFacts, may_diagnose, may_measure, may_read_chart, may_write_chart
from bedside.consent.terms import CARE_RELATIONS
from bedside.platform.access import Actor, Context, Decision

from .terms import ADDED_ONLY, KNOWLEDGE, MEASURED, NEVER_WRITTEN, OWNED, PHYSICIANS, SHARED_TYPES


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """What a decision needs of one resource, and of the grant it is asked under.

    Shape: `letter` is what is to be done, of SMART's `cruds`; `context_id` is the patient of `patient/` scopes;
    `is_of_house` says that it stands already and that a room of the house wrote it.
    """

    kind: str
    letter: str
    patients: tuple[PatientFacts, ...]
    author_id: UUID | None
    scopes: Scopes
    context_id: UUID | None
    is_of_house: bool = False


def may_read(actor: Actor, facts: ResourceFacts, context: Context) -> Decision:
    """Let a resource be read: through a chart, because it is everyone's, or by its author."""
    reason = _why_visible(actor, facts, context)
    if not reason:
        return Decision.hide()
    return Decision.yes(reason) if _is_in_scope(facts, "rs") else Decision.hide("scope")


def _why_visible(actor: Actor, facts: ResourceFacts, context: Context) -> str:
    if facts.patients:
        each = [may_read_chart(actor, patient, context) for patient in facts.patients]
        return each[0].reason if all(one.allowed for one in each) else ""
    if facts.kind in SHARED_TYPES:
        return "shared"
    return "author" if actor.person_id is not None and actor.person_id == facts.author_id else ""


def _is_in_scope(facts: ResourceFacts, letters: str) -> bool:
    """Say whether a scope covers it. A `patient/` scope covers its one patient, and what has none and is shared."""
    for scope in facts.scopes.all:
        if not scope.allows(facts.kind, letters) or scope.holder == "system":
            continue
        if scope.holder == "user":
            return True
        if facts.patients:
            if all(patient.patient_id == facts.context_id for patient in facts.patients):
                return True
        elif facts.kind in SHARED_TYPES:
            return True
    return False


def may_write(actor: Actor, facts: ResourceFacts, context: Context) -> Decision:
    """Let a resource be created, changed or removed: by clinicians for those in their care, each type by its rule.

    Why: what another room keeps is never written around it, and patients do not write clinical content.
    """
    if facts.kind in OWNED:
        return Decision.no("owned")
    if facts.kind in ADDED_ONLY and facts.letter != "c":
        return Decision.no("added_only")
    if not _is_in_scope(facts, facts.letter):
        return Decision.no("scope")
    if facts.kind in KNOWLEDGE:
        return Decision.yes("administrator") if actor.has("administrator") else Decision.no("role")
    if not actor.has("physician", "nurse") and not (facts.kind in MEASURED and actor.has("telepresenter")):
        return Decision.no("role")
    if facts.kind in PHYSICIANS and not actor.has("physician"):
        return Decision.no("role")
    return _may_write_about(actor, facts, context)


def _may_write_about(actor: Actor, facts: ResourceFacts, context: Context) -> Decision:
    rule = may_diagnose if facts.kind in PHYSICIANS else may_measure if facts.kind in MEASURED else may_write_chart
    reason = "author"
    for patient in facts.patients:
        through_care = PatientFacts(patient.patient_id, patient.relations & CARE_RELATIONS)
        decision = rule(actor, through_care, context)
        if not decision.allowed:
            return decision
        reason = decision.reason if reason == "author" else reason
    return Decision.yes(reason)


def may_import(actor: Actor, facts: ResourceFacts, context: Context) -> Decision:
    """Let the house itself, or a program it lets in, read and write within the `system/` scopes of its grant.

    Why: a program brings what others have made; what a room of this house made stays that room's. A Patient is a
    person here: who they are may be corrected from outside as long as they have no login, but nobody is deleted.
    Source: docs/decisions/0034-from-elsewhere.md.
    """
    if not any(one.holder == "system" and one.allows(facts.kind, facts.letter) for one in facts.scopes.all):
        return Decision.hide("scope")
    if actor.program_id is None:
        return Decision.yes("house")
    if facts.letter in "cud":
        if facts.kind in NEVER_WRITTEN:
            return Decision.no("never_written")
        if facts.kind == "Patient":
            return Decision.no("person") if facts.letter == "d" else Decision.yes("program")
        if facts.is_of_house and facts.kind in OWNED:
            return Decision.no("of_house")
    return Decision.yes("program")
