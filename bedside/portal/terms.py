"""How long things stay on a page, and whose home is where.

Source: our own choice, unless a line names another.
"""

from __future__ import annotations

from datetime import timedelta

#: A clinician owes the patient a signed note within this time of the visit's end.
#: Source: our own promise, said to the patient on Today; requirement PP-07 wants the summary itself at once.
NOTE_WITHIN = timedelta(hours=4)

#: How long a summary that was not opened yet stays on Today.
SUMMARY_STAYS = timedelta(days=14)

#: How long a result that was not opened yet stays on Today, and how old it may be itself to be news there.
RESULT_STAYS, RESULT_NEWS = timedelta(days=30), timedelta(days=90)

#: A patient who waits longer than this after their time is marked on the board.
LONG_WAIT_MINUTES = 15

#: Unsigned notes older than this are not on the board any more, but in the administrator's list.
NOTES_BACK = timedelta(days=14)

#: A licence that ends within this time is on the administrator's page.
LICENSE_SOON = timedelta(days=60)

#: Which page is home, by role; the first that is held counts. Everyone else comes home to Today.
HOMES = {
    "physician": "portal:board",
    "nurse": "portal:board",
    "telepresenter": "portal:board",
    "privacy_officer": "portal:privacy",
    "administrator": "portal:clinic",
    "operator": "portal:machines",
}  # not words
