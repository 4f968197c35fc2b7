"""Who may read, seal and check the log."""

from __future__ import annotations

from uuid import UUID

from bedside.platform.access import Actor, Audience, Context, Decision, register


def may_read_about(actor: Actor, patient_id: UUID, context: Context) -> Decision:
    """Let people read the log about themselves, and privacy officers about anyone."""
    if actor.person_id is not None and actor.person_id == patient_id:
        return Decision.yes("self")
    return Decision.yes("privacy_officer") if actor.has("privacy_officer") else Decision.hide()


register("audit.read_about_patient", audience=Audience.SIGNED_IN, rule=may_read_about)
register("audit.search_events", audience=Audience.STAFF, roles=frozenset({"privacy_officer"}))
register("audit.verify_log", audience=Audience.ANYONE, roles=frozenset({"privacy_officer", "operator"}))
register("audit.seal_events", audience=Audience.HOUSE)
