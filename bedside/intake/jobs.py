"""What is done later: looking through files, storing them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bedside.platform.access import Actor
from bedside.platform.jobs import job, periodic

from . import commands
from .queries import runs_of


@job("intake.look_through", policy="intake.look_through")
def look_through(*, actor: Actor, now: datetime, group_id: str) -> None:
    """Find out what is in files that were given together."""
    for run_id in runs_of(UUID(group_id)):
        commands.look_through(actor=actor, now=now, run_id=run_id)


@job("intake.store_run", policy="intake.store_run")
def store_runs(*, actor: Actor, now: datetime, group_id: str) -> None:
    """Store files that were given together, one after the other, each from where it was left off."""
    for run_id in runs_of(UUID(group_id)):
        commands.store_run(actor=actor, now=now, run_id=run_id)


@periodic("* * * * *", name="intake.file_kept", policy="intake.file_result")
def file_kept(*, actor: Actor, now: datetime) -> int:
    """File what was kept when the house ended before it could be filed."""
    return commands.file_kept(actor=actor, now=now)
