"""Tell open pages, from anywhere, that there is news."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError

from bedside.platform.statements import first_row

from .bus import envelope
from .terms import CHANNEL

log = logging.getLogger(__name__)


def nudge(*topics: str | tuple[str, dict[str, Any]]) -> None:
    """Publish on topics from a page's thread, a job or a command line. For event listeners, after commit.

    Why after commit: a NOTIFY inside a writing transaction makes commits wait for one another (to 0.35 of the
    speed). News that is lost is found at the next look; so a failure here is logged and nothing more.
    Shape: a topic, or (topic, a few hundred bytes of ids and codes).
    """
    lines = []
    for one in topics:
        topic, payload = (one, {"k": "news"}) if isinstance(one, str) else one
        lines.append(envelope("", topic, payload))
    try:
        first_row("SELECT pg_notify(%s, line) FROM unnest(%s::text[]) AS line", [CHANNEL, lines])
    except DatabaseError:
        log.warning("news could not be sent")
