"""What the house does by itself so that no result is seen by nobody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bedside.platform.access import Actor
from bedside.platform.jobs import job, periodic

from . import commands


@job("results.file_report", policy="results.file_report")
def file_report(*, actor: Actor, now: datetime, patient_id: str, report_id: str) -> None:
    """Put a report that a laboratory just sent before someone's eyes."""
    commands.file_report(actor=actor, now=now, patient_id=UUID(patient_id), report_id=report_id)


@periodic("* * * * *", name="results.file_new", policy="results.file_new")
def file_new(*, actor: Actor, now: datetime) -> int:
    """Find what came by another door."""
    return commands.file_new(actor=actor, now=now)


@periodic("*/5 * * * *", name="results.escalate_late", policy="results.escalate_late")
def escalate_late(*, actor: Actor, now: datetime) -> int:
    """Hand on what waited too long."""
    return commands.escalate_late(actor=actor, now=now)


@periodic("20 8 * * *", name="results.prove_seen", policy="results.prove_seen")
def prove_seen(*, actor: Actor, now: datetime) -> int:
    """Prove, at night in the Americas, that every result has someone who sees it."""
    return commands.prove_seen(actor=actor, now=now)
