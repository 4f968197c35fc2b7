"""Which topics pages may listen to. Each kind is registered by the room that owns it; default: nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from bedside.platform.access import Actor, Context, decide

from . import policy  # noqa: F401

#: Gathers the facts for one topic's rule, or None when there is no such thing. Runs in a thread; may query.
FactsOf = Callable[[Actor, UUID, datetime], object | None]

_KINDS: dict[str, tuple[str, FactsOf]] = {}


def register_topic(kind: str, *, action: str, facts: FactsOf) -> None:
    """Let pages listen to `kind:<uuid>` when the verb `action` allows it on the facts. Once per kind."""
    if kind in _KINDS:
        raise ValueError(f"topic registered twice: {kind}")
    _KINDS[kind] = (action, facts)


def kinds() -> dict[str, str]:
    """Return every kind of topic with the verb it stands behind."""
    return {kind: action for kind, (action, _) in _KINDS.items()}


def may_listen(actor: Actor, topic: str, now: datetime) -> bool:
    """Say whether the actor may hear that there is news on a topic."""
    kind, _, raw = topic.partition(":")
    known = _KINDS.get(kind)
    if known is None:
        return False
    try:
        thing = UUID(raw)
    except ValueError:
        return False
    if str(thing) != raw:
        return False
    action, facts_of = known
    facts = facts_of(actor, thing, now)
    return facts is not None and decide(actor, action, facts, Context(now)).allowed


register_topic("person", action="live.listen_to_oneself", facts=lambda actor, person_id, now: person_id)
