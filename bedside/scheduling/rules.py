"""When a doctor is free, and when a time may still be changed. Values in, decision out.

The rules in prose and worked tables are docs/rules/free-times.md and docs/rules/booking.md; the tests run
those tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bedside.kernel.time import UTC, wall_to_instants, zone

from .terms import MOVES, REMIND_DAY_BEFORE, REMIND_SOON


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours on one weekday, in wall time of one zone.

    Units: `weekday` 0 is Monday; `step_minutes` lies between offered starts.
    """

    weekday: int
    starts: time
    ends: time
    step_minutes: int
    time_zone: str
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time: from `starts_at`, up to but not including `ends_at`. Both in UTC."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: Span) -> bool:
        """Say whether the two share an instant."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


#: Hours that end at this wall time or after it end at midnight.
LAST_MINUTE = time(23, 59)


def opening(on: date, hours: Hours) -> Span | None:
    """Return the stretch in which hours are open on a day, or None when the clocks leave nothing of it.

    Why: when clocks skip the wall time at which hours begin or end, they begin or end at the jump. When clocks
    show it twice, hours begin at the second showing and end at the first, so that the wall clock never shows a
    time outside the hours. Hours until 23:59 go on to midnight: no wall time is later, and nobody means the gap.
    """
    opens = wall_to_instants(on, hours.starts, hours.time_zone)
    ends_on, ends = (on + timedelta(days=1), time(0)) if hours.ends >= LAST_MINUTE else (on, hours.ends)
    closes = wall_to_instants(ends_on, ends, hours.time_zone)
    starts_at = opens[-1] if opens else jump_after(on, hours.starts, hours.time_zone)
    ends_at = closes[0] if closes else jump_after(ends_on, ends, hours.time_zone)
    return Span(starts_at, ends_at) if starts_at < ends_at else None


def jump_after(on: date, skipped: time, zone_name: str) -> datetime:
    """Return the instant at which clocks jump over a wall time that they never show."""
    tz = zone(zone_name)
    before = datetime.combine(on, skipped, tzinfo=tz).utcoffset()
    low = datetime.combine(on, skipped, tzinfo=UTC) - (before or timedelta()) - timedelta(hours=3)
    high = low + timedelta(hours=6)
    while high - low > timedelta(milliseconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def openings(hours: Iterable[Hours], first: datetime, last: datetime) -> list[tuple[Span, int]]:
    """Return every stretch of open hours that touches [first, last), with its step, merged where they overlap."""
    found: list[tuple[Span, int]] = []
    for one in hours:
        tz = zone(one.time_zone)
        for on in _days(first, last, tz):
            is_valid = one.from_on <= on and (one.until_on is None or on <= one.until_on)
            if on.weekday() != one.weekday or not is_valid:
                continue
            span = opening(on, one)
            if span is not None and span.ends_at > first and span.starts_at < last:
                found.append((span, one.step_minutes))
    found.sort(key=lambda pair: pair[0])
    merged: list[tuple[Span, int]] = []
    for span, step in found:
        if merged and span.starts_at < merged[-1][0].ends_at:
            earlier, its_step = merged[-1]
            merged[-1] = (Span(earlier.starts_at, max(earlier.ends_at, span.ends_at)), its_step)
        else:
            merged.append((span, step))
    return merged


def _days(first: datetime, last: datetime, tz: ZoneInfo) -> Iterator[date]:
    on, end = first.astimezone(tz).date(), last.astimezone(tz).date()
    while on <= end:
        yield on
        on += timedelta(days=1)


def free_times(
    *,
    hours: Iterable[Hours],
    taken: Iterable[Span],
    minutes: int,
    first: datetime,
    last: datetime,
) -> list[Span]:
    """Return the visits a patient may be offered that begin in [first, last), earliest first.

    Each lies inside open hours and ends before they close, none touches a taken time, and no two overlap. The
    caller puts notice and horizon into `first` and `last`.
    """
    blocked = sorted(taken)
    length = timedelta(minutes=minutes)
    offered: list[Span] = []
    position = 0
    for span, step_minutes in openings(hours, first, last):
        step = timedelta(minutes=max(step_minutes, minutes))
        starts_at = span.starts_at
        if starts_at < first:
            starts_at += step * -((starts_at - first) // step)
        while starts_at + length <= span.ends_at and starts_at < last:
            visit = Span(starts_at, starts_at + length)
            starts_at += step
            while position < len(blocked) and blocked[position].ends_at <= visit.starts_at:
                position += 1
            if not _is_blocked(visit, blocked, position):
                offered.append(visit)
    return offered


def _is_blocked(visit: Span, blocked: Sequence[Span], position: int) -> bool:
    for other in blocked[position:]:
        if other.starts_at >= visit.ends_at:
            return False
        if other.overlaps(visit):
            return True
    return False


def may_move(from_status: str, to_status: str) -> bool:
    """Say whether an appointment may go from one status to the other. Source: requirement HDB-05."""
    return to_status in MOVES.get(from_status, frozenset())


def changeable_until(starts_at: datetime, change_window_minutes: int) -> datetime:
    """Return the last instant at which a patient may still move or cancel by themselves."""
    return starts_at - timedelta(minutes=change_window_minutes)


def reminders_owed(first_kind: str, starts_at: datetime, now: datetime) -> list[tuple[str, datetime]]:
    """Return the messages owed for an appointment: one now, and those before it that still lie ahead."""
    ahead = [("day_before", starts_at - REMIND_DAY_BEFORE), ("soon", starts_at - REMIND_SOON)]
    return [(first_kind, now), *((kind, due_at) for kind, due_at in ahead if due_at > now)]


def spread(free: Sequence[Span], count: int, zone_name: str) -> list[Span]:
    """Pick that many free times on different days where there are enough days, and at different times of day."""
    tz = zone(zone_name)
    by_day: dict[date, list[Span]] = {}
    for span in free:
        by_day.setdefault(span.starts_at.astimezone(tz).date(), []).append(span)
    picked: list[Span] = []
    for place, spans in enumerate(by_day.values()):
        if len(picked) == count:
            break
        picked.append(spans[len(spans) * place // count])
    for span in free:
        if len(picked) < count and span not in picked:
            picked.append(span)
    return sorted(picked)
