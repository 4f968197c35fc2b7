"""A clock the tests wind by hand, and a look into the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bedside.accounts import adapters, backends, forms, listeners, middleware, queries, views
from bedside.kernel.time import utc_now
from bedside.platform.notify.letters import write_letter
from bedside.platform.notify.models import OutboxMail


class Clock:
    """Tells the accounts room the time, and moves when told to."""

    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Move on by so many minutes, hours or seconds."""
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock every door of the room reads."""
    hands = Clock()
    for module in (adapters, backends, forms, listeners, middleware, queries, views):
        monkeypatch.setattr(module, "utc_now", hands)
    return hands


@pytest.fixture
def letters() -> Callable[[str], list[str]]:
    """The letters owed to an address, as they will be read, the latest last."""

    def of(address: str) -> list[str]:
        owed = OutboxMail.objects.filter(to=address).order_by("created_at", "id")
        return [str(write_letter(mail)["Subject"]) + "\n" + write_letter(mail).get_content() for mail in owed]

    return of
