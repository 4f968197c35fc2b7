"""Who may listen to news: people who are signed in, to what its own room lets them hear, and to news of themselves."""

from __future__ import annotations

from uuid import UUID

from bedside.platform.access import Actor, Audience, Context, Decision, register


def _own(actor: Actor, person_id: UUID, context: Context) -> Decision:
    return Decision.yes("self") if actor.person_id == person_id else Decision.hide()


register("live.listen", audience=Audience.SIGNED_IN)
register("live.listen_to_oneself", audience=Audience.SIGNED_IN, rule=_own)
