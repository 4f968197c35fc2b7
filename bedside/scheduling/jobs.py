"""What scheduling does by the clock."""

from __future__ import annotations

from datetime import datetime

from bedside.platform.access import Actor
from bedside.platform.jobs import periodic

from .commands import expire_all_holds, refresh_search, send_due_reminders


@periodic("* * * * *", name="scheduling.send_reminders", policy="scheduling.send_reminders")
def send_reminders(*, actor: Actor, now: datetime) -> int:
    """Send the reminders that are due."""
    return send_due_reminders(actor=actor, now=now)


@periodic("* * * * *", name="scheduling.expire_holds", policy="scheduling.expire_holds")
def let_go_of_holds(*, actor: Actor, now: datetime) -> int:
    """Let go of holds and offers that ran out."""
    return expire_all_holds(actor=actor, now=now)


@periodic("*/2 * * * *", name="scheduling.refresh_search", policy="scheduling.refresh_search")
def roll_search_forward(*, actor: Actor, now: datetime) -> int:
    """Keep the search true as time passes."""
    return refresh_search(actor=actor, now=now)
