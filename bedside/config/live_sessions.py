"""Sessions as the live hub sees them: who a key belongs to, which keys still live, and which are in use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from bedside.accounts.middleware import session_limit
from bedside.accounts.queries import get_actor
from bedside.accounts.rules import session_end
from bedside.accounts.sessions import SEEN_AT, SIGNED_IN_AT
from bedside.kernel.time import utc_now
from bedside.platform.access import Actor

#: A session in a live visit is marked as in use at most this often.
TOUCH_EVERY = timedelta(seconds=60)


@dataclass(slots=True)
class _Clock:
    is_staff: bool
    data: str
    signed_in_at: datetime | None
    seen_at: datetime | None

    def has_ended(self, now: datetime) -> bool:
        if self.signed_in_at is None or self.seen_at is None:
            return False
        limit = session_limit(is_staff=self.is_staff)
        return bool(session_end(signed_in_at=self.signed_in_at, seen_at=self.seen_at, now=now, limit=limit))


class SessionWatch:
    """Answers the hub's questions. A session is decoded again only when its row has changed."""

    def __init__(self) -> None:
        self._clocks: dict[str, _Clock] = {}

    def identify(self, session_key: str) -> Actor | None:
        """Return who is signed in with that key, or None."""
        request = HttpRequest()
        request.session = SessionStore(session_key)
        request.user = get_user(request)
        actor = get_actor(request)
        if not actor.is_signed_in:
            return None
        self._clocks[session_key] = clock = _Clock(actor.is_staff, "", None, None)
        _wind(clock, request.session)
        return None if clock.has_ended(utc_now()) else actor

    def living(self, keys: list[str]) -> set[str]:
        """Return those keys whose sessions still live: not signed out, not too old, not idle too long."""
        now = utc_now()
        rows = Session.objects.filter(session_key__in=keys, expire_date__gt=now)
        alive: set[str] = set()
        for key, data in rows.values_list("session_key", "session_data"):
            clock = self._clocks.get(key)
            if clock is None:
                continue
            if clock.data != data:
                clock.data = data
                _wind(clock, SessionStore().decode(data))
            if not clock.has_ended(now):
                alive.add(key)
        for key in set(keys) - alive:
            self._clocks.pop(key, None)
        return alive

    def in_use(self, keys: list[str]) -> None:
        """Mark sessions as in use: someone who talks to their doctor is not idle, however long it takes."""
        now = utc_now()
        for key in keys:
            clock = self._clocks.get(key)
            if clock is not None and clock.seen_at is not None and now - clock.seen_at >= TOUCH_EVERY:
                _touch(key, now)


def _wind(clock: _Clock, session: Any) -> None:
    clock.signed_in_at = _instant(session.get(SIGNED_IN_AT))
    clock.seen_at = _instant(session.get(SEEN_AT))


def _touch(key: str, now: datetime) -> None:
    with transaction.atomic():
        row = Session.objects.select_for_update().filter(session_key=key).first()
        if row is None:
            return
        store = SessionStore(key)
        data = store.decode(row.session_data)
        data[SEEN_AT] = now.isoformat()
        row.session_data = store.encode(data)
        row.save(update_fields=["session_data"])


def _instant(raw: object) -> datetime | None:
    return datetime.fromisoformat(raw) if isinstance(raw, str) else None
