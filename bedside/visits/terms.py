"""States of a visit and of the people in it."""

from __future__ import annotations

from datetime import timedelta

VISIT_STATES = [
    ("checked_in", "checked in"),
    ("waiting", "waiting"),
    ("in_call", "in call"),
    ("on_hold", "on hold"),
    ("ended", "ended"),
    ("cancelled", "cancelled"),
    ("no_show", "no show"),
]

#: Every legal move of a visit; anything else is refused.
MOVES: dict[str, frozenset[str]] = {
    "": frozenset({"checked_in", "waiting"}),
    "checked_in": frozenset({"waiting", "cancelled", "no_show"}),
    "waiting": frozenset({"in_call", "cancelled", "no_show"}),
    "in_call": frozenset({"on_hold", "ended"}),
    "on_hold": frozenset({"in_call", "ended"}),
    "ended": frozenset(),
    "cancelled": frozenset(),
    "no_show": frozenset(),
}

PARTICIPANT_ROLES = [
    ("patient", "patient"),
    ("clinician", "clinician"),
    ("nurse", "nurse"),
    ("telepresenter", "telepresenter"),
    ("family", "family"),
]

PARTICIPANT_STATES = [
    ("invited", "invited"),
    ("lobby", "lobby"),
    ("admitted", "admitted"),
    ("connected", "connected"),
    ("reconnecting", "reconnecting"),
    ("left", "left"),
    ("removed", "removed"),
    ("denied", "denied"),
]

TICKET_FOR = timedelta(seconds=60)
RECONNECT_GRACE = timedelta(seconds=45)
EMPTY_VISIT_STAYS_OPEN = timedelta(minutes=5)
CHECK_IN_OPENS = timedelta(minutes=30)
