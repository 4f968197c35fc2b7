"""Keep the tables of signing in short."""

from __future__ import annotations

from datetime import datetime

from bedside.platform.access import Actor
from bedside.platform.jobs import periodic

from .commands import sweep_sign_in


@periodic("41 3 * * *", name="accounts.sweep", policy="accounts.sweep")
def sweep_nightly(*, actor: Actor, now: datetime) -> int:
    """Forget sessions that ended, tries of yesterday and codes that were spent."""
    return sweep_sign_in(actor=actor, now=now)
