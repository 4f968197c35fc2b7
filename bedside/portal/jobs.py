"""What the house does by itself for the pages of this room."""

from __future__ import annotations

from datetime import datetime

from bedside.platform.access import Actor
from bedside.platform.audit.commands import seal_events
from bedside.platform.jobs import periodic


@periodic("* * * * * */5", name="audit.seal_events", policy="audit.seal_events")
def seal(*, actor: Actor, now: datetime) -> int:
    """Close the audit rows that have committed, every five seconds."""
    return seal_events(actor=actor, now=now)
