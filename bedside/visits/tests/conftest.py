"""A running house with live sockets, for tests of the line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import websockets

from bedside.kernel.time import utc_now
from bedside.visits import commands
from tests import cast as the_cast

from .stage import Line, headers, session_of

Open = Callable[..., AbstractAsyncContextManager[Line]]


@pytest.fixture
def full_cast(transactional_db: None) -> the_cast.Cast:
    """Everyone, committed, so that the running house sees them too."""
    return the_cast.assemble()


@pytest.fixture
def session(full_cast: the_cast.Cast) -> Callable[[str], str]:
    """Return a function that signs someone of the cast in, once, and gives the session's key."""
    keys: dict[str, str] = {}

    def of(name: str) -> str:
        if name not in keys:
            keys[name] = session_of(full_cast.people[name])
        return keys[name]

    return of


@pytest.fixture
def ticket(full_cast: the_cast.Cast, session: Callable[[str], str]) -> Callable[[Any, str], str]:
    """Return a function that gets someone a ticket to a visit."""

    def of(visit: Any, name: str) -> str:
        issued = commands.issue_ticket(
            actor=full_cast.actor(name), now=utc_now(), visit_id=visit.id, session_key=session(name)
        )
        return issued.token

    return of


@pytest.fixture
def line(live_site: Any) -> Open:
    """Return a context that opens a socket: `async with line(key) as ada:`."""

    @asynccontextmanager
    async def opened(key: str, *, path: str = "/live/visits", origin: str | None = None) -> AsyncIterator[Line]:
        url = f"ws://localhost:{live_site.port}{path}"
        sent = headers(live_site.origin if origin is None else origin, key)
        origin_given = sent.pop("Origin")
        async with websockets.connect(url, additional_headers=sent, origin=origin_given) as socket:
            yield Line(socket)

    return opened
