"""Free times: the tables of docs/rules/free-times.md, and properties that must hold for any hours."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedside.kernel.time import UTC, local_day_bounds, zone
from bedside.scheduling.rules import Hours, Span, free_times, opening, spread

DOC = Path(__file__).parents[3] / "docs/rules/free-times.md"


def rows():
    for line in DOC.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 7 and "/" in cells[0]:
            yield pytest.param(*cells, id=" ".join(cells[:3]))


def clock(text):
    hour, minute = text.split(":")
    return time(int(hour), int(minute))


@pytest.mark.parametrize(("zone_name", "day", "hours", "step", "visit", "taken", "offered"), list(rows()))
def test_the_table(zone_name, day, hours, step, visit, taken, offered):
    on = date.fromisoformat(day)
    starts, ends = map(clock, hours.split("–"))
    rule = Hours(on.weekday(), starts, ends, int(step), zone_name, on, on)
    blocked = []
    if taken:
        first, last = (datetime.combine(on, clock(one), tzinfo=UTC) for one in taken.split("–"))
        blocked = [Span(first, last)]
    first, last = local_day_bounds(on, zone_name)
    free = free_times(hours=[rule], taken=blocked, minutes=int(visit), first=first, last=last)
    walls = [span.starts_at.astimezone(ZoneInfo(zone_name)).strftime("%H:%M") for span in free]
    assert walls == offered.split()


def test_the_table_is_there():
    assert len(list(rows())) >= 20


ZONES = ["America/Chicago", "Europe/Madrid", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "UTC"]
#: Nights on which clocks change somewhere, and ordinary days.
DAYS = [
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 4, 24),
    date(2026, 10, 30),
    date(2026, 6, 17),
]
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 10, 15, 20, 30, 45, 59]))


@st.composite
def calendars(draw):
    zone_name, middle = draw(st.sampled_from(ZONES)), draw(st.sampled_from(DAYS))
    hours = []
    for _ in range(draw(st.integers(1, 4))):
        starts, ends = sorted((draw(clocks), draw(clocks)))
        if starts < ends:
            weekday, step = draw(st.integers(0, 6)), draw(st.sampled_from([5, 10, 15, 20, 30, 60]))
            hours.append(Hours(weekday, starts, ends, step, zone_name, date(2026, 1, 1)))
    first, _ = local_day_bounds(middle - timedelta(days=2), zone_name)
    last = first + timedelta(days=draw(st.integers(1, 5)), minutes=draw(st.integers(0, 600)))
    taken = []
    for _ in range(draw(st.integers(0, 6))):
        at = first + timedelta(minutes=draw(st.integers(-300, 7000)))
        taken.append(Span(at, at + timedelta(minutes=draw(st.integers(1, 500)))))
    return zone_name, hours, taken, draw(st.sampled_from([5, 15, 20, 30, 50])), first, last


@settings(max_examples=300, deadline=None)
@given(calendars())
def test_every_offered_time_lies_inside_hours_ends_before_close_and_touches_nothing(given_calendar):
    zone_name, hours, taken, minutes, first, last = given_calendar
    free = free_times(hours=hours, taken=taken, minutes=minutes, first=first, last=last)
    tz = zone(zone_name)
    for span in free:
        assert first <= span.starts_at < last
        assert span.ends_at - span.starts_at == timedelta(minutes=minutes)
        assert not any(span.overlaps(other) for other in taken)
        instant = span.starts_at
        while instant < span.ends_at:
            wall = instant.astimezone(tz)
            assert any(rule.weekday == wall.weekday() and rule.starts <= wall.time() < rule.ends for rule in hours), (
                span,
                wall,
            )
            instant += timedelta(minutes=5)
    for earlier, later in pairwise(free):
        assert earlier.ends_at <= later.starts_at


@settings(max_examples=100, deadline=None)
@given(calendars(), st.data())
def test_taking_a_time_takes_that_time_and_no_other(given_calendar, data):
    _, hours, taken, minutes, first, last = given_calendar
    free = free_times(hours=hours, taken=taken, minutes=minutes, first=first, last=last)
    if free:
        gone = data.draw(st.sampled_from(free))
        left = free_times(hours=hours, taken=[*taken, gone], minutes=minutes, first=first, last=last)
        assert left == [span for span in free if span != gone]


@pytest.mark.parametrize("zone_name", ZONES)
def test_hours_open_on_every_day_of_the_year_for_their_length_but_for_the_jump(zone_name):
    on = date(2026, 1, 1)
    for offset in range(365):
        day = on + timedelta(days=offset)
        span = opening(day, Hours(day.weekday(), time(0, 0), time(23, 0), 20, zone_name, on))
        assert span is not None
        length = span.ends_at - span.starts_at
        assert timedelta(hours=21, minutes=59) <= length <= timedelta(hours=24)


def test_an_offer_spreads_over_days():
    at = datetime(2026, 11, 24, 15, tzinfo=UTC)
    free = [
        Span(at + timedelta(days=d, minutes=20 * i), at + timedelta(days=d, minutes=20 * i + 20))
        for d in range(3)
        for i in range(9)
    ]
    picked = spread(free, 3, "America/Chicago")
    assert len({span.starts_at.date() for span in picked}) == 3
    assert len({span.starts_at.time() for span in picked}) == 3
    assert spread(free[:2], 3, "America/Chicago") == free[:2]
