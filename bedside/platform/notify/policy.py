"""Only the house sends mail."""

from __future__ import annotations

from bedside.platform.access import Audience, register

register("notify.deliver_emails", audience=Audience.HOUSE)
