"""Says how dates, times and numbers compare, in SQL: what each prefix asks of the range that is stored.

Shape: `from_at` and `to_at` are the names of columns; null is open on that side. A value is already in the statement.
Source: FHIR R4 4.0.1, 3.1.1.4.5 (prefixes), 3.1.1.4.7 (date), 3.1.1.4.6 (number).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from .query import Amount, Span

Put = Callable[[object, str], str]

#: What is about as much. Source: FHIR R4 4.0.1, 3.1.1.4.5, which recommends ten per cent.
ABOUT = Decimal("0.1")
#: About then: as long before and after as the date is itself, and a day at least.
ABOUT_THEN = timedelta(days=1)


def date_condition(span: Span, from_at: str, to_at: str, put: Put) -> str:
    """Return what is asked of a stored range. It must have an end; what has neither is not a date."""
    if span.prefix == "ap":
        return _about_then(span, from_at, to_at, put)
    low, high = put(span.from_at, "timestamptz"), put(span.to_at, "timestamptz")
    return {
        "eq": f"({from_at} >= {low} AND {from_at} < {high} AND {to_at} <= {high})",
        "ne": f"(({from_at} >= {low} AND {to_at} <= {high}) IS NOT TRUE)",
        "gt": f"({to_at} > {high} OR {to_at} IS NULL)",
        "lt": f"({from_at} < {low} OR {from_at} IS NULL)",
        "ge": f"({from_at} >= {low} OR {to_at} > {high} OR {to_at} IS NULL)",
        "le": f"({to_at} <= {high} OR {from_at} < {low} OR {from_at} IS NULL)",
        "sa": f"({from_at} >= {high})",
        "eb": f"({to_at} <= {low})",
    }[span.prefix]


def widened(span: Span) -> tuple[datetime, datetime]:
    """Return the range that is about then."""
    more = max(span.to_at - span.from_at, ABOUT_THEN)
    try:
        return span.from_at - more, span.to_at + more
    except OverflowError:  # about the first or the last year there is
        return datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _about_then(span: Span, from_at: str, to_at: str, put: Put) -> str:
    low, high = (put(at, "timestamptz") for at in widened(span))
    return f"(({from_at} < {high} OR {from_at} IS NULL) AND ({to_at} > {low} OR {to_at} IS NULL))"


def instant_condition(span: Span, at: str, put: Put) -> str:
    """Return what is asked of a stored instant."""
    first, last = widened(span) if span.prefix == "ap" else (span.from_at, span.to_at)
    low, high = put(first, "timestamptz"), put(last, "timestamptz")
    return {
        "eq": f"({at} >= {low} AND {at} < {high})",
        "ap": f"({at} >= {low} AND {at} < {high})",
        "ne": f"({at} < {low} OR {at} >= {high})",
        "gt": f"({at} >= {high})",
        "sa": f"({at} >= {high})",
        "ge": f"({at} >= {low})",
        "lt": f"({at} < {low})",
        "eb": f"({at} < {low})",
        "le": f"({at} < {high})",
    }[span.prefix]


def seconds_condition(span: Span, low: str, high: str, put: Put) -> str:
    """Return what is asked of a date stored as two numbers, seconds since 1970, infinite where open."""
    first, last = widened(span) if span.prefix == "ap" else (span.from_at, span.to_at)
    start, end = put(first.timestamp(), "float8"), put(last.timestamp(), "float8")
    return {
        "eq": f"({low} >= {start} AND {high} <= {end})",
        "ne": f"(NOT ({low} >= {start} AND {high} <= {end}))",
        "gt": f"({high} > {end})",
        "lt": f"({low} < {start})",
        "ge": f"({low} >= {start} OR {high} > {end})",
        "le": f"({high} <= {end} OR {low} < {start})",
        "sa": f"({low} >= {end})",
        "eb": f"({high} <= {start})",
        "ap": f"({low} < {end} AND {high} > {start})",
    }[span.prefix]


def number_condition(amount: Amount, low: str, high: str, put: Put) -> str:
    """Return what is asked of a stored number, or of a stored range from `low` to `high`, both in it."""
    if amount.prefix in {"eq", "ne"}:
        first, last = put(float(amount.low), "float8"), put(float(amount.high), "float8")
        inside = f"({low} >= {first} AND {low} < {last} AND {high} < {last})"
        return inside if amount.prefix == "eq" else f"(NOT {inside})"
    if amount.prefix == "ap":
        more = max(abs(amount.value) * ABOUT, amount.value - amount.low)
        first, last = put(float(amount.value - more), "float8"), put(float(amount.value + more), "float8")
        return f"({low} <= {last} AND {high} >= {first})"
    value = put(float(amount.value), "float8")
    return {
        "gt": f"({high} > {value})",
        "lt": f"({low} < {value})",
        "ge": f"({high} >= {value})",
        "le": f"({low} <= {value})",
        "sa": f"({low} > {value})",
        "eb": f"({high} < {value})",
    }[amount.prefix]
