"""Where things stand in the chart's drawings: trends and lanes, in percent across and pixels down. Pure.

Every number is text with a point, so that no language turns it into a comma inside an SVG.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from .chart import Chart, Medicine, Problem, Vital
from .terms.vitals import Measure

#: The lane and trend boxes. Units: pixels.
TOP, BOTTOM = 16.0, 100.0
#: Where today stands, and where the last dot of a trend stands. Units: percent.
TODAY, LAST = 98.3, 84.0
#: Years named under a drawing: as many as stand beside each other on a phone.
TICKS_MOST = 5


def _text(number: float) -> str:
    return f"{number:.1f}"


@dataclass(frozen=True, slots=True)
class Tick:
    """A year on the axis."""

    x: str
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The years a drawing spans."""

    first: date
    last: date
    reach: float

    def at(self, day: date) -> float:
        """Return where a day stands."""
        span = max(1, (self.last - self.first).days)
        return min(self.reach, max(0.0, (day - self.first).days / span * self.reach))

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The first of January of the years it spans: of each, or of each second or third where there are many."""
        years = range(self.first.year, self.last.year + 1)
        step = -(-len(years) // TICKS_MOST)
        return tuple(Tick(_text(self.at(date(year, 1, 1))), str(year)) for year in years[::step])


@dataclass(frozen=True, slots=True)
class Dot:
    """One value of a trend."""

    x: str
    y: str
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure over time: its line, its second line where it has two numbers, and the band of what is usual."""

    measure: Measure
    values: tuple[Vital, ...]
    axis: Axis
    dots: tuple[Dot, ...]
    line: str
    second_line: str
    band_top: str
    band_height: str
    last_label_y: str
    second_label_y: str

    @property
    def latest(self) -> Vital:
        """The newest value."""
        return self.values[0]

    @property
    def first(self) -> Vital:
        """The oldest value."""
        return self.values[-1]

    @property
    def before(self) -> Vital | None:
        """The one before it."""
        return self.values[1] if len(self.values) > 1 else None

    @property
    def last_dot(self) -> Dot:
        """The newest dot."""
        return self.dots[-1]


@dataclass(frozen=True, slots=True)
class Lane:
    """A problem or a medicine along the years."""

    problem: Problem | None
    medicine: Medicine | None
    start: str
    end: str
    width: str
    marks: tuple[str, ...] = ()
    kind: str = "now"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat((text + "-01-01")[:10] if len(text) < 7 else (text + "-01")[:10])
    except ValueError:
        return None


def axis_of(days: Iterable[date], today: date, reach: float = TODAY) -> Axis:
    """Return an axis from the first of January of the earliest year (at least two, at most eight years back).

    What is older has no place on it: it stands in the table of all values.
    """
    earliest = min((day.year for day in days), default=today.year)
    return Axis(date(max(today.year - 8, min(earliest, today.year - 2)), 1, 1), today, reach)


def trends_of(chart: Chart, now: datetime) -> tuple[Trend, ...]:
    """Return a trend for every measure with a value, the most often measured first."""
    series: dict[str, list[Vital]] = {}
    for vital in chart.vitals:
        series.setdefault(vital.measure.key, []).append(vital)
    return tuple(_trend(values, now.date()) for values in sorted(series.values(), key=len, reverse=True))


def _trend(values: list[Vital], today: date) -> Trend:
    measure = values[0].measure
    axis = axis_of([values[-1].at.date()], today, LAST)
    values = [v for v in values if v.at.date() >= axis.first] or values[:1]
    numbers = [v.value for v in values] + [v.second for v in values if v.second is not None]
    edges = [edge for edge in (measure.usual_low, measure.usual_high) if edge is not None]
    low, high = min([*numbers, *edges[:1]]), max([*numbers, *edges[1:]])
    pad = max((high - low) / 8, Decimal("0.5"))
    low, high = low - pad, high + pad

    def y(value: Decimal) -> float:
        return BOTTOM - float((value - low) / (high - low)) * (BOTTOM - TOP)

    oldest_first = values[::-1]
    dots = tuple(Dot(_text(axis.at(v.at.date())), _text(y(v.value)), v.is_high or v.is_low) for v in oldest_first)
    second = [(axis.at(v.at.date()), v.second) for v in oldest_first if v.second is not None]
    top = y(measure.usual_high) if measure.usual_high is not None else TOP
    bottom = y(measure.usual_low) if measure.usual_low is not None else BOTTOM
    has_band = bool(edges)
    return Trend(
        measure=measure,
        values=tuple(values),
        axis=axis,
        dots=dots,
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        second_line=" ".join(f"{_text(x)},{_text(y(value))}" for x, value in second),
        band_top=_text(max(TOP, top)) if has_band else "",
        band_height=_text(max(0.0, min(BOTTOM, bottom) - max(TOP, top))) if has_band else "0",
        last_label_y=_text(y(values[0].value) + 5),
        second_label_y=_text(y(values[0].second) + 5) if values[0].second is not None else "",
    )


def problem_lanes(chart: Chart, axis: Axis) -> tuple[Lane, ...]:
    """Return a lane for each problem (said in several visits, it is one), active ones first."""
    groups: dict[str, list[Problem]] = {}
    for problem in chart.problems:
        groups.setdefault(problem.code, []).append(problem)
    lanes = []
    for said in groups.values():
        newest = next((p for p in said if p.is_active), said[0])
        start = min((_day(p.onset_on) or p.recorded_at.date() for p in said), default=axis.last)
        end = axis.last if newest.is_active else _day(newest.resolved_on) or axis.last
        marks = tuple(_text(axis.at(p.recorded_at.date())) for p in said)
        lanes.append(Lane(newest, None, _text(axis.at(start)), _text(axis.at(end)), "0", marks))
    return tuple(sorted(lanes, key=lambda lane: not (lane.problem and lane.problem.is_active)))


def medicine_lanes(chart: Chart, axis: Axis) -> tuple[Lane, ...]:
    """Return a lane for each medicine, those taken now first."""
    lanes = []
    for medicine in chart.medicines:
        start = _day(medicine.started_on) or medicine.changed_at.date()
        over = _day(medicine.ended_on) or medicine.changed_at.date()
        end = axis.last if medicine.is_active else min(over, axis.last)
        x, until = axis.at(start), axis.at(end)
        kind = "now" if medicine.is_active else "stop" if medicine.status == "cancelled" else "past"
        lanes.append(Lane(None, medicine, _text(x), _text(until), _text(max(1.2, until - x)), (), kind))
    return tuple(lanes)


def chart_axis(chart: Chart, now: datetime) -> Axis:
    """Return the one axis that problems and medicines share."""
    days = [_day(p.onset_on) or p.recorded_at.date() for p in chart.problems]
    days += [_day(m.started_on) or m.changed_at.date() for m in chart.medicines]
    return axis_of(days, now.date())
