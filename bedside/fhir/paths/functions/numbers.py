"""Functions on numbers, and from one kind of value to another. Source: FHIRPath N1, 5.5 and 5.7."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, DecimalException
from typing import Any

from bedside.fhir.paths.moments import moment_of
from bedside.fhir.paths.values import is_number

from .shapes import Function, on_value

_WHOLE = re.compile(r"[+-]?\d{1,18}")
_NUMBER = re.compile(r"[+-]?\d{1,200}(?:\.\d{1,200})?")
_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})


def _to_integer(value: Any) -> int | None:
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else None


def _to_decimal(value: Any) -> Decimal | int | None:
    if isinstance(value, bool):
        return Decimal(value)
    if is_number(value):
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def _to_string(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) or is_number(value):
        return str(value)
    return None


def _to_boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if is_number(value):
        return {0: False, 1: True}.get(value)
    word = value.lower() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def _to_date(value: Any) -> str | None:
    day = value.partition("T")[0] if isinstance(value, str) else ""
    return day if (found := moment_of(day)) and not found.is_time else None


def _to_date_time(value: Any) -> str | None:
    return value if isinstance(value, str) and (found := moment_of(value)) and not found.is_time else None


def _to_time(value: Any) -> str | None:
    return value if isinstance(value, str) and (found := moment_of(value)) and found.is_time else None


def _rounded(how: str) -> Callable[[Any], int | None]:
    def work(value: Any) -> int | None:
        if not is_number(value) or Decimal(value).adjusted() > 18:
            return None
        return int(Decimal(value).to_integral_value(how))

    return work


def _round(value: Any, places: Any = 0) -> Decimal | int | None:
    if not is_number(value) or type(places) is not int or not 0 <= places <= 28:
        return None
    try:
        return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    except DecimalException:
        return None


def _square_root(value: Any) -> Decimal | None:
    return Decimal(value).sqrt() if is_number(value) and value >= 0 else None


def _could(convert: Callable[[Any], object]) -> Callable[[Any], bool]:
    return lambda value: convert(value) is not None


_CONVERSIONS: dict[str, tuple[Callable[[Any], object], str]] = {
    "Integer": (_to_integer, "integer"),
    "Decimal": (_to_decimal, "decimal"),
    "String": (_to_string, "string"),
    "Boolean": (_to_boolean, "boolean"),
    "Date": (_to_date, "date"),
    "DateTime": (_to_date_time, "dateTime"),
    "Time": (_to_time, "time"),
}

FUNCTIONS: dict[str, Function] = {
    **{f"to{name}": on_value(convert, kind) for name, (convert, kind) in _CONVERSIONS.items()},
    **{f"convertsTo{name}": on_value(_could(convert), "boolean") for name, (convert, _) in _CONVERSIONS.items()},
    "abs": on_value(lambda value: abs(value) if is_number(value) else None, None),
    "ceiling": on_value(_rounded(ROUND_CEILING), "integer"),
    "floor": on_value(_rounded(ROUND_FLOOR), "integer"),
    "truncate": on_value(_rounded(ROUND_DOWN), "integer"),
    "round": on_value(_round, "decimal", least=0, most=1),
    "sqrt": on_value(_square_root, "decimal"),
}
