"""Instants, wall clocks and the two nights a year when they disagree.

Commands are given the time; only views, jobs and sockets read the clock, through `utc_now`.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

UTC = timezone.utc  # noqa: UP017  (one spelling everywhere)


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone called `name`.

    Raises: ValueError for a name that is not an IANA zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"not an IANA time zone: {name!r}") from error


def is_zone(name: str) -> bool:
    """Say whether `name` is an IANA time zone people may pick."""
    return name in _zone_names()


@cache
def _zone_names() -> frozenset[str]:
    """Return every IANA name, found once: looking through the tables takes milliseconds and each page asks."""
    return frozenset(available_timezones())


def wall_to_instants(on: date, at: time, zone_name: str) -> tuple[datetime, ...]:
    """Return the UTC instants at which clocks in the zone show that wall time: none, one or two.

    None in the gap when clocks go forward; two (earlier first) when they go back.
    """
    tz = zone(zone_name)
    found: list[datetime] = []
    for fold in (0, 1):
        local = datetime.combine(on, at, tzinfo=tz).replace(fold=fold)
        instant = local.astimezone(UTC)
        back = instant.astimezone(tz)
        if back.replace(tzinfo=None) == local.replace(tzinfo=None) and instant not in found:
            found.append(instant)
    return tuple(found)


def age_on(birth_on: date, on: date) -> int:
    """Return completed years of age on a day."""
    return on.year - birth_on.year - ((on.month, on.day) < (birth_on.month, birth_on.day))


def local_day_bounds(on: date, zone_name: str) -> tuple[datetime, datetime]:
    """Return the UTC instants between which it is that day in the zone (23, 24 or 25 hours apart)."""
    tz = zone(zone_name)
    start = datetime.combine(on, time.min, tzinfo=tz).astimezone(UTC)
    end = datetime.combine(on + timedelta(days=1), time.min, tzinfo=tz).astimezone(UTC)
    return start, end
