"""What the house does by itself for live visits."""

from __future__ import annotations

from datetime import datetime

from bedside.platform.access import Actor
from bedside.platform.jobs import periodic

from . import commands

#: Letters that one sweep keeps: some seconds of work, so that an old clinic's come bit by bit.
LETTERS_MOST = 50


@periodic("* * * * *", name="visits.sweep_rooms", policy="visits.sweep_rooms")
def sweep_rooms(*, actor: Actor, now: datetime) -> None:
    """Mark as left whoever was on the line of a process that died. A visit in use is never ended by a clock."""
    commands.sweep_rooms(actor=actor, now=now)


@periodic("* * * * *", name="visits.keep_letters", policy="visits.keep_letter")
def keep_letters(*, actor: Actor, now: datetime) -> int:
    """Keep the letters that are owed, within the minute; those of an old clinic bit by bit.

    Why not as the note is signed: whoever signs waits for nothing they did not ask for, least of all after a fall of the
    database.
    """
    return commands.keep_letters(actor=actor, now=now, most=LETTERS_MOST)
