"""States of an appointment and how people meet.

Source: our own choice, unless a line names another; states are those of FHIR R4 Appointment.status, in our words.
"""

from __future__ import annotations

from datetime import timedelta

STATUSES = [
    ("held", "held"),
    ("booked", "booked"),
    ("arrived", "arrived"),
    ("in_visit", "in visit"),
    ("done", "done"),
    ("no_show", "no show"),
    ("cancelled", "cancelled"),
    ("expired", "expired"),
]

#: Statuses that occupy the time of both people. The exclusion constraints use the same list.
LIVE_STATUSES = ("held", "booked", "arrived", "in_visit")

#: Every legal move; anything else is refused. Source: requirement HDB-05.
MOVES: dict[str, frozenset[str]] = {
    "": frozenset({"held", "booked"}),
    "held": frozenset({"booked", "expired", "cancelled"}),
    "booked": frozenset({"arrived", "in_visit", "cancelled", "no_show"}),
    "arrived": frozenset({"in_visit", "cancelled", "no_show", "booked"}),
    "in_visit": frozenset({"done"}),
    "done": frozenset(),
    "no_show": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
}

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

MODES = [("video", "video"), ("voice", "voice"), ("chat", "chat")]

REMINDER_KINDS = [
    ("booked", "booked"),
    ("day_before", "day before"),
    ("soon", "soon"),
    ("moved", "moved"),
    ("cancelled", "cancelled"),
]

HOLD_FOR = timedelta(minutes=10)
OFFER_FOR = timedelta(minutes=10)
BOOKING_HORIZON = timedelta(days=60)

#: The least time between now and an offered start.
NOTICE = timedelta(minutes=5)

#: A reminder goes out this long before the start. Source: requirement PP-01, PP-02.
REMIND_DAY_BEFORE = timedelta(hours=24)
REMIND_SOON = timedelta(minutes=30)

#: How long after a booked time its doctor may still read the chart when no visit took place.
BOOKED_CARE_LASTS = timedelta(days=30)

#: How many real times a follow-up offers. Source: requirement SYN-08.
OFFERED_TIMES = 3
