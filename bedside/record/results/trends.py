"""One test over time: its values in one unit, drawn against the laboratory's range. Pure.

Every number is text with a point, so that no language turns it into a comma inside an SVG.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from bedside.fhir.terminology.ucum import convert
from bedside.record.drawings import BOTTOM, LAST, TOP, Axis, Dot
from bedside.record.words import Words

from .facts import Amount, Range, Report, Result

#: Values drawn at most; older ones are in the table. Source: our own choice, as wide as a screen can tell apart.
DRAWN_MOST = 40
#: Reports from the first shown on that earlier values and drawings are looked for in. Older ones are on later pages.
#: Source: our own choice: it keeps a chart of ten thousand results as quick as one of a hundred.
WINDOW = 100
#: Where all values lie within these days, months stand under them, else years. Source: our own choice.
MONTHS_WITHIN = 400
#: Values older than this are in the table only. Source: our own choice, as for what is measured here.
YEARS_MOST = 8


@dataclass(frozen=True, slots=True)
class DayTick:
    """A day under a drawing: the first of a year, or, where all lies within a year or so, of a month."""

    x: str
    day: date
    is_year: bool


@dataclass(frozen=True, slots=True)
class ResultTrend:
    """The values of one test, newest first, and how they are drawn. `left_out` could not be turned into the unit."""

    key: str
    name: Words
    unit: str
    values: tuple[Result, ...]
    left_out: int
    axis: Axis
    ticks: tuple[DayTick, ...]
    dots: tuple[Dot, ...]
    line: str
    band_top: str
    band_height: str
    has_low_edge: bool
    has_high_edge: bool
    last_label_y: str

    @property
    def latest(self) -> Result:
        """The newest value."""
        return self.values[0]

    @property
    def first(self) -> Result:
        """The oldest value."""
        return self.values[-1]

    @property
    def before(self) -> Result | None:
        """The one before the newest."""
        return self.values[1] if len(self.values) > 1 else None

    @property
    def last_dot(self) -> Dot:
        """The newest dot."""
        return self.dots[-1]


def series_of(reports: Iterable[Report]) -> dict[str, list[Result]]:
    """Return every result that stands, by test, newest first. The same one in two reports counts once."""
    found: dict[str, dict[tuple[str, str], Result]] = {}
    for report in reports:
        for result in report.results:
            if not result.is_withdrawn:
                found.setdefault(result.key, {})[result.id, result.key] = result
    return {key: sorted(held.values(), key=lambda r: r.at, reverse=True) for key, held in found.items()}


def in_unit(amount: Amount, unit: Amount) -> Amount | None:
    """Return an amount in the unit of another, None when one does not convert into the other.

    Why: values in different units stand in one drawing only when UCUM turns one into the other; what a mole weighs is
    not known here.
    """
    if amount.measured_in == unit.measured_in:
        return amount
    turned = convert(amount.value, amount.measured_in, unit.measured_in)
    if turned is None:
        return None
    return replace(amount, value=round_like(turned, unit.value), unit=unit.unit, ucum=unit.ucum)


def round_like(turned: Decimal, model: Decimal) -> Decimal:
    """Return a converted number with one digit more than its neighbour shows."""
    places = max(0, -int(model.as_tuple().exponent)) + 1
    return turned.quantize(Decimal(1).scaleb(-places)) if abs(turned) < Decimal("1e20") else turned


def trend_of(values: list[Result], today: date) -> ResultTrend | None:
    """Return the drawing of one test, None where fewer than two of its values are numbers of one unit.

    Shape: `values` newest first.
    """
    newest = next((value for value in values if value.amount is not None), None)
    if newest is None or newest.amount is None:
        return None
    turned = [(value, in_unit(value.amount, newest.amount)) for value in values if value.amount is not None]
    drawn = [(value, amount) for value, amount in turned if amount is not None][:DRAWN_MOST]
    if len(drawn) < 2:
        return None
    return _draw(drawn, newest, len(turned) - len([1 for _, amount in turned if amount is not None]), today)


def _axis(earliest: date, today: date) -> Axis:
    """Return an axis from the first value on, eight years back at most: whole years, or months where that is all."""
    earliest = max(earliest, date(today.year - YEARS_MOST, 1, 1))
    if (today - earliest).days > MONTHS_WITHIN:
        return Axis(date(earliest.year, 1, 1), today, LAST)
    return Axis(min(earliest.replace(day=1), today), today, LAST)


def _ticks(axis: Axis) -> tuple[DayTick, ...]:
    spans_years = (axis.last - axis.first).days > MONTHS_WITHIN + 31
    if spans_years:
        step = max(1, -(-(axis.last.year - axis.first.year) // 6))
        days = [date(year, 1, 1) for year in range(axis.first.year, axis.last.year + 1, step)]
    else:
        months = (axis.last.year - axis.first.year) * 12 + axis.last.month - axis.first.month
        step = max(1, -(-months // 3))
        starts = [axis.first.month - 1 + n for n in range(0, months + 1, step)]
        days = [date(axis.first.year + n // 12, n % 12 + 1, 1) for n in starts]
    return tuple(DayTick(f"{axis.at(day):.1f}", day, spans_years) for day in days)


def _edges(newest: Result) -> tuple[Decimal | None, Decimal | None]:
    usual = newest.range if newest.trouble != "units" else None
    if usual is None or newest.amount is None:
        return None, None
    ends = [in_unit(end, newest.amount) if end and end.measured_in else end for end in (usual.low, usual.high)]
    return (ends[0].value if ends[0] else None), (ends[1].value if ends[1] else None)


def _draw(drawn: list[tuple[Result, Amount]], newest: Result, left_out: int, today: date) -> ResultTrend:
    low_edge, high_edge = _edges(newest)
    axis = _axis(drawn[-1][0].at.date(), today)
    drawn = [one for one in drawn if one[0].at.date() >= axis.first] or drawn[:1]
    numbers = [amount.value for _, amount in drawn] + [edge for edge in (low_edge, high_edge) if edge is not None]
    low, high = min(numbers), max(numbers)
    pad = (high - low) / 8 or abs(high) / 10 or Decimal(1)
    low, high = low - pad, high + pad

    def y(value: Decimal) -> float:
        return BOTTOM - float((value - low) / (high - low)) * (BOTTOM - TOP)

    oldest_first = drawn[::-1]
    dots = tuple(
        Dot(f"{axis.at(value.at.date()):.1f}", f"{y(amount.value):.1f}", value.is_abnormal)
        for value, amount in oldest_first
    )
    top = y(high_edge) if high_edge is not None else TOP
    bottom = y(low_edge) if low_edge is not None else BOTTOM
    has_band = low_edge is not None or high_edge is not None
    return ResultTrend(
        key=newest.key,
        name=newest.name,
        unit=newest.unit,
        values=tuple(value for value, _ in drawn),
        left_out=left_out,
        axis=axis,
        ticks=_ticks(axis),
        dots=dots,
        line=" ".join(f"{dot.x},{dot.y}" for dot in dots),
        band_top=f"{max(TOP, top):.1f}" if has_band else "",
        band_height=f"{max(0.0, min(BOTTOM, bottom) - max(TOP, top)):.1f}" if has_band else "0",
        has_low_edge=low_edge is not None,
        has_high_edge=high_edge is not None,
        last_label_y=f"{y(drawn[0][1].value) + 5:.1f}",
    )


def trends_of_results(reports: Iterable[Report], now: datetime) -> tuple[ResultTrend, ...]:
    """Return a drawing for every test with two numbers or more, the most often measured first."""
    drawn = (trend_of(values, now.date()) for values in series_of(reports).values())
    return tuple(sorted((one for one in drawn if one), key=lambda one: (-len(one.values), one.name.en)))


def pin_of(result: Result) -> tuple[str, str, str] | None:
    """Return where the range begins, how wide it is and where the value stands on a bar. Units: percent. None: no bar.

    Shape: the range fills the middle of the bar when it has two ends, and one side of it when it has one.
    """
    amount, usual = result.amount, result.range
    if amount is None or usual is None or not usual.is_drawn or result.trouble in ("units", "ranges"):
        return None
    low = usual.low.value if usual.low else None
    high = usual.high.value if usual.high else None
    if low is not None and high is not None:
        span = (high - low) or Decimal(1)
        at, begin, width = float((amount.value - low) / span) * 50 + 25, 25.0, 50.0
    elif high is not None:
        at, begin, width = float(amount.value / (high or Decimal(1))) * 65, 0.0, 65.0
    else:
        floor = low or Decimal(1)
        at, begin, width = float(amount.value / floor) * 35, 35.0, 65.0
    return f"{begin:.1f}", f"{width:.1f}", f"{min(98.0, max(2.0, at)):.1f}"


__all__ = ["Range", "ResultTrend", "in_unit", "pin_of", "series_of", "trend_of", "trends_of_results"]
