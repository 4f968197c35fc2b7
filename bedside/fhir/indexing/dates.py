"""Dates as the range of instants they can mean. A time without an offset is UTC.

Source: FHIR R4 4.0.1, 2.24.0.1 (date, dateTime, instant), 3.1.1.4.7 (what a search makes of a date, Period, Timing).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from bedside.kernel.time import UTC

#: From, and to without itself. None is open on that side.
Span = tuple[datetime | None, datetime | None]

_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,12}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_LAST = datetime.max.replace(tzinfo=UTC)


@lru_cache(maxsize=20_000)
def date_range(text: str) -> tuple[datetime, datetime] | None:
    """Return the half-open range of instants a date, dateTime or instant can mean, None when there is no such day."""
    found = _DATE.fullmatch(text) if len(text) < 50 else None
    if found is None:
        return None
    year, month, day, hour, minute, second, part, zone = found.groups()
    try:
        start = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), tzinfo=UTC)
        if second is not None:
            if int(second) > 60:
                return None
            start += timedelta(seconds=int(second), microseconds=int((part or "").ljust(6, "0")[:6]))
        if zone and zone != "Z":
            start -= _offset(zone)
    except (ValueError, OverflowError):
        return None
    try:
        return start, _end(start, month, day, hour, second, part)
    except (ValueError, OverflowError):  # the last day there is
        return start, _LAST


def _offset(zone: str) -> timedelta:
    hours, minutes = int(zone[1:3]), int(zone[4:])
    if hours > 14 or minutes > 59:
        raise ValueError(zone)
    away = timedelta(hours=hours, minutes=minutes)
    return -away if zone[0] == "-" else away


def _end(
    start: datetime, month: str | None, day: str | None, hour: str | None, second: str | None, part: str | None
) -> datetime:
    if part is not None:
        return start + timedelta(microseconds=10 ** max(0, 6 - len(part)))
    if second is not None:
        return start + timedelta(seconds=1)
    if hour is not None:
        return start + timedelta(minutes=1)
    if day is not None:
        return start + timedelta(days=1)
    if month is not None:
        return (start + timedelta(days=31)).replace(day=1)
    return start.replace(year=start.year + 1)


def span_of(value: Any, kind: str | None) -> Span | None:
    """Return the range of a value that has a date, None where it has none."""
    if isinstance(value, str):
        return date_range(value)
    if not isinstance(value, dict):
        return None
    return _timing(value) if kind == "Timing" else _period(value)


def _period(value: dict[str, Any]) -> Span | None:
    start, end = value.get("start"), value.get("end")
    first = date_range(start) if isinstance(start, str) else None
    last = date_range(end) if isinstance(end, str) else None
    if first is None and last is None:
        return None
    return first[0] if first else None, last[1] if last else None


def _timing(value: dict[str, Any]) -> Span | None:
    """Return the outer limits of a schedule, from the first event or start to the last event or end."""
    events, repeat = value.get("event"), value.get("repeat")
    spans: list[Span | None] = [
        date_range(event) for event in (events if isinstance(events, list) else []) if isinstance(event, str)
    ]
    bounds = repeat.get("boundsPeriod") if isinstance(repeat, dict) else None
    if isinstance(bounds, dict):
        spans.append(_period(bounds))
    return hull([span for span in spans if span is not None])


def hull(spans: list[Span]) -> Span | None:
    """Return the smallest range that holds all of some ranges."""
    if not spans:
        return None
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    first = None if None in starts else min(start for start in starts if start is not None)
    return first, None if None in ends else max(end for end in ends if end is not None)
