"""Numbers and quantities as the ends of the range they cover. Source: FHIR R4 4.0.1, 3.1.1.4.6 and 3.1.1.4.11."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import inf
from typing import Any

from .values import canonical_quantity

#: Money has no unit of UCUM: its currency is one. Source: FHIR R4 4.0.1, 2.24.0.10 (Money).
CURRENCIES = "urn:iso:std:iso:4217"
#: No measurement has more; a number with thousands of digits is not worth the time. Units: digits.
_MOST_DIGITS = 400


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity. Shape: `low` and `high` are None where it is open; `unit` is the unit's code or else its name."""

    low: Decimal | None
    high: Decimal | None
    unit: str
    system: str
    code: str

    def ends(self) -> tuple[float, float] | None:
        """Return both ends in the unit it is written in."""
        return _ends(self.low, self.high)

    def canonical(self) -> tuple[float, float, str] | None:
        """Return both ends in base units, with that unit as "system|code", None without a system and a code."""
        if not (self.system and self.code):
            return None
        unit = self.code
        found: list[Decimal | None] = []
        for end in (self.low, self.high):
            if end is None:
                found.append(None)
            else:
                value, unit = canonical_quantity(end, self.system, self.code)
                found.append(value)
        ends = _ends(*found)
        return (*ends, f"{self.system}|{unit}") if ends else None


def _ends(low: Decimal | None, high: Decimal | None) -> tuple[float, float] | None:
    first = -inf if low is None else float(low)
    last = inf if high is None else float(high)
    if low is not None and high is not None and (abs(first) == inf or abs(last) == inf):
        return None
    return first, last


def decimal_of(value: Any) -> Decimal | None:
    """Return a number of a document, None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) < 10**_MOST_DIGITS else None
    return value if len(value.as_tuple().digits) <= _MOST_DIGITS and value.is_finite() else None


def numbers_of(value: Any) -> Iterator[tuple[float, float]]:
    """Yield the ends of a number, or of a Range of numbers."""
    if isinstance(value, dict):
        for amount in amounts_of(value, "Range"):
            ends = amount.ends()
            if ends:
                yield ends
        return
    number = decimal_of(value)
    ends = _ends(number, number) if number is not None else None
    if ends:
        yield ends


def amounts_of(value: Any, kind: str | None) -> Iterator[Amount]:
    """Yield the amounts of a Quantity (Age, Duration …), Money, Range or SampledData."""
    if not isinstance(value, dict):
        return
    if kind == "Range":
        yield from _range(value)
    elif kind == "Money":
        yield from _money(value)
    elif kind == "SampledData":
        yield from _samples(value)
    else:
        number = decimal_of(value.get("value"))
        if number is not None:
            comparator = value.get("comparator")
            low = None if comparator in ("<", "<=") else number
            high = None if comparator in (">", ">=") else number
            yield _with_unit(low, high, value)


def _with_unit(low: Decimal | None, high: Decimal | None, quantity: dict[str, Any]) -> Amount:
    system, code, unit = (_text(quantity.get(name)) for name in ("system", "code", "unit"))
    return Amount(low, high, code or unit, system, code)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _range(value: dict[str, Any]) -> Iterator[Amount]:
    low, high = (end if isinstance(end := value.get(name), dict) else {} for name in ("low", "high"))
    first, last = decimal_of(low.get("value")), decimal_of(high.get("value"))
    if first is not None or last is not None:
        yield _with_unit(first, last, low if first is not None else high)


def _money(value: dict[str, Any]) -> Iterator[Amount]:
    number, currency = decimal_of(value.get("value")), _text(value.get("currency"))
    if number is not None:
        yield Amount(number, number, currency, CURRENCIES if currency else "", currency)


def _samples(value: dict[str, Any]) -> Iterator[Amount]:
    """Yield what the samples lie between. Source: FHIR R4 4.0.1, 2.24.0.13: origin + data × factor."""
    origin, data = value.get("origin"), value.get("data")
    if not isinstance(origin, dict) or not isinstance(data, str):
        return
    zero, factor = decimal_of(origin.get("value")), decimal_of(value.get("factor", 1))
    samples = [float(word) for word in data.split() if _is_sample(word)]
    if zero is None or factor is None or not samples:
        return
    ends = sorted((zero + factor * Decimal(min(samples)), zero + factor * Decimal(max(samples))))
    yield _with_unit(ends[0], ends[1], origin)


def _is_sample(word: str) -> bool:
    return len(word) < 30 and word.lstrip("+-").replace(".", "", 1).isdecimal() and word.isascii()
