"""Who may import, settle what waits, and who may do it by themselves."""

from __future__ import annotations

from uuid import UUID

from bedside.consent.rules import counted
from bedside.platform.access import Actor, Audience, Context, Decision, register

IMPORTERS = frozenset({"administrator", "physician", "nurse"})


def may_see_run(actor: Actor, given_by: UUID, context: Context) -> Decision:
    """Let people see and lead what they gave themselves; those who run the clinic, all of it."""
    if actor.person_id is not None and actor.person_id == given_by:
        return Decision.yes("own")
    return Decision.yes("administrator") if actor.has("administrator") else Decision.hide()


def may_settle(actor: Actor, relations: frozenset[str], context: Context) -> Decision:
    """Let those who run the clinic say whose a result is, and clinicians that it is of someone they treat.

    Shape: `relations` with the patient it is given to; {"nobody"} when it is given to none.
    """
    if actor.has("administrator"):
        return Decision.yes("administrator")
    if "nobody" in relations:
        return Decision.yes("clinician")
    held = counted(actor, relations - {"self"})
    return Decision.yes(held[0]) if held else Decision.no("not_in_care")


register("intake.import_records", audience=Audience.STAFF, roles=IMPORTERS)
register("intake.see_import", audience=Audience.STAFF, roles=IMPORTERS, rule=may_see_run)
register("intake.lead_import", audience=Audience.STAFF, roles=IMPORTERS, rule=may_see_run)
register("intake.see_held_results", audience=Audience.STAFF, roles=IMPORTERS)
register("intake.settle_held_result", audience=Audience.STAFF, roles=IMPORTERS, rule=may_settle)
register("intake.import_files", audience=Audience.HOUSE)
register("intake.look_through", audience=Audience.HOUSE)
register("intake.store_run", audience=Audience.HOUSE)
register("intake.file_result", audience=Audience.HOUSE)
