"""Dates and times compared with the precision they are written in. Source: FHIRPath N1, 6.1 and 6.2.

A date says nothing of its hour: "2020-03" is neither before nor after "2020-03-15", and not equal to it either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TIME = re.compile(r"(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?")
_ZONE = re.compile(r"(Z|[+-]\d\d:\d\d)$")

#: FHIR's types that are moments; those of System are named alike.
MOMENTS = frozenset({"date", "dateTime", "instant", "time"})


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, time or both. Shape: `parts` are year, month, day, hour, minute and second, as many as are known."""

    parts: tuple[int | Decimal, ...]
    is_time: bool
    has_zone: bool

    def compare(self, other: Moment) -> int | None:
        """Return -1, 0 or 1, or None where the written precision does not tell."""
        if self.is_time != other.is_time:
            return None
        for mine, theirs in zip(self.parts, other.parts, strict=False):
            if mine != theirs:
                return -1 if mine < theirs else 1
        return 0 if len(self.parts) == len(other.parts) else None


@lru_cache(maxsize=2_000)
def moment_of(text: str) -> Moment | None:
    """Return the moment a text says, in UTC where it names an offset, or None when it says none."""
    if len(text) > 40:
        return None
    day, _, hour = text.partition("T")
    if day.count(":") or (len(day) == 2 and not hour):
        return _time(day)
    date = _DATE.fullmatch(day)
    if date is None:
        return None
    parts: list[int | Decimal] = [int(part) for part in date.groups() if part is not None]
    if not hour:
        return Moment(tuple(parts), is_time=False, has_zone=False)
    zone = _ZONE.search(hour)
    clock = _time(hour[: zone.start()] if zone else hour)
    if clock is None or len(parts) < 3:
        return None
    parts.extend(clock.parts)
    if zone and len(clock.parts) > 1:
        return _in_utc(parts, zone[0])
    return Moment(tuple(parts), is_time=False, has_zone=zone is not None)


def _time(text: str) -> Moment | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = found.groups()
    parts: list[int | Decimal] = [int(hour)]
    if minute is not None:
        parts.append(int(minute))
    if second is not None:
        parts.append(Decimal(second))
    return Moment(tuple(parts), is_time=True, has_zone=False)


def _in_utc(parts: list[int | Decimal], zone: str) -> Moment | None:
    minutes = 0 if zone == "Z" else int(zone[1:3]) * 60 + int(zone[4:6])
    offset = timedelta(minutes=-minutes if zone[0] == "-" else minutes)
    year, month, day, hour, minute = (int(part) for part in parts[:5])
    try:
        moved = datetime(year, month, day, hour, minute) - offset  # noqa: DTZ001 - the offset is taken off by hand
    except (ValueError, OverflowError):
        return None
    found = (moved.year, moved.month, moved.day, moved.hour, moved.minute, *parts[5:])
    return Moment(found, is_time=False, has_zone=True)
