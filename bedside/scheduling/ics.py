"""An appointment as a calendar file. It says when, and where to sign in: nothing about health, not even with whom.

Source: RFC 5545; RFC 5546 section 2.1.4 for SEQUENCE. The UID stays the same through every move.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, vText

from .models import Appointment


def calendar_of(row: Appointment, now: datetime) -> bytes:
    """Return the file: METHOD PUBLISH for a visit that will be, CANCEL for one that is off or has moved."""
    is_off = row.status in {"cancelled", "expired", "no_show"}
    calendar = Calendar()
    calendar.add("prodid", "-//Bedside//Bedside//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_off else "PUBLISH")
    event = Event()
    host = urlsplit(settings.PUBLIC_URL).hostname or "bedside"
    event.add("uid", f"{row.calendar_id or row.id}@{host}")
    event.add("sequence", row.version - 1)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("summary", _("Online appointment"))
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("url", f"{settings.PUBLIC_URL}/appointments/{row.id}/")
    event["description"] = vText(_("Sign in to Bedside to see it."))
    if not is_off:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", timedelta(minutes=-15))
        alarm.add("description", _("Online appointment"))
        event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
