"""States of a visit and of the people in it, who can do what in the room, and the limits of the live line.

Source: docs/reference/signalling.md, unless a line names another.
"""

from __future__ import annotations

from datetime import timedelta

VISIT_STATES = [
    ("opened", "opened"),
    ("checked_in", "checked in"),
    ("waiting", "waiting"),
    ("in_call", "in call"),
    ("on_hold", "on hold"),
    ("ended", "ended"),
    ("cancelled", "cancelled"),
    ("no_show", "no show"),
]

#: Every legal move of a visit; anything else is refused. There is no clock in it: a visit ends when a
#: clinician ends it. Source: requirement TD-05.
MOVES: dict[str, frozenset[str]] = {
    "": frozenset({"opened"}),
    "opened": frozenset({"checked_in", "cancelled", "no_show"}),
    "checked_in": frozenset({"waiting", "cancelled", "no_show"}),
    "waiting": frozenset({"in_call", "cancelled", "no_show"}),
    "in_call": frozenset({"on_hold", "ended"}),
    "on_hold": frozenset({"in_call", "ended"}),
    "ended": frozenset(),
    "cancelled": frozenset(),
    "no_show": frozenset(),
}

#: Before the patient is with the clinician.
ARRIVING_STATES = ("opened", "checked_in", "waiting")
#: The patient and the clinician are together, or have paused.
TOGETHER_STATES = ("in_call", "on_hold")
LIVE_STATES = ARRIVING_STATES + TOGETHER_STATES
OVER_STATES = ("ended", "cancelled", "no_show")

PARTICIPANT_ROLES = [
    ("patient", "patient"),
    ("clinician", "clinician"),
    ("nurse", "nurse"),
    ("telepresenter", "telepresenter"),
    ("family", "family"),
]

#: Roles that only someone who still works here may fill.
STAFF_PARTICIPANTS = frozenset({"clinician", "nurse", "telepresenter"})
GUEST_ROLES = frozenset({"nurse", "telepresenter", "family"})

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
PUT_OUT_STATES = ("removed", "denied")

#: What each role can do in the room. Source: docs/reference/signalling.md.
CAPABILITIES: dict[str, frozenset[str]] = {
    "patient": frozenset({"chat", "signal", "mode", "hand", "leave"}),
    "clinician": frozenset(
        {"chat", "signal", "mode", "hand", "leave", "admit", "deny", "remove", "hold", "end", "invite"}
    ),
    "nurse": frozenset({"chat", "signal", "mode", "hand", "leave", "admit"}),
    "telepresenter": frozenset({"chat", "signal", "mode", "hand", "leave"}),
    "family": frozenset({"chat", "signal", "hand", "leave"}),
}

TICKET_FOR = timedelta(seconds=60)
RECONNECT_GRACE = timedelta(seconds=45)
CHECK_IN_OPENS = timedelta(minutes=30)
#: A patient who comes late is let in until the clinic calls it a no-show, or this long after the start.
CHECK_IN_CLOSES = timedelta(hours=12)
#: How long the TURN credential of one visit works. Source: ours; coturn's REST API leaves the time to us.
TURN_FOR = timedelta(minutes=55)
#: How long someone who helped in a visit keeps the relation with the patient.
HELPER_CARE_FOR = timedelta(hours=24)

CHAT_MOST = 4000
#: What files are added to (`StoredFile.source_type`): a visit's chat; the visit itself, as the letter after it.
CHAT_FILES = "visit"
LETTER_FILES = "visit_letter"
CHAT_PAGE = 50
WHY_MOST = 200

DEVICE_RESULTS = frozenset({"ok", "fail", "skipped"})

#: The live line. Source: docs/reference/signalling.md.
FRAME_BYTES_MOST = 32_768
REPLAY_FRAMES = 300
PING_EVERY_MS = 3000
DEAD_AFTER_MS = 3500
FRAMES_PER_SECOND = 30
HELLO_WITHIN = timedelta(seconds=10)

#: Answers of `directory.rules.may_be_booked` that mean a clinician may not treat someone in that place. Source:
#: requirement SYN-17, and docs/rules/licences.md.
UNLICENSED = frozenset({"no_license", "place_not_covered", "license_not_verified", "license_expired"})
