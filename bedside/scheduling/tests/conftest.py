"""What the tests of scheduling share."""

from __future__ import annotations

import pytest

from bedside.scheduling.commands import rebuild_free_times
from bedside.scheduling.views import booking, calendar, visits


@pytest.fixture
def at_now(monkeypatch, now):
    """Let the pages read the cast's time. Call it with another time to move on."""

    def set_clock(to):
        for module in (booking, calendar, visits):
            monkeypatch.setattr(module, "utc_now", lambda: to)

    set_clock(now)
    return set_clock


@pytest.fixture
def browse(cast, client, at_now, now):
    """Sign someone in, with the search built: `browse("ada").get(…)`."""
    rebuild_free_times(actor=cast.actor("chen"), now=now)

    def as_person(name):
        client.force_login(cast.people[name].user)
        return client

    return as_person
