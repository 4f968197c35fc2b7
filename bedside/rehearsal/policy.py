"""Only the house fills a database with invented people."""

from __future__ import annotations

from bedside.platform.access import Audience, register

register("rehearsal.rehearse", audience=Audience.HOUSE)
