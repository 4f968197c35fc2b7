"""How patiently mail is sent.

Source: our own choice, unless a line names another.
"""

from __future__ import annotations

from datetime import timedelta

#: How many mails one round takes.
BATCH = 50

#: How long a sender may hold a mail before another may take it.
LEASE_FOR = timedelta(minutes=2)

#: After this many tries a mail is left for a person to look at: about nine hours. Source: RFC 5321, 4.5.4.1,
#: shortened, because a reminder that comes a day late is of no use.
ATTEMPTS_MOST = 10


def wait_before(attempts: int) -> timedelta:
    """Return how long to wait after that many failed tries: one minute, doubled each time."""
    return timedelta(minutes=2 ** max(0, attempts - 1))
