"""What the house does by itself for live visits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bedside.platform.access import Actor
from bedside.platform.jobs import job, periodic

from . import commands

#: Letters that one sweep keeps: some seconds of work, so that an old clinic's come bit by bit.
LETTERS_MOST = 50


@periodic("* * * * *", name="visits.sweep_rooms", policy="visits.sweep_rooms")
def sweep_rooms(*, actor: Actor, now: datetime) -> None:
    """Mark as left whoever was on the line of a process that died. A visit in use is never ended by a clock."""
    commands.sweep_rooms(actor=actor, now=now)


@job("visits.keep_letter", policy="visits.keep_letter")
def keep_letter(*, actor: Actor, now: datetime, visit_id: str) -> None:
    """Keep the letter of a visit that is over and signed."""
    commands.keep_letter(actor=actor, now=now, visit_id=UUID(visit_id))


@periodic("* * * * *", name="visits.keep_letters", policy="visits.keep_letter")
def keep_letters(*, actor: Actor, now: datetime) -> int:
    """Keep the letters that are owed, within the minute; those of an old clinic bit by bit.

    Why not as the note is signed: who signs waits for no queue, least of all after a fall of the database.
    """
    return commands.keep_letters(actor=actor, now=now, most=LETTERS_MOST)
