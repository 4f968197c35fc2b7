"""Who may look for a clinician, and who looks after their papers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from bedside.platform.access import Actor, Audience, Context, Decision, register

_DESK = frozenset({"administrator"})


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """The organisation that something belongs to; None while it is being made."""

    organization_id: UUID | None


def may_run(actor: Actor, facts: PlaceFacts, context: Context) -> Decision:
    """Let administrators change what belongs to their own organisation."""
    if facts.organization_id is None or facts.organization_id in actor.organization_ids:
        return Decision.yes("administrator")
    return Decision.hide()


register("directory.find_practitioners", audience=Audience.ANYONE)
register("directory.register_organization", audience=Audience.STAFF, roles=_DESK, rule=may_run)
register("directory.register_location", audience=Audience.STAFF, roles=_DESK, rule=may_run)
register("directory.register_practitioner", audience=Audience.STAFF, roles=_DESK, rule=may_run)
register("directory.register_license", audience=Audience.STAFF, roles=_DESK, rule=may_run)
register("directory.register_certificate", audience=Audience.STAFF, roles=_DESK, rule=may_run)
register("directory.verify_license", audience=Audience.STAFF, roles=_DESK, rule=may_run)
register("directory.verify_certificate", audience=Audience.STAFF, roles=_DESK, rule=may_run)
register("directory.check_papers", audience=Audience.STAFF, roles=_DESK)
