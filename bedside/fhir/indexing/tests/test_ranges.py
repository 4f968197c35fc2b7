"""Dates and numbers as ranges: never empty, never turned round, and one inside the other where one is more precise."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.fhir.indexing.amounts import amounts_of, numbers_of
from bedside.fhir.indexing.dates import date_range, hull, span_of
from bedside.kernel.time import UTC

MOMENTS = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=st.just(UTC))


@given(MOMENTS)
def test_a_date_written_more_precisely_lies_inside_the_same_date_written_less_precisely(at: datetime) -> None:
    whole = at.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    texts = [whole[:4], whole[:7], whole[:10], whole + "Z", f"{whole}.{at.microsecond:06d}Z"]
    ranges = [date_range(text) for text in texts]
    assert all(found is not None for found in ranges)
    for outer, inner in pairwise(ranges):
        assert outer is not None
        assert inner is not None
        assert outer[0] <= inner[0] < inner[1] <= outer[1]
    assert ranges[-1] == (at, at + timedelta(microseconds=1))


@given(MOMENTS, st.integers(min_value=-14 * 60, max_value=14 * 60))
def test_an_offset_says_the_same_instant(at: datetime, minutes: int) -> None:
    at = at.replace(microsecond=0)
    there = at + timedelta(minutes=minutes)
    sign, hours = "-" if minutes < 0 else "+", f"{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    text = there.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + sign + hours
    assert date_range(text) == (at, at + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2023-12", "2023-12-01", "2024-01-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("2016-12-31T23:59:60Z", "2017-01-01", "2017-01-01T00:00:01"),
        ("2020-01-01T10:30Z", "2020-01-01T10:30", "2020-01-01T10:31"),
        ("2020-01-01T10:30:00", "2020-01-01T10:30", "2020-01-01T10:30:01"),
        ("2020-01-01T10:30:00.5Z", "2020-01-01T10:30:00.5", "2020-01-01T10:30:00.6"),
        ("9999-12-31", "9999-12-31", "9999-12-31T23:59:59.999999"),
        ("9999", "9999-01-01", "9999-12-31T23:59:59.999999"),
    ],
)
def test_where_a_date_begins_and_ends(text: str, start: str, end: str) -> None:
    assert date_range(text) == tuple(datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (start, end))


@pytest.mark.parametrize(
    "text",
    ["", "2020-13", "2020-02-30", "0000", "20", "2020-1-1", "2020-01-01T25:00Z", "2020-01-01T10:30:61Z", "now",
     "2020-01-01T10:30:00+15:00", "2020-01-01T10:30:00+01:60", "0001-01-01T00:00:00+14:00", "٢٠٢٠", "2020\n", "2" * 99],
)  # fmt: skip
def test_what_is_no_date_has_no_range(text: str) -> None:
    assert date_range(text) is None


@given(st.lists(MOMENTS, min_size=1, max_size=5))
def test_the_outer_limits_of_a_schedule_hold_every_event(events: list[datetime]) -> None:
    texts = [at.isoformat().rjust(25, "0") for at in events]
    span = span_of({"event": texts}, "Timing")
    assert span is not None
    for text in texts:
        inner = date_range(text)
        assert inner is not None
        assert span[0] is not None and span[0] <= inner[0]  # noqa: PT018
        assert span[1] is not None and inner[1] <= span[1]  # noqa: PT018


def test_an_open_side_stays_open() -> None:
    first, last = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
    assert hull([(None, first), (first, last)]) == (None, last)
    assert hull([(first, None), (first, last)]) == (first, None)
    assert hull([]) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9))
def test_a_number_is_both_its_ends(number: Decimal) -> None:
    assert list(numbers_of(number)) == [(float(number), float(number))]


@given(st.integers(-1000, 1000), st.integers(0, 1000))
def test_a_range_keeps_its_ends_in_order(low: int, more: int) -> None:
    value = {"low": {"value": low}, "high": {"value": low + more}}
    assert list(numbers_of(value)) == [(float(low), float(low + more))]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6))
def test_base_units_keep_the_order_of_values(number: Decimal) -> None:
    system = "http://unitsofmeasure.org"
    (small,) = amounts_of({"value": number, "system": system, "code": "mg"}, "Quantity")
    (large,) = amounts_of({"value": number, "system": system, "code": "g"}, "Quantity")
    small_ends, large_ends = small.canonical(), large.canonical()
    assert small_ends is not None
    assert large_ends is not None
    assert small_ends[2] == large_ends[2]
    assert (small_ends[0] < large_ends[0]) == (number > 0)


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        ({"value": 3, "comparator": ">="}, (3.0, inf)),
        ({"value": 3, "comparator": "<"}, (-inf, 3.0)),
        ({"value": Decimal("1E+400")}, None),
        ({"value": True}, None),
        ({"value": "3"}, None),
    ],
)
def test_what_a_quantity_covers(value: dict[str, object], ends: tuple[float, float] | None) -> None:
    assert [amount.ends() for amount in amounts_of(value, "Quantity")] in ([ends], [] if ends is None else [ends])
