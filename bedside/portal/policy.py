"""The pages of this room, and who they are for. What stands on them is settled by the rooms it comes from."""

from __future__ import annotations

from uuid import UUID

from bedside.platform.access import Actor, Audience, Context, Decision, register

CLINICIANS = frozenset({"physician", "nurse", "telepresenter"})


def may_see_own(actor: Actor, person_id: UUID, context: Context) -> Decision:
    """Let people see what is theirs."""
    return Decision.yes("self") if actor.person_id == person_id else Decision.hide()


register("portal.view_home", audience=Audience.ANYONE)
register("portal.view_today", audience=Audience.SIGNED_IN, rule=may_see_own)
register("portal.view_looked", audience=Audience.SIGNED_IN)
register("portal.view_board", audience=Audience.STAFF, roles=CLINICIANS)
register("portal.open_in_emergency", audience=Audience.STAFF, roles=frozenset({"physician", "nurse"}))
register("portal.run_clinic", audience=Audience.STAFF, roles=frozenset({"administrator"}))
register("portal.view_privacy", audience=Audience.STAFF, roles=frozenset({"privacy_officer"}))
register("portal.run_machines", audience=Audience.STAFF, roles=frozenset({"operator"}))
