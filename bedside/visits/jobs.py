"""What the house does by itself for live visits."""

from __future__ import annotations

from datetime import datetime

from bedside.platform.access import Actor
from bedside.platform.jobs import periodic

from . import commands


@periodic("* * * * *", name="visits.sweep_rooms", policy="visits.sweep_rooms")
def sweep_rooms(*, actor: Actor, now: datetime) -> None:
    """Mark as left whoever was on the line of a process that died. A visit in use is never ended by a clock."""
    commands.sweep_rooms(actor=actor, now=now)
