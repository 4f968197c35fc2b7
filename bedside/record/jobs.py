"""What the chart does by the clock."""

from __future__ import annotations

from datetime import datetime

from bedside.platform.access import Actor
from bedside.platform.jobs import periodic

from .commands import send_check_backs


@periodic("*/15 * * * *", name="record.send_check_backs", policy="record.send_check_backs")
def ask_how_it_went(*, actor: Actor, now: datetime) -> int:
    """Send the check-backs whose day it is."""
    return send_check_backs(actor=actor, now=now)
